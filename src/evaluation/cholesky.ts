import { addScaled, dot } from '../clusters/vectors.js'

/** Of a row's own square: what is left of it below this depends on the rows before, to the digits of float64. */
const DEPENDENT = 1e-12

/**
 * The lower triangular L with LLᵀ = a, in full rows. Where a row depends on those before, its column of L is zero.
 *
 * @param a symmetric and positive semidefinite, row i of at least the first i + 1 numbers
 */
export function cholesky(a: readonly Float64Array[]): Float64Array[] {
  const lower = a.map(() => new Float64Array(a.length))
  lower.forEach((row, i) => {
    const given = a[i] ?? row
    const square = given[i] ?? 0
    for (const [j, other] of lower.slice(0, i + 1).entries()) {
      const rest = (given[j] ?? 0) - dot(row.subarray(0, j), other)
      if (i === j) row[j] = rest > DEPENDENT * square ? Math.sqrt(rest) : 0
      else row[j] = over(rest, other[j])
    }
  })
  return lower
}

/** x with Lx = b; zero where L's column is */
export function forwards(lower: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = b.slice()
  lower.forEach((row, i) => {
    x[i] = over((x[i] ?? 0) - dot(row.subarray(0, i), x), row[i])
  })
  return x
}

/** x with Lᵀx = b; zero where L's column is */
export function backwards(lower: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = b.slice()
  for (let i = lower.length - 1; i >= 0; i--) {
    const row = lower[i] ?? b
    x[i] = over(x[i] ?? 0, row[i])
    addScaled(x.subarray(0, i), -(x[i] ?? 0), row)
  }
  return x
}

const over = (value: number, pivot = 0): number => (pivot === 0 ? 0 : value / pivot)
