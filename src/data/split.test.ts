import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitByGroup } from './split.js'
import type { Item } from './types.js'

function item(position: number, label?: string, group = `${position}`): Item {
  return { name: `${position}`, label, group, split: undefined }
}

const groupsAndLabels = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.constantFrom('a', 'b', undefined)), { maxLength: 60 })

test('every item is in exactly one part, and no group in two', () => {
  fc.assert(
    fc.property(groupsAndLabels, fc.nat(), (drawn, seed) => {
      const items = drawn.map(([group, label], i) => item(i, label, `g${group}`))
      const parts = splitByGroup(items, [0.5, 0.3, 0.2], seed)
      expect(parts.flatMap(part => [...part]).sort((a, b) => a - b)).toEqual([...items.keys()])
      const groups = parts.map(part => [...new Set(Array.from(part, position => items[position]?.group))])
      expect(groups.flat().length).toBe(new Set(groups.flat()).size)
    }),
  )
})

test('fractions hold overall and within every label, to one item', () => {
  const sizes = { ant: 100, bee: 37, cat: 10, dog: 3 }
  const items = Object.entries(sizes)
    .flatMap(([label, count]) => Array.from({ length: count }, () => label))
    .map((label, i) => item(i, label))
  const [train = [], test = []] = splitByGroup(items, [0.8, 0.2], 4)
  expect(Math.abs(test.length - 30)).toBeLessThanOrEqual(1)
  expect(train.length + test.length).toBe(150)
  for (const [label, count] of Object.entries(sizes)) {
    const within = [...test].filter(position => items[position]?.label === label).length
    expect(Math.abs(within - 0.2 * count)).toBeLessThanOrEqual(1)
  }
})

test('labels of a single item still reach the small part', () => {
  const items = Array.from({ length: 100 }, (_, i) => item(i, `label ${i}`))
  expect(splitByGroup(items, [0.9, 0.1], 1).map(part => part.length)).toEqual([90, 10])
})

test('a split depends on its seed and on nothing else', () => {
  const items = Array.from({ length: 50 }, (_, i) => item(i))
  expect(splitByGroup(items, [0.5, 0.5], 1)).toEqual(splitByGroup(items, [0.5, 0.5], 1))
  expect(splitByGroup(items, [0.5, 0.5], 1)).not.toEqual(splitByGroup(items, [0.5, 0.5], 2))
})

test('a part of fraction 0 stays empty', () => {
  expect(splitByGroup([item(0), item(1, 'a', 'g'), item(2, 'a', 'g')], [0, 1], 0).map(part => [...part])).toEqual([
    [],
    [0, 1, 2],
  ])
})

test('fractions must sum to 1', () => {
  expect(() => splitByGroup([], [0.5, 0.6], 0)).toThrow('sum to 1, not [0.5, 0.6]')
  expect(() => splitByGroup([], [1.5, -0.5], 0)).toThrow(RangeError)
})
