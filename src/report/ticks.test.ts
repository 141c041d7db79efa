import fc from 'fast-check'
import { expect, test } from 'vitest'
import { niceAxis, tickLabel, ticks, tightAxis } from './ticks.js'

test('ticks stand at round values without rounding noise', () => {
  expect(ticks({ low: 0, high: 0.6, step: 0.1 })).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
  expect(ticks(tightAxis([0, 2995], 5))).toEqual([0, 500, 1000, 1500, 2000, 2500])
  expect(ticks(niceAxis([1.93, 5.04], 5))).toEqual([1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5])
  expect(ticks(niceAxis([-3, 4], 4))).toEqual([-4, -2, 0, 2, 4])
})

test('one value, no value and values that are not finite still make an axis', () => {
  expect(niceAxis([], 5)).toEqual({ low: 0, high: 1, step: 0.2 })
  expect(niceAxis([Number.NaN, Infinity], 5)).toEqual({ low: 0, high: 1, step: 0.2 })
  expect(tightAxis([10, Number.NaN], 4)).toEqual({ low: 9, high: 11, step: 0.5 })
  expect(niceAxis([0], 2)).toEqual({ low: -0.5, high: 0.5, step: 0.5 })
})

test('any axis holds its values, ends on ticks, and has a readable number of them', () => {
  expect(ticks(niceAxis([-3829.8318, -3829.8308], 5))[0]).toBeCloseTo(-3829.8318, 6)
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(value, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, width) => {
      const axis = niceAxis([low, low + width], 5)
      const marks = ticks(axis)
      const slack = axis.step * 1e-6
      expect(axis.low).toBeLessThanOrEqual(low + slack)
      expect(axis.high).toBeGreaterThanOrEqual(low + width - slack)
      expect(marks[0]).toBeCloseTo(axis.low, 6)
      expect(marks.at(-1)).toBeCloseTo(axis.high, 6)
      expect(marks.length).toBeGreaterThan(3)
      expect(marks.length).toBeLessThan(11)
    }),
  )
})

test('labels have the decimals that the step needs', () => {
  expect([tickLabel(0.1, 0.1), tickLabel(0.25, 0.05), tickLabel(2, 0.5), tickLabel(12, 2)]).toEqual([
    '0.1',
    '0.25',
    '2.0',
    '12',
  ])
  expect([tickLabel(40000, 10000), tickLabel(2500, 1000), tickLabel(0, 1000)]).toEqual(['40k', '2.5k', '0'])
  expect(tickLabel(0.00002, 0.00001)).toBe('2.0e-5')
})
