import { expect, test } from 'vitest'
import { parseLab } from './lab.js'

test('ESPS: a segment begins where the one before it ends, after the header', () => {
  const text = 'signal ru_0001\nnfields 1\n#\n0.34200 125 pau\n    0.39200  125  k \n\n0.42200 125 a y\n'
  expect(parseLab(text, 'a.lab')).toEqual([
    { start: 0, end: 0.342, label: 'pau' },
    { start: 0.342, end: 0.392, label: 'k' },
    { start: 0.392, end: 0.422, label: 'a y' },
  ])
})

test('HTK: whole numbers are of 100 ns, others of seconds; scores are passed over', () => {
  const [first, second] = parseLab('0 3600000 sil -12.5\r\n3600000 4000000 k\r\n', 'a.lab')
  expect(first).toEqual({ start: 0, end: expect.closeTo(0.36, 12), label: 'sil' })
  expect(second).toEqual({ start: expect.closeTo(0.36, 12), end: expect.closeTo(0.4, 12), label: 'k' })
  expect(parseLab('0 0.5 a\n0.5 1 b', 'a.lab')).toEqual([
    { start: 0, end: 0.5, label: 'a' },
    { start: 0.5, end: 1, label: 'b' },
  ])
})

test('what is no time is told with its line', () => {
  expect(() => parseLab('#\n0.1 125 a\nx 125 b', 'a.lab')).toThrow("a.lab: line 3: a time is expected, got 'x'")
  expect(() => parseLab('17', 'a.lab')).toThrow('a.lab: line 1: a time is expected, got nothing')
})
