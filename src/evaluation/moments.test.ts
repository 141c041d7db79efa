import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combined, deviationOf, type Moments } from './moments.js'

const momentsOf = (values: readonly number[]): Moments => {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0)
  return { count: values.length, mean: Float64Array.of(mean), squares: Float64Array.of(squares) }
}

test('moments of parts are those of the whole, far from zero too', () => {
  const some = fc.array(fc.double({ min: 1e6 - 1, max: 1e6 + 1, noNaN: true }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(some, some, (a, b) => {
      const [whole, parts] = [momentsOf([...a, ...b]), combined(momentsOf(a), momentsOf(b))]
      expect(parts.count).toBe(whole.count)
      expect(parts.mean[0]).toBeCloseTo(whole.mean[0] ?? 0, 6)
      expect(deviationOf(parts)[0]).toBeCloseTo(deviationOf(whole)[0] ?? 0, 6)
    }),
  )
})

test('the deviation of one frame is 0', () => {
  expect(Array.from(deviationOf(momentsOf([3])))).toEqual([0])
  expect(Array.from(deviationOf(combined(momentsOf([1]), momentsOf([3]))))).toEqual([1])
})
