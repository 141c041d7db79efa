import { expect, test } from 'vitest'
import {
  array,
  evaluate,
  type Given,
  gradientError,
  maxAbs,
  randomArray,
  valueAndGradients,
} from '../engine/testing.js'
import { ShapeError } from '../tensor/scope.js'
import { range } from '../tensor/shape.js'
import { input } from '../tensor/tensor.js'
import { infoNce } from './info-nce.js'

const row = ({ shape, values }: Given, i: number) => values.slice(i * (shape[1] ?? 1), (i + 1) * (shape[1] ?? 1))
const dot = (a: number[], b: number[]) => a.reduce((sum, x, d) => sum + x * (b[d] ?? 0), 0)

/** L = 1/M Σᵢ −ln( exp(ẑᵢᵀz₊) / Σₗ exp(ẑᵢᵀzₗ) ), word for word. */
function byLoops(predictions: Given, candidates: Given, right: readonly number[]) {
  let loss = 0
  let found = 0
  for (const [i, own] of right.entries()) {
    const scores = range(candidates.shape[0] ?? 0).map(l => dot(row(predictions, i), row(candidates, l)))
    let total = 0
    for (const score of scores) total += Math.exp(score)
    loss -= Math.log(Math.exp(scores[own] ?? 0) / total)
    if (scores.indexOf(Math.max(...scores)) === own) found++
  }
  return { loss: loss / right.length, accuracy: found / right.length }
}

test.each([1568, 3136])('predictions of zeros among %i candidates cost ln of their number', async count => {
  const predictions = array([3, 4], Array(12).fill(0))
  const { value, gradients } = await valueAndGradients(
    (p, c) => infoNce(p, c, [0, 7, count - 1]).loss,
    [predictions, randomArray([count, 4])],
  )
  expect(value).toBeCloseTo(Math.log(count), 12)
  expect(maxAbs(gradients[1] ?? [])).toBe(0)
})

test('a prediction that is its own, with all others at a right angle, has a closed form', async () => {
  const basis = array([4, 4], [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2])
  const { value } = await valueAndGradients((p, c) => infoNce(p, c, [0, 1, 2, 3]).loss, [basis, basis])
  expect(value).toBeCloseTo(Math.log(Math.exp(4) + 3) - 4, 12)
})

test('as a double loop, accuracy too', async () => {
  const given = [randomArray([9, 5], { low: -2, high: 2 }), randomArray([20, 5], { seed: 2 })] as const
  const right = [3, 3, 0, 19, 7, 8, 11, 2, 5]
  const { loss, accuracy } = await evaluate((p, c) => ({ ...infoNce(p, c, right) }), given)
  const known = byLoops(...given, right)
  expect(loss?.[0]).toBeCloseTo(known.loss, 12)
  expect(accuracy?.[0]).toBeCloseTo(known.accuracy, 12)
})

test('thousands of predictions, which are compared in blocks, as a double loop', async () => {
  const given = [randomArray([3000, 2]), randomArray([4000, 2], { seed: 2 })] as const
  const right = range(3000).map(i => (7 * i) % 4000)
  const { loss } = await evaluate((p, c) => ({ ...infoNce(p, c, right) }), given)
  expect(loss?.[0]).toBeCloseTo(byLoops(...given, right).loss, 11)
})

test('gradient as central differences', async () => {
  const given = [randomArray([4, 3]), randomArray([6, 3], { seed: 2 })]
  expect(await gradientError((p, c) => infoNce(p, c, [5, 0, 1, 1]).loss, given)).toBeLessThan(1e-7)
})

test('in float32 large scores stay finite', async () => {
  const given = [array([1, 1], [300]), array([2, 1], [1, -1])]
  const { value } = await valueAndGradients((p, c) => infoNce(p, c, [1]).loss, given, { precision: 'float32' })
  expect(value).toBeCloseTo(600, 3)
})

test('predictions without their own are refused', () => {
  expect(() => infoNce(input('p', [3, 4]), input('c', [5, 4]), [0, 1])).toThrow(
    new ShapeError('infoNce', '[3, 4] and [5, 4] with 2 right answers'),
  )
  expect(() => infoNce(input('p', [2, 3]), input('c', [5, 4]), [0, 1])).toThrow(ShapeError)
})
