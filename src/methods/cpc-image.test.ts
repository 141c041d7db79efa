import { describe, expect, test } from 'vitest'
import { sampleOf } from '../assembly/programs.js'
import { LacunaError } from '../errors.js'
import { trace } from '../program/trace.js'
import { assembled, configOf, pictured, striped, trainedOn, whiteNoise } from '../training/testing.js'

const small = configOf('cpc-image', {}, { channels: pictured(24), batch: 8, encoder: 'c4-half-gn' })
const CANDIDATES = 8 * 49

describe.each([1, 3] as const)('with %i channel(s)', channels => {
  test('the first step is near chance, ln of all patches of the batch, and moves every weight', async () => {
    const config = { ...small, channels: pictured(24, channels), steps: 1 }
    const { first, chance, unchanged } = await trainedOn(config, number => whiteNoise(config, number))
    expect(chance).toBeCloseTo(Math.log(CANDIDATES), 12)
    expect(Math.abs((first.loss ?? 0) / chance - 1)).toBeLessThan(0.1)
    expect(unchanged).toEqual([])
  })
})

test('white noise has nothing below that follows from above: a trained network stays at chance', async () => {
  const config = { ...small, steps: 40 }
  const { measures } = await trainedOn(config, number => whiteNoise(config, number), 10)
  for (const down of [2, 3, 4]) {
    const guesses = 10 * 8 * (7 - down) * 7
    const deviation = Math.sqrt(guesses / CANDIDATES)
    const right = (measures[`accuracy, ${down} rows down`] ?? Number.NaN) * guesses
    expect(Math.abs(right - guesses / CANDIDATES) / deviation).toBeLessThan(4)
  }
  expect(measures.loss).toBeGreaterThan(Math.log(CANDIDATES) - 0.05)
})

describe('pictures whose nine fields are known by their stripes', () => {
  const config = { ...small, channels: pictured(32), steps: 60, learningRate: 2e-3 }
  const trained = trainedOn(config, number => striped(config, 3, number), 4)

  test('are understood: the patch below is found far more often than by chance', async () => {
    const { measures } = await trained
    expect(measures['accuracy, 2 rows down']).toBeGreaterThan(10 / CANDIDATES)
    expect(measures.loss).toBeLessThan(Math.log(CANDIDATES) - 1)
  })

  test('are shown with what is above, the guess and the truth', async () => {
    const { columns } = await trained
    expect(columns.map(({ title }) => title)).toEqual(['shown', 'guessed', 'true'])
    const [shown, guessed, right] = columns.map(({ pictures }) => pictures.slice(0, 32 * 32 * 3))
    const rowOf = (pictures = new Uint8Array(), row = 0) => [...pictures.slice(row * 96, (row + 1) * 96)]
    expect(rowOf(shown, 15)).toEqual(rowOf(right, 15))
    expect(new Set(rowOf(shown, 16))).toEqual(new Set([128]))
    expect(new Set(rowOf(guessed, 20)).size).toBeGreaterThan(3)
    expect(new Set(rowOf(right, 24))).toEqual(new Set([128]))
  })
})

test('the vector of a picture is the mean over its patches', () => {
  const { learner, channels } = assembled(small)
  const seen: number[][] = []
  const { result } = trace({ training: false }, () =>
    learner.represent?.(sampleOf(channels, 2), patches => {
      seen.push([...patches.shape])
      return patches.mean([2, 3])
    }),
  )
  expect(seen).toEqual([[2 * 49, 3, 6, 6]])
  expect(result?.shape).toEqual([2, 3])
})

test('an encoder with batch norm is refused, as wrong usage', () => {
  const build = () => assembled({ ...small, encoder: 'c4-half' })
  expect(build).toThrow(LacunaError)
  expect(build).toThrow('cpc-image: batch norm tells which patches belong together')
  expect(() => assembled({ ...small, encoder: 'resnet18-gn' })).not.toThrow()
})

test('a farthest row that is nearer than the nearest is refused', () => {
  expect(() => configOf('cpc-image', { nearest: 3, farthest: 2 })).toThrow('farthest: is nearer than nearest')
})
