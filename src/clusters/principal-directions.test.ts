import { expect, test } from 'vitest'
import { range } from '../tensor/shape.js'
import { principalDirections } from './principal-directions.js'
import { dot } from './vectors.js'

test('directions of length 1 at right angles, the widest first', () => {
  // along (3, 4, 0) / 5 ten times as wide as along (4, −3, 0) / 5, and nothing beside
  const along = [0.6, 0.8, 0]
  const across = [0.8, -0.6, 0]
  const rows = range(40).map(i => {
    const [a, b] = [10 * Math.cos(i), Math.sin(i)]
    return Float64Array.from(along, (v, d) => a * v + b * (across[d] ?? 0))
  })
  const [first, second] = principalDirections(rows, 2).map(each => Array.from(each))
  const size = (direction: number[] | undefined, of: readonly number[]) =>
    Math.abs(dot(Float64Array.from(direction ?? []), Float64Array.from(of)))
  expect(size(first, along)).toBeCloseTo(1, 3)
  expect(size(second, across)).toBeCloseTo(1, 3)
  expect(size(first, second ?? [])).toBeLessThan(1e-9)
})

test('no more than there are rows, or numbers in one', () => {
  expect(principalDirections([Float64Array.of(1, 2, 3)], 5)).toHaveLength(1)
  expect(
    principalDirections(
      range(9).map(i => Float64Array.of(i, i * i)),
      5,
    ),
  ).toHaveLength(2)
})
