import { expect, test } from 'vitest'
import { bagsOfWords } from './plain.js'

test('bags of words: which words there are, each by how seldom it is, in any script', () => {
  const bags = bagsOfWords(['red car', 'Red house', 'سيارة حمراء'])
  const { values, width } = bags(['RED, car! car', 'nothing known', 'سيارة'])
  expect(width).toBe(5)
  const rows = [0, 1, 2].map(row => Array.from(values.subarray(row * width, (row + 1) * width)))
  const [red, car] = [Math.log(4 / 2), Math.log(4 / 1)]
  const length = Math.hypot(red, car)
  expect(rows[0]?.filter(value => value > 0).map(value => value.toFixed(5))).toEqual(
    [red / length, car / length].map(value => value.toFixed(5)),
  )
  expect(rows[1]).toEqual([0, 0, 0, 0, 0])
  expect(rows[2]?.filter(value => value > 0)).toEqual([1])
})
