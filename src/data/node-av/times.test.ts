import { expect, test } from 'vitest'
import { UNKNOWN } from './library.js'
import { rescale, soundClock } from './times.js'
import { uprightFilters } from './upright.js'

const second = { num: 1, den: 1 }

test('moments go from clock to clock, to the nearest', () => {
  const thousandths = { num: 1, den: 1000 }
  expect([14n, 15n, -15n, UNKNOWN].map(value => rescale(value, thousandths, { num: 1, den: 100 }))).toEqual([
    1n,
    2n,
    -2n,
    UNKNOWN,
  ])
})

test('sound whose file counts milliseconds goes on without gaps, until it says otherwise by more', () => {
  const clock = soundClock({ num: 1, den: 1000 }, 44_100)
  // 1024 numbers last 23.2 ms, which the file can only say as 23, 46, 70
  expect([0n, 23n, 46n, 70n].map(moment => clock(moment, 1024))).toEqual([0n, 1024n, 2048n, 3072n])
  expect([clock(500n, 1024), clock(UNKNOWN, 1024)]).toEqual([22_050n, 23_074n])
  expect(soundClock(second, 8000)(UNKNOWN, 10)).toBe(0n)
})

const matrix = (...values: readonly number[]) => Buffer.from(Int32Array.from(values).buffer)
const [one, last] = [65_536, 2 ** 30]

test.each([
  ['a picture that stands upright', [one, 0, 0, 0, one, 0, 0, 0, last], []],
  ['a phone that was held upright', [0, one, 0, -one, 0, 0, 0, 0, last], ['transpose=clock']],
  ['the other way round', [0, -one, 0, one, 0, 0, 0, 0, last], ['transpose=cclock']],
  ['upside down', [-one, 0, 0, 0, -one, 0, 0, 0, last], ['hflip', 'vflip']],
  ['mirrored', [one, 0, 0, 0, -one, 0, 0, 0, last], ['vflip']],
  ['by 45 degrees', [46_341, 46_341, 0, -46_341, 46_341, 0, 0, 0, last], ['rotate=45*PI/180']],
  ['nothing', [0, 0, 0, 0, 0, 0, 0, 0, 0], []],
])('%s is turned', (_, values, filters) => {
  expect(uprightFilters(matrix(...values))).toEqual(filters)
  expect(uprightFilters(null)).toEqual([])
})
