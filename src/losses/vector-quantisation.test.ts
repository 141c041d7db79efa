import { expect, test } from 'vitest'
import { array, evaluate, randomArray, relativeError, valueAndGradients } from '../engine/testing.js'
import { at } from '../nn/testing.js'
import { range } from '../tensor/shape.js'
import { codebookLoss } from './vector-quantisation.js'

const [rows, width] = [4, 3]
const z = randomArray([rows, width])
const q = randomArray([rows, width], { seed: 2 })
const weight = array([rows], [1, 0, 3, 0.5])
const total = 4.5

test('frames and codes that are the same cost nothing', async () => {
  const { loss } = await evaluate((z, weight) => ({ loss: codebookLoss(z, z, weight, 0.25) }), [z, weight])
  expect(loss).toEqual([0])
})

test.each([0, 0.25, 2])('γ = %d: as loops, and each part moves its own side alone', async commitment => {
  const { value, gradients } = await valueAndGradients(
    (z, q, weight) => codebookLoss(z, q, weight, commitment),
    [z, q, weight],
  )
  const apart = (n: number, d: number) => at(z, n, d) - at(q, n, d)
  const each = range(rows).map(n => range(width).reduce((sum, d) => sum + apart(n, d) ** 2, 0) / width)
  const mean = each.reduce((sum, e, n) => sum + e * at(weight, n), 0) / total
  expect(value).toBeCloseTo((1 + commitment) * mean, 12)
  const slope = range(rows * width).map(i => {
    const [n, d] = [Math.floor(i / width), i % width]
    return (2 * at(weight, n) * apart(n, d)) / (width * total)
  })
  const [ofFrames = [], ofCodes = []] = gradients
  if (commitment > 0)
    expect(
      relativeError(
        ofFrames,
        slope.map(s => commitment * s),
      ),
    ).toBeLessThan(1e-12)
  else expect(ofFrames.every(g => g === 0)).toBe(true)
  expect(
    relativeError(
      ofCodes,
      slope.map(s => -s),
    ),
  ).toBeLessThan(1e-12)
})
