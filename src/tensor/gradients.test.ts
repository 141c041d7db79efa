import { expect, test } from 'vitest'
import { array, gradientError, randomArray, valueAndGradients } from '../engine/testing.js'
import { derivative } from './derivative.js'
import { straightThrough } from './elementwise.js'
import type { Tensor } from './tensor.js'
import { namedCases } from './testing.js'

for (const { name, of, at, flat } of namedCases) {
  if (flat) continue
  test(`${name}: gradient as central differences`, async () => {
    expect(await gradientError(of, at)).toBeLessThan(1e-7)
  })
}

test('second derivatives flow through the same table', async () => {
  const curl = (a: Tensor) => derivative(a.tanh().mul(a).softmax(1).mul(a).sum(), [a])[0] ?? a
  expect(await gradientError(curl, [randomArray([2, 3])])).toBeLessThan(1e-6)
})

test('stopGradient lets nothing through, straightThrough everything', async () => {
  const stopped = await valueAndGradients(a => a.stopGradient().mul(a).sum(), [array([2], [3, 5])])
  expect(stopped.gradients[0]).toEqual([3, 5])
  const through = await valueAndGradients(a => straightThrough(a.floor(), a).mul(2).sum(), [array([2], [1.5, 2.5])])
  expect(through.value).toBe(6)
  expect(through.gradients[0]).toEqual([2, 2])
})

test('a tie of maximum is shared', async () => {
  const { gradients } = await valueAndGradients((a, b) => a.maximum(b).sum(), [array([2], [1, 2]), array([2], [1, 0])])
  expect(gradients).toEqual([
    [0.5, 1],
    [0.5, 0],
  ])
})
