import { afterAll, expect, test } from 'vitest'
import { host } from '#host'
import { symmetricEigenvalues } from './eigenvalues.js'
import { featuresOf } from './features.js'
import { effectiveRank, rankMe, singularValues } from './rank.js'
import { normalFeatures, rows } from './testing.js'

const runner = host.start({ threads: 1 })
afterAll(() => runner.close())

test('RankMe of the identity is 4, of parallel rows 1, of diag(3, 1, 0, 0) 1.754771', async () => {
  const diagonal = (...values: number[]) => rows(values.map((value, i) => values.map((_, j) => (i === j ? value : 0))))
  expect(await rankMe(diagonal(1, 1, 1, 1))).toBeCloseTo(4, 4)
  expect(
    await rankMe(
      rows([
        [1, 2, 3],
        [2, 4, 6],
        [-1, -2, -3],
        [5, 10, 15],
      ]),
    ),
  ).toBeCloseTo(1, 4)
  expect(await rankMe(diagonal(3, 1, 0, 0))).toBeCloseTo(1.754771, 6)
})

test('RankMe of normal vectors, 2048 × 128, is near 126.97; with squared singular values it would be 124.0', async () => {
  const singular = await singularValues(runner, normalFeatures(2048, 128))
  expect(Math.abs(effectiveRank(singular) - 126.97)).toBeLessThan(0.05)
  expect(Math.abs(effectiveRank(singular.map(value => value * value)) - 124)).toBeLessThan(0.2)
})

test('RankMe is of uncentred embeddings: a common offset lowers it', async () => {
  const features = normalFeatures(400, 8)
  const shifted = featuresOf(
    features.values.map(x => x + 100),
    8,
  )
  expect(await rankMe(features)).toBeGreaterThan(7.9)
  expect(await rankMe(shifted)).toBeLessThan(1.5)
})

test('wide and tall matrices have the same singular values', async () => {
  const tall = normalFeatures(30, 5)
  const wide = featuresOf(
    Float32Array.from({ length: 150 }, (_, i) => tall.values[(i % 30) * 5 + Math.floor(i / 30)] ?? 0),
    30,
  )
  const [a, b] = [await singularValues(runner, tall), await singularValues(runner, wide)]
  expect(b.length).toBe(5)
  a.forEach((value, i) => {
    expect(value).toBeCloseTo(b[i] ?? 0, 10)
  })
})

test('eigenvalues of small matrices in closed form', () => {
  expect([...symmetricEigenvalues(Float64Array.of(2, 1, 1, 2), 2)]).toEqual([
    expect.closeTo(3, 12),
    expect.closeTo(1, 12),
  ])
  expect([...symmetricEigenvalues(Float64Array.of(7), 1)]).toEqual([7])
  expect([...symmetricEigenvalues(new Float64Array(9), 3)]).toEqual([0, 0, 0])
})

test('the second-difference matrix has eigenvalues 2 − 2 cos(kπ / (n + 1))', () => {
  const n = 60
  const matrix = Float64Array.from({ length: n * n }, (_, i) => {
    const apart = Math.abs(Math.floor(i / n) - (i % n))
    return apart === 0 ? 2 : apart === 1 ? -1 : 0
  })
  symmetricEigenvalues(matrix, n).forEach((value, i) => {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 12)
  })
})

test('reflections keep the eigenvalues of a full matrix', () => {
  // I − 2uuᵀ turns diag(1 … n) into a full matrix
  const n = 40
  const u = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1))
  const length = Math.sqrt(u.reduce((sum, x) => sum + x * x, 0))
  const q = (i: number, j: number) => (i === j ? 1 : 0) - (2 * (u[i] ?? 0) * (u[j] ?? 0)) / length ** 2
  const matrix = Float64Array.from({ length: n * n }, (_, place) => {
    const [i, j] = [Math.floor(place / n), place % n]
    return Array.from({ length: n }, (_, k) => q(i, k) * (k + 1) * q(k, j)).reduce((sum, x) => sum + x, 0)
  })
  symmetricEigenvalues(matrix, n).forEach((value, i) => {
    expect(value).toBeCloseTo(n - i, 10)
  })
})
