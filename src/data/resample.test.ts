import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fits } from '../channels/fits.js'
import { resample } from './resample.js'
import { sharp } from './sharp.js'

/** Grey or colour values [height, width, channels], cropped to [size, size, channels]. */
const cover = (values: Uint8Array, width: number, height: number, channels: number, size: number): Uint8Array =>
  resample({ values, width, height, channels }, size, 'crop').values

test('a constant stays itself at every size', () => {
  const side = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(side, side, side, fc.nat({ max: 255 }), (width, height, size, value) => {
      const out = cover(new Uint8Array(width * height).fill(value), width, height, 1, size)
      expect(out).toEqual(new Uint8Array(size * size).fill(value))
    }),
    { numRuns: 50 },
  )
})

test('a ramp stays a ramp away from the edges', () => {
  const values = Uint8Array.from({ length: 28 * 28 }, (_, i) => 4 * (i % 28))
  const out = cover(values, 28, 28, 1, 56)
  for (let x = 10; x < 46; x++) expect(Math.abs((out[30 * 56 + x] ?? 0) - 4 * ((x + 0.5) / 2 - 0.5))).toBeLessThan(1)
})

test('a mirrored picture gives the mirrored result, squeezed or whole', () => {
  const side = fc.integer({ min: 2, max: 30 })
  const fit = fc.constantFrom('pad' as const, 'squash' as const)
  fc.assert(
    fc.property(side, side, side, fit, fc.infiniteStream(fc.nat({ max: 255 })), (width, height, size, fit, stream) => {
      const values = Uint8Array.from({ length: width * height }, () => stream.next().value)
      const raster = { width, height, channels: 1 }
      const once = resample({ values, ...raster }, size, fit).values
      const turned = resample({ values: values.toReversed(), ...raster }, size, fit).values.reverse()
      const differences = Array.from(once, (value, i) => Math.abs(value - (turned[i] ?? 0)))
      expect(Math.max(...differences)).toBeLessThanOrEqual(1) // halves round up either way
    }),
    { numRuns: 50 },
  )
})

test('channels do not mix', () => {
  const planes = [0, 1, 2].map(c => Uint8Array.from({ length: 20 * 12 }, (_, i) => (i * i * (c + 3)) % 256))
  const values = Uint8Array.from({ length: 3 * 240 }, (_, i) => planes[i % 3]?.[Math.floor(i / 3)] ?? 0)
  const out = cover(values, 20, 12, 3, 7)
  planes.forEach((plane, c) => {
    const alone = cover(plane, 20, 12, 1, 7)
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
  const differences = Array.from(cover(values, 28, 28, 3, size), (value, i) => Math.abs(value - (expected[i] ?? 0)))
  expect(Math.max(...differences)).toBeLessThanOrEqual(3)
})

const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * i * 7919 + i * 104_729) % 251)
const sharpFits = { crop: 'cover', pad: 'inside', squash: 'fill' } as const

// Odd and even margins, upright and lying: half a pixel too far would show as a mean of about 15 in noise.
const shapes = [
  [90, 70],
  [70, 90],
  [91, 70],
  [64, 40],
  [47, 64],
  [60, 59],
  [61, 35],
] as const
test.each(fits.flatMap(fit => shapes.map(shape => [fit, ...shape] as const)))(
  '%s: noise of %i × %i at 32 px lies where sharp puts it',
  async (fit, width, height) => {
    const raw = { width, height, channels: 3 as const }
    const values = noise(3 * width * height)
    const expected = await sharp(values, { raw })
      .resize(32, 32, { fit: sharpFits[fit], kernel: 'lanczos3' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    const found = resample({ values, ...raw }, 32, fit)
    expect([found.width, found.height]).toEqual([expected.info.width, expected.info.height])
    const differences = Array.from(found.values, (value, i) => Math.abs(value - (expected.data[i] ?? 0)))
    expect(differences.reduce((a, b) => a + b) / differences.length).toBeLessThan(1)
  },
)
