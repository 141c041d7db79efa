import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { array, type Given, gradientError, randomArray, valueAndGradients } from '../engine/testing.js'
import { constant } from '../tensor/tensor.js'
import { entropy, rebalancingWeights, softCrossEntropy } from './soft-cross-entropy.js'

const [rows, classes] = [6, 4]
const logits = randomArray([rows, classes], { seed: 1, low: -3, high: 3 })
const raw = randomArray([rows, classes], { seed: 2, low: 0, high: 1 }).values
const target = raw.map((x, i) => {
  const start = i - (i % classes)
  return x / raw.slice(start, start + classes).reduce((sum, y) => sum + y, 0)
})
const weight = [1, 0, 2, 0.5, 0, 3]

const loss = async (given: Given, z: readonly number[], v: readonly number[]) =>
  valueAndGradients(x => softCrossEntropy(x, constant(z, given.shape), constant(v)), [given])

test.each([
  [313, 5.7462],
  [261, 5.56452],
  [77, 4.34381],
])('equal logits over %i bins cost ln Q, whatever the target and the weights', async (count, known) => {
  const z = [...Array(2 * count).keys()].map(i => (i % count < 2 ? 0.5 : 0))
  const { value } = await loss(array([2, count], Array<number>(2 * count).fill(1.5)), z, [0.3, 7])
  expect(value).toBeCloseTo(known, 5)
  expect(value).toBeCloseTo(Math.log(count), 12)
})

test('as loops', async () => {
  let [sum, total] = [0, 0]
  for (const [i, v] of weight.entries()) {
    const row = logits.values.slice(classes * i, classes * (i + 1))
    const normaliser = row.reduce((s, x) => s + Math.exp(x), 0)
    for (const [q, x] of row.entries()) sum -= v * (target[classes * i + q] ?? 0) * Math.log(Math.exp(x) / normaliser)
    total += v
  }
  expect((await loss(logits, target, weight)).value).toBeCloseTo(sum / total, 12)
})

test('the gradient is v (softmax − z) / Σv, as central differences', async () => {
  const own = (x: Parameters<typeof softCrossEntropy>[0]) =>
    softCrossEntropy(x, constant(target, [rows, classes]), constant(weight))
  expect(await gradientError((...[x]) => own(x ?? constant(0)), [logits])).toBeLessThan(1e-8)
  const { gradients } = await valueAndGradients(
    x => softCrossEntropy(x, constant([0.5, 0.5, 1, 0], [2, 2]), constant([3, 1])),
    [array([2, 2], [0, Math.log(3), 0, 0])],
  )
  const expected = [(3 * (0.25 - 0.5)) / 4, (3 * (0.75 - 0.5)) / 4, -0.5 / 4, 0.5 / 4]
  for (const [i, slope] of expected.entries()) expect(gradients[0]?.[i]).toBeCloseTo(slope, 12)
})

test('rows without a weight do not count; without any the loss is 0 and pulls nowhere', async () => {
  const changed = array(
    [rows, classes],
    logits.values.map((x, i) => (i >= 4 && i < 8 ? x + 10 * i : x)),
  )
  expect((await loss(changed, target, weight)).value).toBeCloseTo((await loss(logits, target, weight)).value, 12)
  const { value, gradients } = await loss(logits, target, Array<number>(rows).fill(0))
  expect(value === 0).toBe(true)
  expect(gradients[0]?.every(slope => slope === 0)).toBe(true)
})

test('in float32 logits far apart stay finite', async () => {
  const { value } = await valueAndGradients(
    x => softCrossEntropy(x, constant([0.5, 0.5], [1, 2]), constant([1])),
    [array([1, 2], [1e4, -1e4])],
    { precision: 'float32' },
  )
  expect(value).toBe(1e4)
})

test('the best constant guess costs the entropy of the mean target', async () => {
  const mean = [...Array(classes).keys()].map(
    q => target.filter((_, i) => i % classes === q).reduce((s, z) => s + z, 0) / rows,
  )
  const constantly = array([rows, classes], Array<number[]>(rows).fill(mean.map(Math.log)).flat())
  const { value } = await loss(constantly, target, Array<number>(rows).fill(1))
  expect(value).toBeCloseTo(entropy(mean), 12)
})

describe('rebalancing', () => {
  test('p = (0.9, 0.1), λ = ½', () => {
    const [often, seldom] = rebalancingWeights([0.9, 0.1], 0.5)
    expect(often).toBeCloseTo(0.88235, 5)
    expect(seldom).toBeCloseTo(2.05882, 5)
  })

  test('λ = 1 weighs all alike; λ = 0 makes all equally common', () => {
    for (const w of rebalancingWeights([0.7, 0.2, 0.1], 1)) expect(w).toBeCloseTo(1, 12)
    const prior = [0.7, 0.2, 0.1]
    for (const [q, w] of rebalancingWeights(prior, 0).entries()) expect(w * (prior[q] ?? 0)).toBeCloseTo(1 / 3, 12)
  })

  test('Σ p w = 1 for any prior and any λ', () => {
    const parts = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 1, noNaN: true }), (shares, lambda) => {
        const total = shares.reduce((sum, x) => sum + x, 0)
        const prior = shares.map(x => x / total)
        const mean = rebalancingWeights(prior, lambda).reduce((sum, w, q) => sum + w * (prior[q] ?? 0), 0)
        expect(mean).toBeCloseTo(1, 9)
      }),
    )
  })
})

test('entropy: ln Q of equal shares, 0 of one sure thing', () => {
  expect(entropy(Array<number>(77).fill(1 / 77))).toBeCloseTo(Math.log(77), 12)
  expect(entropy([0, 1, 0]) === 0).toBe(true)
})
