import { describe, expect, test } from 'vitest'
import { examinationProgram } from '../assembly/programs.js'
import { LacunaError } from '../errors.js'
import { assembled, configOf, deviationsFrom, pictured, striped, trainedOn, whiteNoise } from '../training/testing.js'

const small = configOf('jigsaw', {}, { channels: pictured(16) })

describe.each([
  [2, 'agl', 24, 3.17805],
  [3, 'agl', 72, 4.27667],
  [3, 'pgl', 504, 6.22258],
] as const)('%i × %i tiles, %s', (side, permutations, _, expected) => {
  test('the first step is near chance, and moves every weight', async () => {
    const config = configOf('jigsaw', { side, permutations }, { channels: pictured(24), steps: 1 })
    const { first, chance, unchanged } = await trainedOn(config, number => whiteNoise(config, number))
    expect(chance).toBeCloseTo(expected, 5)
    expect(Math.abs((first.loss ?? 0) / chance - 1)).toBeLessThan(0.15)
    expect(unchanged).toEqual([])
  })
})

test('white noise fits in any order: a trained network stays at chance', async () => {
  const config = { ...small, steps: 60 }
  const { measures } = await trainedOn(config, number => whiteNoise(config, number), 30)
  expect(deviationsFrom(1 / 24, measures.accuracy ?? 0, 30 * config.batch)).toBeLessThan(4)
  expect(deviationsFrom(1 / 4, measures.tilesInPlace ?? 0, 30 * config.batch)).toBeLessThan(4)
})

describe('pictures whose fields are known by their stripes', () => {
  const config = configOf('jigsaw', {}, { channels: pictured(24), steps: 80, batch: 8 })
  const trained = trainedOn(config, number => striped(config, 2, number), 4)

  test('are put together', async () => {
    const { measures } = await trained
    expect(measures.accuracy).toBeGreaterThan(0.9)
    expect(measures.tilesInPlace).toBeGreaterThan(0.9)
  })

  test('are shown in disorder, as the network lays them, and in order', async () => {
    const { columns } = await trained
    expect(columns.map(({ title }) => title)).toEqual(['shown', 'laid as guessed', 'the right order'])
    const stride = 24 * 24 * 3
    const [shown = [], laid = [], right = []] = columns.map(({ pictures }) =>
      [...Array(8).keys()].map(i => Buffer.from(pictures.subarray(i * stride, (i + 1) * stride)).toString('hex')),
    )
    const same = (some: string[]) => some.filter((picture, i) => picture === right[i]).length
    expect(same(laid)).toBeGreaterThan(6)
    expect(same(shown)).toBeLessThan(4)
  })
})

test('pictures below 48 px have 2 × 2 tiles, larger ones 3 × 3, unless told', () => {
  const chanceAt = (size: number, options = {}) => {
    const config = configOf('jigsaw', options, { channels: pictured(size) })
    const { measures } = examinationProgram(assembled(config), 2, { device: 'cpu', precision: 'float32' })
    return measures.accuracy?.baselines.chance
  }
  expect(chanceAt(47)).toBe(1 / 24)
  expect(chanceAt(48)).toBe(1 / 72)
  expect(chanceAt(48, { side: 2 })).toBe(1 / 24)
})

test('pictures too small for the tiles are wrong usage', () => {
  const build = () => assembled(configOf('jigsaw', { side: 3 }, { channels: pictured(20) }))
  expect(build).toThrow('jigsaw: pictures of 20 px are too small for 3 × 3 tiles; choose --size 24 or more')
  expect(build).toThrow(LacunaError)
})
