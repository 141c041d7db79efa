import { expect, test } from 'vitest'
import { RATE, recordingsOf } from '../evaluation/frames/testing.js'
import { paddingIn } from './padding.js'

const inWindows = (lengths: readonly number[], length: number) =>
  paddingIn(recordingsOf(lengths).as({ sound: { kind: 'audio', rate: RATE, length } }))

test('windows that no recording fills are told, with the seconds that hold the longest', () => {
  expect(inWindows([100, 151], 400)).toBe(
    'no recording is longer than 1.51 s, and a window is 4 s: 69 % of what is computed stands for nothing; --seconds 1.51 holds as much in less time',
  )
  expect(inWindows([5, 9], 400)).toContain('--seconds 0.5 holds as much')
  expect(inWindows([100, 330], 400)).toBeUndefined()
  expect(inWindows([100, 4000], 400)).toBeUndefined()
})
