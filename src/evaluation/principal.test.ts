import { expect, test } from 'vitest'
import { symmetricEigenvalues } from './eigenvalues.js'
import { principal } from './principal.js'
import { normalFeatures, rows } from './testing.js'

test('points on two axes: their places from the mean, the wider axis first, the farthest end positive', () => {
  const { places, shares } = principal(
    rows([
      [10, 5, 1],
      [10, 7, 1],
      [14, 6, 1],
      [6, 6, 1],
    ]),
    2,
  )
  const [first = [], second = []] = places.map(along => Array.from(along, value => Number(value.toFixed(5)) + 0))
  expect(first.map(Math.abs)).toEqual([0, 0, 4, 4])
  expect(second.map(Math.abs)).toEqual([1, 1, 0, 0])
  expect((first[2] ?? 0) + (first[3] ?? 0)).toBe(0)
  expect(shares[0]).toBeCloseTo(32 / 34, 9)
  expect(shares[1]).toBeCloseTo(2 / 34, 9)
})

test('the shares are those of the eigenvalues of the covariance', () => {
  const [count, width] = [200, 12]
  const features = normalFeatures(count, width)
  const scaled = { ...features, values: features.values.map((value, i) => value * (1 + 3 / (1 + (i % width)))) }
  const column = (j: number) => Array.from({ length: count }, (_, i) => scaled.values[i * width + j] ?? 0)
  const centred = Array.from({ length: width }, (_, j) => {
    const values = column(j)
    const mean = values.reduce((a, b) => a + b) / count
    return values.map(value => value - mean)
  })
  const covariance = Float64Array.from({ length: width * width }, (_, k) => {
    const [a = [], b = []] = [centred[Math.floor(k / width)], centred[k % width]]
    return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
  })
  const eigenvalues = symmetricEigenvalues(covariance, width)
  const total = eigenvalues.reduce((a, b) => a + b)
  const { shares, places } = principal(scaled, 2)
  expect(shares[0]).toBeCloseTo((eigenvalues[0] ?? 0) / total, 6)
  expect(shares[1]).toBeCloseTo((eigenvalues[1] ?? 0) / total, 4)
  const [x = new Float64Array(), y = new Float64Array()] = places
  expect(Math.abs(x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0))).toBeLessThan(1) // of sums of squares in the thousands
})

test('rows that are all the same, fewer rows than directions, and a single dimension have a map too', () => {
  const same = principal(rows([[1, 2], [1, 2], [1, 2]]), 2) // biome-ignore format: a matrix
  expect(same.shares).toEqual([0, 0])
  expect(same.places.every(along => along.every(value => value === 0))).toBe(true)
  expect(principal(rows([[1], [3]]), 2).shares).toEqual([1, 0])
  expect(principal(rows([[1, 5, 2]]), 2).places.map(along => along.length)).toEqual([1, 1])
})
