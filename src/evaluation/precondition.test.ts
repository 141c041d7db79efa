import { expect, test } from 'vitest'
import { approximateInverse, leadingSubspace } from './precondition.js'
import { normalFeatures } from './testing.js'

const width = 12
/** A covariance with the given variances along the axes, turned by a reflection I − 2uuᵀ */
function covariance(variances: readonly number[]): Float64Array {
  const u = variances.map((_, i) => Math.sin(i + 1))
  const square = u.reduce((sum, x) => sum + x * x, 0)
  const q = (i: number, j: number) => (i === j ? 1 : 0) - (2 * (u[i] ?? 0) * (u[j] ?? 0)) / square
  return Float64Array.from({ length: width * width }, (_, place) =>
    variances.reduce((sum, v, k) => sum + q(Math.floor(place / width), k) * v * q(k, place % width), 0),
  )
}

const times = (matrix: Float64Array, columns: Float64Array, count: number) =>
  Float64Array.from({ length: width * count }, (_, place) => {
    const [i, c] = [Math.floor(place / count), place % count]
    return Array.from({ length: width }, (_, k) => (matrix[i * width + k] ?? 0) * (columns[k * count + c] ?? 0)).reduce(
      (sum, x) => sum + x,
      0,
    )
  })

const start = (rank: number) => Float64Array.from(normalFeatures(width, rank).values)

test('the subspace holds the largest variances', async () => {
  const matrix = covariance([100, 50, 20, ...new Array<number>(width - 3).fill(0.01)])
  const { basis, covariance: inside } = await leadingSubspace(async b => times(matrix, b, 3), start(3), 3)
  const trace = (inside[0] ?? 0) + (inside[4] ?? 0) + (inside[8] ?? 0)
  expect(trace).toBeCloseTo(170, 6)
  basis.forEach((a, i) => {
    basis.forEach((b, j) => {
      expect(a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0)).toBeCloseTo(i === j ? 1 : 0, 12)
    })
  })
})

test('with one least variance beyond the subspace the inverse is exact', async () => {
  const matrix = covariance([30, 10, 3, ...new Array<number>(width - 3).fill(1)])
  const subspace = await leadingSubspace(async b => times(matrix, b, 5), start(5), 5, 60)
  const given = Float64Array.from(normalFeatures(width, 2, 8).values)
  const moved = times(matrix, given, 2).map((value, i) => 0.5 * value + 0.2 * (given[i] ?? 0))
  approximateInverse(
    subspace,
    0.5,
    0.2,
  )(moved, 2).forEach((value, i) => {
    expect(value).toBeCloseTo(given[i] ?? 0, 8)
  })
})

test('features of lower rank than the subspace are no trouble', async () => {
  const matrix = covariance([4, 1, ...new Array<number>(width - 2).fill(0)])
  const subspace = await leadingSubspace(async b => times(matrix, b, 4), start(4), 4)
  const result = approximateInverse(subspace, 1, 0.5)(start(2), 2)
  expect(result.every(Number.isFinite)).toBe(true)
  const direction = start(2)
  expect(result.reduce((sum, value, i) => sum + value * (direction[i] ?? 0), 0)).toBeGreaterThan(0)
})
