import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { cover } from './resample.js'

test('a constant stays itself at every size', () => {
  const side = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(side, side, side, fc.nat({ max: 255 }), (width, height, size, value) => {
      const out = cover({ values: new Uint8Array(width * height).fill(value), width, height, channels: 1 }, size)
      expect(out).toEqual(new Uint8Array(size * size).fill(value))
    }),
    { numRuns: 50 },
  )
})

test('a ramp stays a ramp away from the edges', () => {
  const values = Uint8Array.from({ length: 28 * 28 }, (_, i) => 4 * (i % 28))
  const out = cover({ values, width: 28, height: 28, channels: 1 }, 56)
  for (let x = 10; x < 46; x++) expect(Math.abs((out[30 * 56 + x] ?? 0) - 4 * ((x + 0.5) / 2 - 0.5))).toBeLessThan(1)
})

test('a mirrored picture gives the mirrored result, cropped or not', () => {
  const side = fc.integer({ min: 2, max: 30 })
  fc.assert(
    fc.property(side, side, side, fc.infiniteStream(fc.nat({ max: 255 })), (width, height, size, stream) => {
      const values = Uint8Array.from({ length: width * height }, () => stream.next().value)
      const once = cover({ values, width, height, channels: 1 }, size)
      const turned = cover({ values: values.toReversed(), width, height, channels: 1 }, size).reverse()
      const differences = Array.from(once, (value, i) => Math.abs(value - (turned[i] ?? 0)))
      expect(Math.max(...differences)).toBeLessThanOrEqual(1) // halves round up either way
    }),
    { numRuns: 50 },
  )
})

test('channels do not mix', () => {
  const planes = [0, 1, 2].map(c => Uint8Array.from({ length: 20 * 12 }, (_, i) => (i * i * (c + 3)) % 256))
  const values = Uint8Array.from({ length: 3 * 240 }, (_, i) => planes[i % 3]?.[Math.floor(i / 3)] ?? 0)
  const out = cover({ values, width: 20, height: 12, channels: 3 }, 7)
  planes.forEach((plane, c) => {
    const alone = cover({ values: plane, width: 20, height: 12, channels: 1 }, 7)
    expect(out.filter((_, i) => i % 3 === c)).toEqual(alone)
  })
})

// Enlarging, libvips takes a cubic kernel instead.
test.each([14, 20, 27])('28 × 28 at size %i is what sharp gives, to its rounding', async size => {
  const values = Uint8Array.from({ length: 3 * 28 * 28 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 28, Math.floor(i / 84)]
    return Math.round(127 + 100 * Math.sin(x / 3 + (i % 3)) * Math.cos(y / 4))
  })
  const raw = { width: 28, height: 28, channels: 3 as const }
  const expected = await sharp(values, { raw }).resize(size, size, { kernel: 'lanczos3' }).raw().toBuffer()
  const differences = Array.from(cover({ values, ...raw }, size), (value, i) => Math.abs(value - (expected[i] ?? 0)))
  expect(Math.max(...differences)).toBeLessThanOrEqual(3)
})
