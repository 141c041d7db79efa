import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seenAt } from './clock.js'
import { decodeNetpbm } from './netpbm.js'
import { numberedFilms } from './numbered.js'

const named = (...names: string[]) => names.map(name => ({ name }))

test('pictures whose names differ in their last number are a film, in the order of the numbers', () => {
  const files = named(
    'b/9.png',
    'b/10.png',
    'a/shot2.cam1.0001.jpg',
    'a/shot2.cam1.0002.jpg',
    'a/cover.jpg',
    'a/x7.jpg',
  )
  const { films, others } = numberedFilms(files)
  expect(films.map(({ name, frames, missing }) => [name, frames.map(({ name }) => name), missing])).toEqual([
    ['a/shot2.cam1.%04d.jpg', ['a/shot2.cam1.0001.jpg', 'a/shot2.cam1.0002.jpg'], 0],
    ['b/%d.png', ['b/9.png', 'b/10.png'], 0],
  ])
  expect(others.map(({ name }) => name).sort()).toEqual(['a/cover.jpg', 'a/x7.jpg'])
})

test('numbers that are left out are counted at the step that most have', () => {
  const missing = (...numbers: number[]) => numberedFilms(named(...numbers.map(n => `${n}.png`))).films[0]?.missing
  expect([missing(1, 2, 3), missing(0, 5, 10, 15), missing(1, 2, 3, 5, 6, 9)]).toEqual([0, 0, 3])
})

test('a frame is seen from the tick nearest to its moment until the next one begins', () => {
  expect(seenAt([0, 0.1, 0.5], 0.7, 10)).toEqual([0, 1, 1, 1, 1, 2, 2])
  expect(seenAt([0, 0.04, 0.08, 0.12], 0.16, 10)).toEqual([1, 3])
  expect(seenAt([3], 0.001, 10)).toEqual([0])
})

test('every tick sees the last frame that has begun, as looked for one by one', () => {
  const gaps = fc.array(fc.double({ min: 0.01, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 30 }), (delays, rate) => {
      let end = 0
      const times = delays.map(delay => {
        end += delay
        return end - delay
      })
      const seen = seenAt(times, end, rate)
      expect(seen.length).toBe(Math.max(1, Math.round(end * rate)))
      seen.forEach((frame, tick) => {
        expect(frame).toBe(Math.max(0, times.filter(time => Math.round(time * rate) <= tick).length - 1))
      })
    }),
  )
})

const bytes = (text: string, ...values: number[]) => Buffer.concat([Buffer.from(text), Uint8Array.from(values)])

test.each([
  [
    'P5 of bytes, with comments',
    bytes('P5 # by hand\n# 3 4\n3 2\n255\n', 0, 1, 2, 10, 200, 255),
    1,
    [0, 1, 2, 10, 200, 255],
  ],
  ['P5 of words', bytes('P5 2 1 65535\n', 0, 0, 128, 0), 1, [0, 128]],
  ['P5 of another white', bytes('P5 3 1 15\n', 0, 5, 15), 1, [0, 85, 255]],
  ['P2', bytes('P2\n3 1\n100\n0 50\n100\n'), 1, [0, 128, 255]],
  ['P6', bytes('P6 1 2 255\n', 1, 2, 3, 4, 5, 6), 3, [1, 2, 3, 4, 5, 6]],
  ['P3', bytes('P3 1 1 255 7 8 9'), 3, [7, 8, 9]],
])('Netpbm %s', (_, file, channels, values) => {
  const raster = decodeNetpbm(file)
  expect([raster.channels, [...raster.values], raster.width * raster.height * channels]).toEqual([
    channels,
    values,
    values.length,
  ])
})

test.each([
  bytes('P5 3 2 255\n', 1, 2),
  bytes('P5 3'),
  bytes('P5 0 2 255\n'),
  bytes('P5 2 2 0\n', 1, 2, 3, 4),
  bytes('P2 2 1 255 1'),
  bytes('P5 99999999 99999999 255\n', 1),
])('what is no whole Netpbm file is told so: %#', file => {
  expect(() => decodeNetpbm(file)).toThrow('is damaged or truncated')
})
