import { expect, test } from 'vitest'
import { dot, rowsOf } from '../clusters/vectors.js'
import { backwards, cholesky, forwards } from './cholesky.js'
import { normalFeatures } from './testing.js'

const size = 6
const rows = rowsOf(Float64Array.from(normalFeatures(size, 8).values), 8)
const gram = (of: readonly Float64Array[]) => of.map(a => Float64Array.from(of, b => dot(a, b)))
const transposedRows = (of: readonly Float64Array[]) => of.map((_, i) => Float64Array.from(of, row => row[i] ?? 0))

test('LLᵀ is the matrix, and both solutions are those of their triangle', () => {
  const lower = cholesky(gram(rows))
  gram(lower).forEach((row, i) => {
    expect([...row]).toEqual([...(gram(rows)[i] ?? [])].map(value => expect.closeTo(value, 10)))
  })
  const b = Float64Array.from(rows, row => row[0] ?? 0)
  const given = [...b].map(value => expect.closeTo(value, 10))
  expect(lower.map(row => dot(row, forwards(lower, b)))).toEqual(given)
  expect(transposedRows(lower).map(row => dot(row, backwards(lower, b)))).toEqual(given)
})

test('a row that depends on those before gets a column of zeros', () => {
  const [a = rows[0] as Float64Array, b = a] = rows
  const dependent = [a, b, a.map((value, i) => 2 * value - (b[i] ?? 0))]
  const lower = cholesky(gram(dependent))
  expect(lower.map(row => row[2])).toEqual([0, 0, 0])
  gram(lower).forEach((row, i) => {
    expect([...row]).toEqual([...(gram(dependent)[i] ?? [])].map(value => expect.closeTo(value, 10)))
  })
  expect(backwards(lower, new Float64Array(3).fill(1)).every(Number.isFinite)).toBe(true)
})
