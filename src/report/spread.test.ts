import { expect, test } from 'vitest'
import { spread } from './spread.js'

const line = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(x => ({ x, y: 0 }))

test('the ends first, then the middle, then what lies between', () => {
  expect(spread(line, 3)).toEqual([0, 8, 4])
  expect(new Set(spread(line, 5))).toEqual(new Set([0, 8, 4, 2, 6]))
})

test('points keep their distance; equal ones are taken once', () => {
  expect(spread(line, 9, 3.5)).toEqual([0, 8, 4])
  expect(spread([...line.slice(0, 1), ...line.slice(0, 1)], 2)).toEqual([0])
  expect(spread([], 3)).toEqual([])
})
