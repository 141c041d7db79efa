import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { coverGrey } from './resample.js'

test('a constant stays itself at every size', () => {
  const side = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(side, side, side, fc.nat({ max: 255 }), (width, height, size, value) => {
      const out = coverGrey(new Uint8Array(width * height).fill(value), { width, height }, size)
      expect(out).toEqual(new Uint8Array(size * size).fill(value))
    }),
    { numRuns: 50 },
  )
})

test('a ramp stays a ramp away from the edges', () => {
  const values = Uint8Array.from({ length: 28 * 28 }, (_, i) => 4 * (i % 28))
  const out = coverGrey(values, { width: 28, height: 28 }, 56)
  for (let x = 10; x < 46; x++) expect(Math.abs((out[30 * 56 + x] ?? 0) - 4 * ((x + 0.5) / 2 - 0.5))).toBeLessThan(1)
})

test('a mirrored picture gives the mirrored result, cropped or not', () => {
  const side = fc.integer({ min: 2, max: 30 })
  fc.assert(
    fc.property(side, side, side, fc.infiniteStream(fc.nat({ max: 255 })), (width, height, size, stream) => {
      const values = Uint8Array.from({ length: width * height }, () => stream.next().value)
      const once = coverGrey(values, { width, height }, size)
      const turned = coverGrey(values.toReversed(), { width, height }, size).reverse()
      const differences = Array.from(once, (value, i) => Math.abs(value - (turned[i] ?? 0)))
      expect(Math.max(...differences)).toBeLessThanOrEqual(1) // halves round up either way
    }),
    { numRuns: 50 },
  )
})

// Enlarging, libvips takes a cubic kernel instead.
test.each([14, 20, 27])('28 × 28 at size %i is what sharp gives, to its rounding', async size => {
  const values = Uint8Array.from({ length: 28 * 28 }, (_, i) =>
    Math.round(127 + 100 * Math.sin((i % 28) / 3 + 2) * Math.cos(Math.floor(i / 28) / 4)),
  )
  const expected = await sharp(values, { raw: { width: 28, height: 28, channels: 1 } })
    .resize(size, size, { kernel: 'lanczos3' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  const out = coverGrey(values, { width: 28, height: 28 }, size)
  const differences = Array.from(out, (value, i) => Math.abs(value - (expected[i] ?? 0)))
  expect(Math.max(...differences)).toBeLessThanOrEqual(3)
})
