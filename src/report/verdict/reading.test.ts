import { expect, test } from 'vitest'
import { readCurve } from './reading.js'
import { curveOf } from './testing.js'

test('means over tenths of the steps: the end, the one past the middle, the lowest', () => {
  const read = readCurve(curveOf(share => Math.abs(share - 0.7) + 1, { steps: 1000, lines: 100, accuracy: 0.5 }))
  expect(read).toMatchObject({ chance: 4, steps: 1000, accuracy: 0.5 })
  expect(read?.end.mean).toBeCloseTo(1.255, 9) // lines at 0.91 … 1
  expect(read?.middle.mean).toBeCloseTo(1.145, 9) // 0.51 … 0.6
  expect(read?.best.mean).toBeCloseTo(1.045, 9) // 0.61 … 0.7
})

test('the noise is that of neighbouring lines, whatever the curve does', () => {
  const zigzag = readCurve(curveOf((share, step) => 3 - share + (step % 2 === 0 ? 0.1 : -0.1), { steps: 200 }))
  // neighbours differ by 0.2 up or down, a little off by the fall: a deviation of √(0.2² / 2); 20 lines a tenth
  expect(zigzag?.end.error).toBeCloseTo(0.2 / Math.SQRT2 / Math.sqrt(20), 3)
  const steep = readCurve(curveOf(share => 3 - 2 * share, { steps: 200 }))
  expect(steep?.end.error).toBeLessThan(0.002)
})

test('few lines: each tenth has the one that covers it', () => {
  const read = readCurve(curveOf((_, step) => step, { steps: 4 }))
  expect([read?.middle.mean, read?.end.mean, read?.best.mean]).toEqual([3, 4, 1])
  expect(read?.end.error).toBeCloseTo(1 / Math.SQRT2, 9)
  expect(readCurve([])).toBeUndefined()
})

test('luck is what the method says, or one among n where the loss without knowledge is ln n', () => {
  const luck = (chance: number, accuracyChance?: number) =>
    readCurve(curveOf(() => 1, { chance, ...(accuracyChance !== undefined && { accuracyChance }) }))?.luck
  expect(luck(Math.log(129), 0.25)).toBe(0.25)
  expect(luck(Math.fround(Math.log(129)))).toBeCloseTo(1 / 129, 8)
  expect(luck(4.6)).toBeUndefined()
})
