import { describe, expect, test } from 'vitest'
import { array, evaluate, gradientError, randomArray } from '../engine/testing.js'
import { constant, input } from '../tensor/tensor.js'
import { patchMoments } from '../views/patchify.js'
import { maskedError } from './masked-error.js'

const [guess, truth] = [randomArray([2, 3, 4, 4]), randomArray([2, 3, 4, 4], { seed: 2 })]
const weight = randomArray([2, 1, 4, 4], { seed: 3, low: 0, high: 10 })
const errorOf = async (...given: (typeof guess)[]) =>
  (await evaluate((g, t, w) => ({ y: maskedError(g ?? t, t, w) }), given)).y?.[0]

test('as a loop', async () => {
  let [sum, weights] = [0, 0]
  for (let n = 0; n < 2; n++)
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < 16; p++) {
        const [i, w] = [(n * 3 + c) * 16 + p, weight.values[n * 16 + p] ?? 0]
        sum += w * ((guess.values[i] ?? 0) - (truth.values[i] ?? 0)) ** 2
        weights += w
      }
  expect(await errorOf(guess, truth, weight)).toBeCloseTo(sum / weights, 12)
})

test('gradient as central differences', async () => {
  expect(await gradientError((g, t, w) => maskedError(g, t, w), [guess, truth, weight])).toBeLessThan(1e-8)
})

test.each([1, 5, 16])('an error of 0.1 in a hole of %i pixels is 0.01, whatever is around it', async pixels => {
  const hole = array(
    [2, 1, 4, 4],
    Array.from({ length: 32 }, (_, i) => Number(i % 16 < pixels)),
  )
  const off = array(
    truth.shape,
    truth.values.map((v, i) => v + (i % 16 < pixels ? 0.1 : 9)),
  )
  expect(await errorOf(off, truth, hole)).toBeCloseTo(0.01, 12)
})

test('a perfect guess costs nothing', async () => {
  expect(await errorOf(truth, truth, weight)).toBe(0)
})

describe('normalised patches', () => {
  test.each([
    [48, 0.9791667],
    [192, 0.9947917],
  ])('of %i numbers: a guess of zero costs (n − 1)/n', async (n, known) => {
    const patches = randomArray([2, 4, n])
    const { y } = await evaluate(
      pixels => {
        const { mean, deviation } = patchMoments(pixels)
        const target = pixels.sub(mean).div(deviation)
        return { y: maskedError(target.mul(0), target, constant([1, 0, 1, 1, 0, 0, 1, 0], [2, 4, 1])) }
      },
      [patches],
    )
    expect(y?.[0]).toBeCloseTo((n - 1) / n, 4)
    expect(y?.[0]).toBeCloseTo(known, 4)
  })

  test('spoiling the guess of a shown patch changes nothing, of a hidden one it does', async () => {
    const [target, hidden] = [randomArray([1, 3, 5]), array([1, 3, 1], [0, 1, 1])]
    const good = randomArray([1, 3, 5], { seed: 9 })
    const spoilt = (patch: number) =>
      array(
        good.shape,
        good.values.map((v, i) => (Math.floor(i / 5) === patch ? 50 : v)),
      )
    const before = await errorOf(good, target, hidden)
    expect(await errorOf(spoilt(0), target, hidden)).toBe(before)
    expect(await errorOf(spoilt(1), target, hidden)).toBeGreaterThan(100)
  })
})

test('shapes that do not fit are refused', () => {
  const [a, b] = [input('a', [2, 3]), input('b', [2, 4])]
  expect(() => maskedError(a, b, a)).toThrow('[2, 3] · [2, 4] · [2, 3]')
  expect(() => maskedError(a, a, input('w', [2, 2, 3]))).toThrow('maskedError')
})
