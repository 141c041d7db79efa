import { expect, test } from 'vitest'
import { median, ratios, spread } from './statistics.js'

test('the median is the middle, or halfway between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([10, 1, 4, 100])).toBe(7)
  expect(median([])).toBeNaN()
})

test('the spread keeps the extremes', () => {
  expect(spread([3, 1, 10, 2])).toEqual({ median: 2.5, least: 1, most: 10 })
})

test('ratios go round by round, over the rounds that both have', () => {
  expect(ratios([10, 20, 30], [5, 40])).toEqual([2, 0.5])
})
