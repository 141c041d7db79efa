import { expect, test } from 'vitest'
import { rows } from '../evaluation/testing.js'
import { agreementOf, neighboursOf } from './neighbours.js'

/** Directions in degrees; lengths must not matter. */
const at = (...degrees: number[]) =>
  rows(degrees.map((d, i) => [(i + 1) * Math.cos((d * Math.PI) / 180), (i + 1) * Math.sin((d * Math.PI) / 180)]))
const items = [
  { group: 'a', label: 'x' },
  { group: 'a', label: 'x' },
  { group: 'b', label: 'x' },
  { group: 'b', label: 'x' },
  { group: 'c', label: 'y' },
  { group: 'd', label: 'y' },
]

test('the nearest by angle, not of the own group, and one of each', () => {
  const found = neighboursOf(at(0, 1, 20, 10, 90, 180), items, [0, 5], 7)
  expect(found).toEqual([
    { query: 0, near: [3, 4, 5] },
    { query: 5, near: [4, 2, 1] },
  ])
  expect(neighboursOf(at(0, 1, 20, 10, 90, 180), items, [0], 1)).toEqual([{ query: 0, near: [3] }])
})

test('how often labels agree, beside other groups at random', () => {
  const hoods = [
    { query: 0, near: [3] },
    { query: 5, near: [2] },
  ]
  expect(agreementOf(hoods, items)).toEqual({ same: 0.5, chance: (2 / 4 + 1 / 5) / 2, queries: 2 })
  expect(agreementOf(hoods, items.map(({ group }) => ({ group })))).toBeUndefined() // biome-ignore format: one line
})
