import fc from 'fast-check'
import { expect, test } from 'vitest'
import { framesIn, windowsOf } from './windows.js'

const grid = (hop: number, receptiveField: number, before = 0, after = 0, reach = 0) => ({
  hop,
  receptiveField,
  before,
  reach,
  framesOf: (samples: number) => Math.max(0, Math.floor((samples + before + after - receptiveField) / hop) + 1),
})

test('every frame is made once, and sees no edge of a window that is not one of the recording', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 20 }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 1, max: 500 }),
      (hop, beyond, ahead, behind, longer, reach, length) => {
        const receptiveField = hop + beyond
        const [before, after] = [ahead, behind].map(share => Math.floor(share * receptiveField)) as [number, number]
        const own = grid(hop, receptiveField, before, after, reach)
        const window = 3 * receptiveField + 2 * reach * hop + longer
        const made = windowsOf(length, window, own).flatMap(part => {
          expect(part.from % hop).toBe(0)
          expect(part.from + part.length).toBeLessThanOrEqual(Math.max(length, receptiveField))
          expect(part.length).toBeLessThanOrEqual(window)
          return Array.from({ length: part.frames }, (_, i) => {
            const from = (part.skip + i) * hop - before
            if (part.from > 0) expect(from - reach * hop).toBeGreaterThanOrEqual(0)
            if (part.from + part.length < length)
              expect(from + reach * hop + receptiveField).toBeLessThanOrEqual(part.length)
            expect(part.skip + i).toBeLessThan(own.framesOf(part.length))
            return part.from / hop + part.skip + i
          })
        })
        expect(made).toEqual([...Array(framesIn(length, own)).keys()])
      },
    ),
  )
})

test('the last window ends where the recording does', () => {
  expect(windowsOf(53, 40, grid(4, 6))).toEqual([
    { from: 0, length: 40, skip: 0, frames: 9 },
    { from: 16, length: 37, skip: 5, frames: 3 },
  ])
})

test('shorter than a frame counts as one, and windows without a frame are refused', () => {
  expect(windowsOf(2, 40, grid(4, 6))).toEqual([{ from: 0, length: 6, skip: 0, frames: 1 }])
  expect(() => windowsOf(100, 5, grid(4, 6))).toThrow('windows of 5 numbers hold no frame, which sees 6')
})
