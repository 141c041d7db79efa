import { expect, test } from 'vitest'
import { sinCos2d } from './positions.js'

test('sines and cosines of the column, then of the row', () => {
  const positions = sinCos2d(3, 8)
  expect(positions).toHaveLength(9 * 8)
  const along = (place: number) => [Math.sin(place), Math.sin(place / 100), Math.cos(place), Math.cos(place / 100)]
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 3; column++) {
      const got = [...positions.subarray((row * 3 + column) * 8, (row * 3 + column + 1) * 8)]
      for (const [i, v] of [...along(column), ...along(row)].entries()) expect(got[i]).toBeCloseTo(v, 12)
    }
})

test('every place is another; neighbours are alike', () => {
  const positions = sinCos2d(8, 64)
  const at = (i: number) => positions.subarray(i * 64, (i + 1) * 64)
  const dot = (a: number, b: number) => at(a).reduce((sum, v, d) => sum + v * (at(b)[d] ?? 0), 0)
  expect(dot(0, 0)).toBeCloseTo(32, 12)
  expect(dot(0, 1)).toBeGreaterThan(dot(0, 2))
  expect(dot(0, 1)).toBeLessThan(31.9)
  expect(dot(0, 8)).toBeCloseTo(dot(0, 1), 12)
})

test('a width that does not divide by four is refused', () => {
  expect(() => sinCos2d(4, 30)).toThrow('sinCos2d: a width that divides by 4 expected, got 30')
})
