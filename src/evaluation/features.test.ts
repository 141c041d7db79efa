import { expect, test } from 'vitest'
import { featuresOf, l2Normalised, pickLabelled, pickRows, rowOf, standardiser } from './features.js'
import { normalFeatures, rows } from './testing.js'

test('standardised training rows have mean 0 and deviation 1; constant dimensions are 0 everywhere', () => {
  const training = rows([
    [1, 5, 2],
    [3, 5, 2],
    [5, 5, 8],
  ])
  const standardise = standardiser(training)
  const deviation = Math.sqrt(8 / 3) // divisor n
  expect([...standardise(training).values].map(x => Number(x.toFixed(6)))).toEqual(
    [-2 / deviation, 0, -2 / Math.sqrt(8), 0, 0, -2 / Math.sqrt(8), 2 / deviation, 0, 4 / Math.sqrt(8)].map(x =>
      Number(Math.fround(x).toFixed(6)),
    ),
  )
  expect([...standardise(rows([[3, 100, 4]])).values]).toEqual([0, 0, 0])
})

test('a dimension that is constant but for the rounding of float32 does not explode', () => {
  const features = featuresOf(Float32Array.of(0.1 + 1e-8, 0.1, 0.1, 0.1 - 1e-8), 1)
  expect(standardiser(features)(features).values.every(x => x === 0)).toBe(true)
})

test('normalised rows have length 1, and a row of zeros stays zero', () => {
  const { values } = l2Normalised(
    rows([
      [3, 4],
      [0, 0],
      [0, -2],
    ]),
  )
  expect([...values].map(x => Number(x.toFixed(6)))).toEqual([0.6, 0.8, 0, 0, 0, -1])
})

test('rows are picked in the order asked for, with their labels', () => {
  const features = rows([
    [0, 1],
    [2, 3],
    [4, 5],
  ])
  expect([...pickRows(features, [2, 0]).values]).toEqual([4, 5, 0, 1])
  expect(Array.from(pickLabelled({ features, labels: [7, 8, 9] }, Uint32Array.of(1, 1)).labels)).toEqual([8, 8])
  expect([...rowOf(features, 1)]).toEqual([2, 3])
  expect(() => pickRows(features, [3])).toThrow('no row 3 among 3')
})

test('what does not fit is named', () => {
  expect(() => featuresOf(new Float32Array(7), 2)).toThrow('7 values are no rows of 2')
  expect(() => standardiser(normalFeatures(4, 3))(normalFeatures(4, 2))).toThrow('width 3 expected, got 2')
})
