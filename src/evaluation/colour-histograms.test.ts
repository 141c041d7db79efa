import { expect, test } from 'vitest'
import { picturesOf } from '../data/memory.js'
import { colourHistograms } from './colour-histograms.js'

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
