import { describe, expect, test } from 'vitest'
import { imageIn } from '../channels/bound.js'
import { LacunaError } from '../errors.js'
import { assembled, configOf, deviationsFrom, pictured, striped, trainedOn, whiteNoise } from '../training/testing.js'

const small = configOf('relative-position', {}, { channels: pictured(24), batch: 8 })
/** Guesses that do not depend on one another: one of each pair, and every direction of the 40 pairs counted once */
const GUESSES = 20

describe.each([1, 3] as const)('with %i channel(s)', channels => {
  test.each(['project', 'drop', 'keep'])(
    '%s: the first step is near chance, ln 8, and moves every weight',
    async colour => {
      const config = configOf('relative-position', { colour }, { channels: pictured(24, channels), steps: 1 })
      const { first, chance, unchanged } = await trainedOn(config, number => whiteNoise(config, number))
      expect(chance).toBeCloseTo(2.07944, 5)
      expect(Math.abs((first.loss ?? 0) / chance - 1)).toBeLessThan(0.15)
      expect(unchanged).toEqual([])
    },
  )
})

test('white noise has no places: a trained network stays at chance', async () => {
  const config = { ...small, steps: 60 }
  const { measures } = await trainedOn(config, number => whiteNoise(config, number), 20)
  expect(deviationsFrom(1 / 8, measures.accuracy ?? 0, 20 * config.batch * GUESSES)).toBeLessThan(4)
})

/** Dark to light from the upper left to the lower right, in every picture another brightness and slope. */
function ramps({ channels: all, batch }: typeof small, number: number): Uint8Array {
  const { size, colours: channels } = imageIn(all)
  const stride = size * size * channels
  return new Uint8Array(batch * stride).map((_, i) => {
    const picture = Math.floor(i / stride) + batch * number
    const pixel = Math.floor((i % stride) / channels)
    const slope = 2 + (picture % 2)
    return (picture % 50) + slope * (Math.floor(pixel / size) + (pixel % size))
  })
}

test('a flat ramp says nothing once patches are normalised, and everything before', async () => {
  const accuracy = async (normalise: boolean) => {
    const changes = { channels: pictured(24), batch: 8, steps: 120, learningRate: 3e-4 } // a rate at which all seeds settle
    const config = configOf('relative-position', { normalise }, changes)
    return (await trainedOn(config, number => ramps(config, number), 10)).measures.accuracy ?? 0
  }
  expect(deviationsFrom(1 / 8, await accuracy(true), 10 * 8 * GUESSES)).toBeLessThan(4)
  expect(await accuracy(false)).toBeGreaterThan(0.5)
})

describe('pictures whose nine fields are known by their stripes', () => {
  const config = { ...small, channels: pictured(32), steps: 80 }
  const trained = trainedOn(config, number => striped(config, 3, number), 4)

  test('are understood', async () => {
    const { measures } = await trained
    expect(measures.accuracy).toBeGreaterThan(0.9)
  })

  test('are shown as the network sees them, as it lays them, and in order', async () => {
    const { columns } = await trained
    expect(columns.map(({ title }) => title)).toEqual([
      'as the network sees them',
      'laid as guessed',
      'the right places',
    ])
    const [, laid, right] = columns.map(({ pictures }) => Array.from(pictures))
    const equal = laid?.filter((value, i) => value === right?.[i]).length ?? 0
    expect(equal / (laid?.length ?? 1)).toBeGreaterThan(0.9)
  })
})

test('pictures too small for nine patches are wrong usage', () => {
  const build = () => assembled(configOf('relative-position', {}, { channels: pictured(16) }))
  expect(build).toThrow(
    'relative-position: pictures of 16 px are too small for 3 × 3 patches with gaps; choose --size 24 or more',
  )
  expect(build).toThrow(LacunaError)
})
