import { expect, test } from 'vitest'
import { isSilence, labelsAt, tidied } from './segments.js'

const segment = (start: number, end: number, label: string) => ({ start, end, label })

test('segments beyond the end are cut or left out, those over another cut, those of no length or label left out', () => {
  const { segments, faults } = tidied(
    [
      segment(0, 0.5, 'a'),
      segment(0.4, 0.8, 'b'),
      segment(0.8, 0.8, 'c'),
      segment(0.9, 1.5, 'd'),
      segment(2, 3, 'e'),
      segment(0.8, 0.9, ' '),
    ],
    1,
  )
  expect(segments).toEqual([segment(0, 0.4, 'a'), segment(0.4, 0.8, 'b'), segment(0.9, 1, 'd')])
  expect(faults).toEqual({ late: 2, overlapping: 1, empty: 1 })
})

test('the label of a moment is that of the segment that it lies in; gaps have none', () => {
  const segments = [segment(0, 0.4, 'a'), segment(0.5, 0.6, 'b')]
  expect(labelsAt(segments, [0, 0.399, 0.4, 0.5, 0.55, 0.6, 2])).toEqual([
    'a',
    'a',
    undefined,
    'b',
    'b',
    undefined,
    undefined,
  ])
})

test('silence has many names', () => {
  expect(['pau', 'SIL', 'h#', 'a'].map(isSilence)).toEqual([true, true, true, false])
})
