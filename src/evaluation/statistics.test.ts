import { expect, test } from 'vitest'
import { mean, median, sampleDeviation, showPercent } from './statistics.js'

test('mean, sample deviation and median', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9]
  expect(mean(values)).toBe(5)
  expect(sampleDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12)
  expect(median(values)).toBe(4.5)
  expect(median([3, 1, 2])).toBe(2)
  expect(sampleDeviation([1])).toBeNaN()
  expect(mean([])).toBeNaN()
  expect(median([])).toBeNaN()
})

test('shares as percent', () => {
  expect(showPercent([0.71, 0.714, 0.715])).toBe('71.3 ± 0.3 %')
  expect(showPercent([0.5], 2)).toBe('50.00 %')
})
