import { expect, test } from 'vitest'
import type { Item, PictureSet, Split } from '../data/index.js'
import { checkedLabels, defaultLabels, labelledParts } from './labelled.js'

/** A set without pictures: names alone are looked at. */
function setOf(items: readonly Item[]): PictureSet {
  const classes = [...new Set(items.flatMap(({ label }) => label ?? []))].sort()
  const subset = (positions: ArrayLike<number>) => ({
    ...setOf(Array.from(positions, i => items[i]).filter(item => item !== undefined)),
    classes,
  })
  return { items, classes, subset, channels: {} } as unknown as PictureSet
}

const many = (count: number, label: string, split: Split | undefined): Item[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `${label}${split}${i}`,
    label,
    group: `${label}${split}${i}`,
    split,
  }))

test('classes of one part only are told, and classes of neither are none', () => {
  const { classes, notes, training, test } = labelledParts(
    setOf([
      ...many(5, 'cat', 'train'),
      ...many(3, 'dog', 'train'),
      ...many(3, 'dog', 'test'),
      ...many(2, 'eel', 'test'),
      ...many(9, 'fox', 'validation'),
    ]),
  )
  expect(classes).toEqual(['cat', 'dog', 'eel'])
  expect([training.items.length, test.items.length]).toEqual([8, 5])
  expect(notes).toEqual([
    'In the test part only, so never told right: eel.',
    'Not in the test part, so not scored: cat.',
  ])
})

test('a class that is not there to learn from does not keep others from having few labels', () => {
  const { classes, training } = labelledParts(
    setOf([
      ...many(12, 'cat', 'train'),
      ...many(15, 'dog', 'train'),
      ...many(3, 'dog', 'test'),
      ...many(2, 'eel', 'test'),
    ]),
  )
  expect(defaultLabels(training, classes)).toEqual([10, 'all'])
  expect(checkedLabels(['all', 12, 5, 12], training, classes)).toEqual([5, 12, 'all'])
  expect(() => checkedLabels([13], training, classes)).toThrow(/cat has 12 .* choose --labels 12 or less/)
})

test.each([[[0]], [[-1]], [[2.5]], [[Number.NaN]], [[]]])('--labels %j is wrong usage that names the flag', amounts => {
  const { classes, training } = labelledParts(setOf([...many(10, 'a', undefined), ...many(10, 'b', undefined)]))
  expect(() => checkedLabels(amounts, training, classes)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/^--labels/) }),
  )
})

test('one class to learn from is an error that says what to give, or which flag took too few', () => {
  const set = [...many(5, 'cat', 'train'), ...many(5, 'dog', 'test')]
  expect(() => labelledParts(setOf(set))).toThrow(/all pictures to learn from are of one class \(cat\)/)
  expect(() => labelledParts(setOf([...set, ...many(5, 'dog', 'train')]), { most: 1 })).toThrow(
    /^--labelled 1: .* of one class/,
  )
})
