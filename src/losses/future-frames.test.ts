import { describe, expect, test } from 'vitest'
import { array, evaluate, gradientError, randomArray, valueAndGradients } from '../engine/testing.js'
import { arrayOf, at } from '../nn/testing.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import {
  chanceOfFinding,
  foundByCommonness,
  logisticNoise,
  meanOfEach,
  type Told,
  tellingApart,
} from './future-frames.js'

const [n, steps, length, width, drawn] = [2, 3, 4, 5, 6]
const guesses = randomArray([n, steps, length, width])
const frames = randomArray([n, length, width], { seed: 2 })
const candidates = randomArray([n, drawn, width], { seed: 3 })
/** 0, 1, 2 or 3 times each; frame 0 of the first recording stands alone */
const times = arrayOf([n, length, drawn], (i, t, f) => (i === 0 && t === 0 ? 0 : (i + 2 * t + 3 * f) % 4))
const given = [guesses, frames, candidates, times] as const

const told = async (
  of: (told: { guesses: Tensor; frames: Tensor; candidates: Tensor; times: Tensor }) => Told,
  all = given,
) => {
  const of4 = (guesses: Tensor, frames: Tensor, candidates: Tensor, times: Tensor) => ({
    ...of({ guesses, frames, candidates, times }),
  })
  const { loss = [], found = [] } = await evaluate(of4, all)
  return { loss, found }
}

/** Every guess by itself, every negative written out as often as it was drawn. */
function byLoops(of: (own: number, others: number[]) => number): { loss: number[]; found: number[] } {
  const [loss, found]: [number[], number[]] = [[], []]
  for (const i of range(n))
    for (const k of range(steps))
      for (const t of range(length)) {
        const score = (frame: (d: number) => number) =>
          range(width).reduce((sum, d) => sum + at(guesses, i, k, t, d) * frame(d), 0)
        const own = score(d => at(frames, i, t, d))
        const others = range(drawn).flatMap(f =>
          Array<number>(at(times, i, t, f)).fill(score(d => at(candidates, i, f, d))),
        )
        loss.push(of(own, others))
        found.push(others.every(other => own > other) ? 1 : 0)
      }
  return { loss, found }
}

const near = (actual: number[], expected: number[]) => {
  expect(actual).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 12)
}

test('telling apart, as loops', async () => {
  const { loss, found } = await told(tellingApart)
  const known = byLoops((own, others) => Math.log(others.reduce((sum, s) => sum + Math.exp(s), Math.exp(own))) - own)
  near(loss, known.loss)
  expect(found).toEqual(known.found)
  expect(loss[0]).toBe(0)
})

test('logistic noise, as loops', async () => {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  const { loss, found } = await told(logisticNoise)
  const known = byLoops((own, others) =>
    others.reduce((sum, s) => sum - Math.log(sigmoid(-s)), -Math.log(sigmoid(own))),
  )
  near(loss, known.loss)
  expect(found).toEqual(known.found)
})

test.each([
  ['telling apart', (t: Parameters<typeof logisticNoise>[0]) => tellingApart(t, 0.5)],
  ['logistic noise', logisticNoise],
])('%s: gradient as central differences', async (_, of) => {
  const loss = (guesses: Tensor, frames: Tensor, candidates: Tensor) => {
    const own = of({ guesses, frames, candidates, times: constant(times.values, times.shape) })
    return own.loss.mean()
  }
  expect(await gradientError(loss, [guesses, frames, candidates])).toBeLessThan(1e-7)
})

describe('closed forms', () => {
  /** One frame, one guess, one candidate that was drawn so often. @param own @param other their scores */
  const one = (own: number, other: number, often: number) =>
    [array([1, 1, 1, 1], [1]), array([1, 1, 1], [own]), array([1, 1, 1], [other]), array([1, 1, 1], [often])] as const

  test.each([
    [128, 4.859812],
    [10, 2.397895],
  ])('%i negatives and guesses that say nothing: ln(1 + negatives)', async (often, known) => {
    const { loss } = await told(tellingApart, one(0, 0, often))
    expect(loss[0]).toBeCloseTo(known, 6)
    expect(loss[0]).toBeCloseTo(Math.log(1 + often), 12)
  })

  test('ten negatives, each judged by itself: 11 ln 2 without knowledge', async () => {
    const { loss } = await told(logisticNoise, one(0, 0, 10))
    expect(loss[0]).toBeCloseTo(7.624619, 6)
    expect(loss[0]).toBeCloseTo(11 * Math.LN2, 12)
  })

  test('2 for the right frame and −1 for ten others: softplus(−2) + 10 softplus(−1)', async () => {
    const { loss, found } = await told(logisticNoise, one(2, -1, 10))
    expect(loss[0]).toBeCloseTo(3.259545, 6)
    expect(found).toEqual([1])
  })

  test('the mean over the numbers of a frame is a smaller score', async () => {
    const halved = await told(t => tellingApart(t, 0.5), one(2, -1, 10))
    expect(halved.loss[0]).toBeCloseTo(Math.log(Math.exp(1) + 10 * Math.exp(-0.5)) - 1, 12)
  })
})

test('in float32 large scores stay finite', async () => {
  const all = [array([1, 1, 1, 1], [1]), array([1, 1, 1], [-300]), array([1, 1, 1], [300]), array([1, 1, 1], [2])]
  for (const [of, known] of [
    [tellingApart, 600 + Math.LN2],
    [logisticNoise, 900],
  ] as const) {
    const { value } = await valueAndGradients(
      (guesses, frames, candidates, times) => of({ guesses, frames, candidates, times }).loss.sum(),
      all,
      { precision: 'float32' },
    )
    expect(value).toBeCloseTo(known, 3)
  }
})

test('chance finds one among the different frames that were drawn, and the right one', async () => {
  const { chance } = await evaluate(
    times => ({ chance: chanceOfFinding(times) }),
    [array([1, 3, 4], [0, 0, 0, 0, 1, 0, 7, 0, 1, 2, 3, 4])],
  )
  near(chance ?? [], [1, 1 / 3, 1 / 5])
})

test('the mean of each guess counts the frames that were asked for', async () => {
  const { mean } = await evaluate(
    (x, asked) => ({ mean: meanOfEach(x, asked) }),
    [array([1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), array([1, 3, 3], [1, 1, 0, 0, 0, 1, 0, 0, 0])],
  )
  near(mean ?? [], [1.5, 6, 0])
})

test('who takes the commonest is right where the right one is', async () => {
  const common = array([1, 4], [0.1, 0.4, 0.3, 0.2])
  const times = array([1, 4, 4], [0, 0, 0, 2, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
  const { found } = await evaluate((common, times) => ({ found: foundByCommonness(common, times) }), [common, times])
  expect(found).toEqual([0, 1, 0, 1])
})
