import { describe, expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../../engine/testing.js'
import { LacunaError } from '../../errors.js'
import { range } from '../../tensor/shape.js'
import { makeEncoder } from '../encoders.js'
import { variablesOf } from '../module.js'
import { at, moduleGradientError, runModule } from '../testing.js'
import { encoderOfThePast, foundByCopying, futureGuesses, guessedFrames, nextApart } from './future-guesses.js'
import { tinyAudioEncoder } from './testing.js'

const ahead = [1, 3]
const sizes = { width: 4, latentWidth: 2 }
const context = randomArray([2, 5, 4])

test.each([
  ['none', []],
  ['step', [4]],
  ['shared', [2]],
] as const)('bias %s: each guess stands where the frame is that it guesses', async (bias, shape) => {
  const guesses = futureGuesses(sizes, { ahead, bias })
  const biases = [...variablesOf(guesses)].filter(([, { shape }]) => shape.length === 1)
  expect(biases.flatMap(([, { shape }]) => shape)).toEqual(shape)
  const weight = randomArray([4, 4], { seed: 2 })
  const shift = randomArray(shape.length === 0 ? [1] : shape, { seed: 3 })
  const values = new Map([['map.weight', weight.values], ...biases.map(([name]) => [name, shift.values] as const)])
  const { y, shape: made } = await runModule(guesses, guesses, [context], { values })
  expect(made).toEqual([2, 2, 5, 2])
  const biasOf = (k: number, d: number) => (bias === 'none' ? 0 : (shift.values[bias === 'step' ? 2 * k + d : d] ?? 0))
  for (const n of range(2))
    for (const [k, by] of ahead.entries())
      for (const t of range(5))
        for (const d of range(2)) {
          const product = range(4).reduce((sum, w) => sum + at(weight, 2 * k + d, w) * at(context, n, t - by, w), 0)
          const actual = y[((n * 2 + k) * 5 + t) * 2 + d]
          if (t < by) expect(actual).toBe(0)
          else expect(actual).toBeCloseTo(product + biasOf(k, d), 12)
        }
})

test.each(['step', 'shared'] as const)(
  'bias %s: before the first step latents of such a mean get the score that is told',
  async bias => {
    for (const latentMean of [undefined, 0.5, 0]) {
      const guesses = futureGuesses(sizes, { ahead, bias, start: -Math.log(10), latentMean })
      const { y } = await runModule(guesses, guesses, [array([1, 5, 4], Array(20).fill(0))])
      const mean = latentMean ?? 1 / Math.sqrt(2 * Math.PI) // of max(0, x), x normal
      const score = latentMean === 0 ? 0 : -Math.log(10)
      for (const t of [3, 4]) expect((y[2 * t] ?? 0) * mean + (y[2 * t + 1] ?? 0) * mean).toBeCloseTo(score, 6)
    }
  },
)

test('their gradients are those of central differences', async () => {
  const guesses = futureGuesses(sizes, { ahead, bias: 'shared' })
  expect(await moduleGradientError(guesses, guesses, [context])).toBeLessThan(1e-6)
})

test('frames are guessed where one is so far before them, and they are there', async () => {
  const { asked } = await evaluate(frames => ({ asked: guessedFrames(frames, 5, [1, 3]) }), [array([2], [5, 3])])
  expect(asked).toEqual([0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0])
})

test('who copies finds what does not change', async () => {
  // the same direction three times, then others
  const latents = array([1, 5, 2], [1, 0, 2, 0, 3, 0.01, -1, 0, 0, 1])
  const times = array(
    [1, 5, 5],
    Array.from({ length: 25 }, (_, i) => (i % 5 >= 3 && i % 5 !== Math.floor(i / 5) ? 1 : 0)),
  )
  const { found } = await evaluate(
    (latents, times) => ({ found: foundByCopying(latents, [1], { candidates: latents, times }) }),
    [latents, times],
  )
  expect(found?.slice(1)).toEqual([1, 1, 0, 0])
})

test.each([
  ['wav2vec-small', 3],
  ['cpc-small', 3],
])('%s: frames so many apart share no sound', (name, frames) => {
  const channel = { kind: 'audio', rate: 16_000, length: 32_000 } as const
  expect(nextApart(makeEncoder(name, channel))).toBe(frames)
})

describe('an encoder', () => {
  const channel = { kind: 'audio', rate: 100, length: 30 } as const
  const encoder = tinyAudioEncoder.build(channel)
  const wanted = { usual: 'cpc-small', ahead: [1, 2], channel }
  const refused = (of: () => unknown, says: string) => {
    expect(of).toThrow(LacunaError)
    expect(of).toThrow(says)
    expect(of).toThrow(expect.objectContaining({ exitCode: 2 }))
  }

  test('of the past is taken', () => {
    expect(encoderOfThePast('cpc', encoder, wanted)).toBe(encoder)
  })

  test('that knows the future is refused, with one that would do', () => {
    const all = Object.assign(() => encoder, encoder, { causal: false })
    refused(() => encoderOfThePast('cpc', all as never, wanted), 'such as --encoder cpc-small')
  })

  test('is told when its windows are too short for the farthest guess, and how long they have to be', () => {
    // (30 − 6) / 4 + 1 = 7 frames; 10 ahead take 11 frames, 6 + 10 · 4 = 46 numbers
    const far = { ...wanted, ahead: [1, 10] }
    refused(
      () => encoderOfThePast('cpc', encoder, far),
      'windows of 0.3 s have 7 frames, and the farthest guess is 10 ahead',
    )
    refused(() => encoderOfThePast('cpc', encoder, far), '--set seconds=0.46 or more')
    const longer = { ...channel, length: 46 }
    expect(() => encoderOfThePast('cpc', encoder, { ...far, channel: longer })).not.toThrow()
  })
})
