import fc from 'fast-check'
import { expect, test } from 'vitest'
import { framesIn, windowsOf } from './windows.js'

const grid = (hop: number, receptiveField: number) => ({
  hop,
  receptiveField,
  framesOf: (samples: number) => Math.max(0, Math.floor((samples - receptiveField) / hop) + 1),
})

test('every frame is made once, by a window that sees all of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 500 }),
      (hop, beyond, longer, length) => {
        const receptiveField = hop + beyond
        const window = receptiveField + longer
        const made = windowsOf(length, window, grid(hop, receptiveField)).flatMap(part => {
          expect(part.from % hop).toBe(0)
          expect(part.from + part.length).toBeLessThanOrEqual(Math.max(length, receptiveField))
          expect(part.length).toBeLessThanOrEqual(window)
          return Array.from({ length: part.frames }, (_, i) => {
            expect((part.skip + i) * hop + receptiveField).toBeLessThanOrEqual(part.length)
            return part.from / hop + part.skip + i
          })
        })
        expect(made).toEqual([...Array(framesIn(length, grid(hop, receptiveField))).keys()])
      },
    ),
  )
})

test('the last window is as long as the others', () => {
  expect(windowsOf(53, 40, grid(4, 6))).toEqual([
    { from: 0, length: 40, skip: 0, frames: 9 },
    { from: 12, length: 40, skip: 6, frames: 3 },
  ])
})

test('shorter than a frame counts as one, and windows without a frame are refused', () => {
  expect(windowsOf(2, 40, grid(4, 6))).toEqual([{ from: 0, length: 6, skip: 0, frames: 1 }])
  expect(() => windowsOf(100, 5, grid(4, 6))).toThrow('windows of 5 numbers hold no frame, which sees 6')
})
