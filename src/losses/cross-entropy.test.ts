import { expect, test } from 'vitest'
import { array, gradientError, randomArray, valueAndGradients } from '../engine/testing.js'
import { constant } from '../tensor/tensor.js'
import { crossEntropy } from './cross-entropy.js'

const classes = (...indices: number[]) => constant(indices, [indices.length], 'int')

test.each([2, 10, 1000])('equal logits over %i classes cost ln C', async count => {
  const given = [array([3, count], Array<number>(3 * count).fill(-7))]
  const { value } = await valueAndGradients(x => crossEntropy(x, classes(0, 1, count - 1)).loss, given)
  expect(value).toBeCloseTo(Math.log(count), 12)
})

test('as a loop on random logits', async () => {
  const logits = randomArray([5, 4], { low: -3, high: 3 })
  const right = [2, 0, 3, 3, 1]
  const { value } = await valueAndGradients(x => crossEntropy(x, classes(...right)).loss, [logits])
  let total = 0
  for (const [i, c] of right.entries()) {
    const row = logits.values.slice(i * 4, i * 4 + 4)
    total -= Math.log(Math.exp(row[c] ?? 0) / row.reduce((sum, x) => sum + Math.exp(x), 0))
  }
  expect(value).toBeCloseTo(total / 5, 12)
})

test('the gradient is (softmax − one-hot) / N, as central differences', async () => {
  const loss = (...[x]: Parameters<typeof crossEntropy>[0][]) => crossEntropy(x ?? classes(), classes(1, 0, 1)).loss
  expect(await gradientError(loss, [randomArray([3, 2])])).toBeLessThan(1e-8)
  const { gradients } = await valueAndGradients(loss, [array([3, 2], [0, 0, 0, 0, 0, Math.log(3)])])
  const expected = [0.5, -0.5, -0.5, 0.5, 0.25, -0.25].map(x => x / 3)
  for (const [i, g] of expected.entries()) expect(gradients[0]?.[i]).toBeCloseTo(g, 12)
})

test('logits far apart cost their distance, not infinity', async () => {
  const { value } = await valueAndGradients(x => crossEntropy(x, classes(1)).loss, [array([1, 2], [1e4, -1e4])], {
    precision: 'float32',
  })
  expect(value).toBe(2e4)
})

test('accuracy is the share of rows whose largest logit is the right one', async () => {
  const { value } = await valueAndGradients(
    x => crossEntropy(x, classes(0, 1, 0, 0)).accuracy,
    [array([4, 2], [2, 1, 3, 4, -1, 0, 1, 0])],
  )
  expect(value).toBe(0.75)
})

test('rows that weigh nothing count nothing, and the others by their weights', async () => {
  const given = [array([3, 2], [0, 1, 5, -5, 2, 0]), array([3], [1, 0, 3])]
  const of = async (part: 'loss' | 'accuracy') =>
    (await valueAndGradients((x, w) => crossEntropy(x, classes(1, 1, 1), w)[part], given)).value
  const nats = [Math.log(1 + Math.exp(-1)), Math.log(1 + Math.exp(2))] as const
  expect(await of('loss')).toBeCloseTo((nats[0] + 3 * nats[1]) / 4, 12)
  expect(await of('accuracy')).toBe(0.25)
  const { value } = await valueAndGradients(
    x => crossEntropy(x, classes(0), constant([0])).loss,
    [array([1, 2], [1, 2])],
  )
  expect(value).toBe(0)
})
