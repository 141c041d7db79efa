import { expect, test } from 'vitest'
import { picturesOf } from '../../data/memory.js'
import { bagsOfWords, colourHistograms } from './plain.js'

test('colours of a picture: how often each occurs, and the mean of each place', () => {
  const size = 4
  const pixels = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const [pixel, colour] = [Math.floor(i / 3), i % 3]
    return pixel < 8 ? (colour === 0 ? 255 : 0) : 128
  })
  const { values, width } = colourHistograms(picturesOf(pixels, { size, colours: 3 }), 'image')
  expect(width).toBe(64 + 48)
  const own = Array.from(values)
  expect([own[3 * 16], own[2 * 16 + 2 * 4 + 2]]).toEqual([0.5, 0.5])
  expect(own.slice(0, 64).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
  expect(own.slice(64, 67)).toEqual([1, 0, 0])
  expect(own.at(-1)).toBeCloseTo(128 / 255, 6)
})

test('bags of words: which words there are, each by how seldom it is, in any script', () => {
  const bags = bagsOfWords(['red car', 'Red house', 'سيارة حمراء'])
  const { values, width } = bags(['RED, car! car', 'nothing known', 'سيارة'])
  expect(width).toBe(5)
  const rows = [0, 1, 2].map(row => Array.from(values.subarray(row * width, (row + 1) * width)))
  const [red, car] = [Math.log(4 / 2), Math.log(4 / 1)]
  const length = Math.hypot(red, car)
  expect(rows[0]?.filter(value => value > 0).map(value => value.toFixed(5))).toEqual(
    [red / length, car / length].map(value => value.toFixed(5)),
  )
  expect(rows[1]).toEqual([0, 0, 0, 0, 0])
  expect(rows[2]?.filter(value => value > 0)).toEqual([1])
})
