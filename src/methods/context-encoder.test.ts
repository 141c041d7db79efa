import { describe, expect, test } from 'vitest'
import { LacunaError } from '../errors.js'
import { assembled, configOf, pictured, stripes, trainedOn, whiteNoise } from '../training/testing.js'

const prepared = { mean: [0.5, 0.5, 0.5], variance: 1 / 12 }
const still = { views: { crop: [1, 1], aspect: [1, 1], flip: 0 } }

test.each([1, 3] as const)(
  'the first step with %i channel(s) is near chance and moves every weight',
  async channels => {
    const own = { mean: prepared.mean.slice(0, channels), variance: prepared.variance }
    const config = configOf('context-encoder', still, { prepared: own, channels: pictured(16, channels), steps: 1 })
    const { first, chance, unchanged } = await trainedOn(config, number => whiteNoise(config, number))
    expect(chance).toBeCloseTo(1 / 12, 12)
    expect(Math.abs((first.loss ?? 0) / chance - 1)).toBeLessThan(0.2)
    expect(unchanged).toEqual([])
  },
)

test('a hole in white noise cannot be guessed', async () => {
  const config = configOf('context-encoder', { ...still, overlap: 0 }, { prepared, steps: 40 })
  const { measures } = await trainedOn(config, number => whiteNoise(config, number), 4)
  const mean = measures['squared error in the hole/mean fill'] ?? 0
  expect(Math.abs(12 * mean - 1)).toBeLessThan(0.03)
  expect(measures['squared error in the hole']).toBeGreaterThan(0.99 * mean)
})

test.each(['centre', 'region'])('stripes go on in the hole, where both fills fail: %s', async hole => {
  const config = configOf('context-encoder', { hole, ...still }, { prepared, steps: 60 })
  const { measures } = await trainedOn(config, number => stripes(config, number))
  const error = measures['squared error in the hole'] ?? 1
  expect(error).toBeLessThan(0.5 * (measures['squared error in the hole/mean fill'] ?? 0))
  expect(error).toBeLessThan(0.5 * (measures['squared error in the hole/harmonic fill'] ?? 0))
})

test('a transformer sees pictures with holes too', async () => {
  const config = configOf('context-encoder', {}, { prepared, steps: 1, encoder: 'vit:dim=16,depth=1,heads=1,patch=4' })
  const { unchanged } = await trainedOn(config, number => whiteNoise(config, number))
  expect(unchanged).toEqual([])
})

test('shows the hole in the mean colour, then the guess in it, then the truth', async () => {
  const own = { mean: [0, 1, 0.2], variance: 0.1 }
  const config = configOf('context-encoder', { hole: 'centre' }, { prepared: own, steps: 1, batch: 4 })
  const { columns } = await trainedOn(config, number => whiteNoise(config, number))
  expect(columns.map(({ title }) => title)).toEqual(['with a hole', 'guessed', 'true'])
  const [holed, guessed, truth] = columns.map(({ pictures }) => [...pictures])
  expect(truth).toEqual([...whiteNoise(config, 1)])
  const inHole = (i: number) =>
    [Math.floor(i / 48) % 16, Math.floor(i / 3) % 16].every(place => place >= 4 && place < 12)
  for (const [i, value] of (truth ?? []).entries()) {
    expect(holed?.[i]).toBe(inHole(i) ? [0, 255, 51][i % 3] : value)
    if (!inHole(i)) expect(guessed?.[i]).toBe(value)
  }
})

test('the harmonic fill of a ramp is the ramp', async () => {
  const config = configOf('context-encoder', { hole: 'centre' }, { prepared, steps: 1, batch: 2 })
  const ramp = () => new Uint8Array(2 * 16 * 16 * 3).map((_, i) => 15 * (Math.floor(i / 3) % 16))
  const { measures } = await trainedOn(config, ramp)
  expect(measures['squared error in the hole/harmonic fill']).toBeLessThan(1e-8)
  // columns 4 to 11, mean colour ½
  const columns = [4, 5, 6, 7, 8, 9, 10, 11].map(column => ((15 * column) / 255 - 0.5) ** 2)
  const mean = columns.reduce((sum, v) => sum + v, 0) / 8
  expect(measures['squared error in the hole/mean fill']).toBeCloseTo(mean, 6)
})

describe('the adversary', () => {
  test('is not there unless asked for', () => {
    const headsOf = (adversary: number) =>
      Object.keys(assembled(configOf('context-encoder', { adversary }, { prepared })).learner.heads ?? {})
    expect(headsOf(0)).toEqual(['bottleneck', 'decoder'])
    expect(headsOf(0.001)).toEqual(['bottleneck', 'decoder', 'judge'])
  })

  test('begins without knowing, weighs λ, and is trained beside the rest', async () => {
    const options = { adversary: 0.3, overlap: 0, ...still }
    const config = configOf('context-encoder', options, { prepared, steps: 1 })
    const { first, chance, unchanged } = await trainedOn(config, number => whiteNoise(config, number))
    const { loss = 0, hole = 0, guesser = 0, discriminator = 0 } = first
    expect(loss).toBeCloseTo(0.7 * hole + 0.3 * guesser, 5)
    expect(chance).toBeCloseTo(0.7 / 12 + 0.3 * Math.LN2, 12)
    expect(Math.abs(discriminator / (2 * Math.LN2) - 1)).toBeLessThan(0.5)
    expect(unchanged).toEqual([])
  })
})

test.each([
  [6, {}, 'a hole of 25 % in pictures of 6 px is less than 4 px wide; use --size 8 or more'],
  [16, { area: 0.01 }, 'a hole of 1 % in pictures of 16 px is less than 4 px wide; use --size 40 or more'],
])('pictures of %i px with %j are too small for the hole', (size, options, says) => {
  const build = () => assembled(configOf('context-encoder', options, { prepared, channels: pictured(size) }))
  expect(build).toThrow(LacunaError)
  expect(build).toThrow(says)
  expect(build).toThrow(expect.objectContaining({ exitCode: 2 }))
})

test.each([{ hole: 'round' }, { area: 0.6 }, { adversary: 1 }, { overlap: -1 }])('%j is refused', options => {
  expect(() => configOf('context-encoder', options)).toThrow(LacunaError)
})
