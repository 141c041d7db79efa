import { expect, test } from 'vitest'
import { DIRECTIONS, evenly, MIDDLE, pairs, placeOf } from './neighbours.js'

test('there are 20 pairs of neighbours, each in both orders, with directions ℓ and 7 − ℓ', () => {
  expect(pairs).toHaveLength(40)
  for (const { first, second, direction } of pairs)
    expect(pairs).toContainEqual({ first: second, second: first, direction: 7 - direction })
})

test('directions are numbered row by row around the first', () => {
  const offsets = [
    [-1, -1],
    [-1, 0],
    [-1, 1],
    [0, -1],
    [0, 1],
    [1, -1],
    [1, 0],
    [1, 1],
  ]
  for (const { first, second, direction } of pairs)
    expect([Math.floor(second / 3) - Math.floor(first / 3), (second % 3) - (first % 3)]).toEqual(offsets[direction])
  const around = pairs.filter(({ first }) => first === MIDDLE)
  expect(around.map(({ second }) => second)).toEqual([0, 1, 2, 3, 5, 6, 7, 8])
  expect(around.map(({ direction }) => placeOf(direction))).toEqual([0, 1, 2, 3, 5, 6, 7, 8])
})

test('evenly, every direction comes twelve times and every pair at least twice', () => {
  for (let direction = 0; direction < DIRECTIONS; direction++)
    expect(evenly.filter(i => pairs[i]?.direction === direction)).toHaveLength(12)
  expect(new Set(evenly).size).toBe(40)
})
