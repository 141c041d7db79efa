import { expect, test } from 'vitest'
import { minimise } from './lbfgs.js'

test('the minimum of a quadratic form solves its linear system', async () => {
  // ½ xᵀAx − bᵀx, A = [[4, 1], [1, 3]], b = [1, 2]: x = A⁻¹b = [1, 7] / 11
  const result = await minimise(
    async ([x = 0, y = 0]) => ({
      value: 2 * x * x + x * y + 1.5 * y * y - x - 2 * y,
      gradient: Float64Array.of(4 * x + y - 1, x + 3 * y - 2),
    }),
    new Float64Array(2),
    { tolerance: 1e-12 },
  )
  expect(result.converged).toBe(true)
  expect(result.x[0]).toBeCloseTo(1 / 11, 12)
  expect(result.x[1]).toBeCloseTo(7 / 11, 12)
})

test('Rosenbrock, from the classical start, ends at (1, 1)', async () => {
  const result = await minimise(
    async ([x = 0, y = 0]) => ({
      value: 100 * (y - x * x) ** 2 + (1 - x) ** 2,
      gradient: Float64Array.of(-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)),
    }),
    Float64Array.of(-1.2, 1),
    { tolerance: 1e-9 },
  )
  expect(result.converged).toBe(true)
  expect(result.iterations).toBeLessThan(60)
  expect(result.x[0]).toBeCloseTo(1, 8)
  expect(result.x[1]).toBeCloseTo(1, 8)
})

test('a quadratic form of condition 1e3 in 200 dimensions is solved', async () => {
  const curvature = Float64Array.from({ length: 200 }, (_, i) => 10 ** ((3 * i) / 199))
  const result = await minimise(
    async x => ({
      value: x.reduce((sum, xi, i) => sum + ((curvature[i] ?? 0) * (xi - 1) ** 2) / 2, 0),
      gradient: x.map((xi, i) => (curvature[i] ?? 0) * (xi - 1)),
    }),
    new Float64Array(200),
    { tolerance: 1e-6 },
  )
  expect(result.converged).toBe(true)
  expect(Math.max(...result.x.map(x => Math.abs(x - 1)))).toBeLessThan(1e-5)
})

test('iterations stop at the limit and say so', async () => {
  const result = await minimise(
    async ([x = 0]) => ({ value: x ** 4, gradient: Float64Array.of(4 * x ** 3) }),
    Float64Array.of(3),
    { tolerance: 1e-30, maxIterations: 3 },
  )
  expect(result).toMatchObject({ iterations: 3, converged: false })
})
