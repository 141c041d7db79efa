import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPictures } from './open.js'
import { rangeOf } from './range.js'
import { sharp } from './sharp.js'
import { put, temporaryFolder, tiff } from './testing.js'
import type { OpenOptions, PictureSet } from './types.js'

const side = 16
/** Twelve pictures of numbers from 0 to 1, different from each other. */
const shares = Array.from({ length: 12 }, (_, k) =>
  Float64Array.from({ length: side * side }, (_, i) => (((k + 1) * i) % (side * side)) / (side * side - 1)),
)

async function open(files: Record<string, Uint8Array>, options: OpenOptions = {}): Promise<PictureSet> {
  const root = put(temporaryFolder(), files)
  return openPictures(root, { size: side, channels: 1, cache: join(temporaryFolder(), 'cache'), ...options })
}

const files = (make: (shares: Float64Array) => Uint8Array) =>
  Object.fromEntries(shares.map((values, k) => [`${String(k).padStart(2, '0')}.tif`, make(values)]))

const kinds: [string, (values: Float64Array) => Uint8Array, number, number][] = [
  ['float 0 … 1', values => tiff(Float32Array.from(values), side, side), 0, 1],
  [
    'float 0 … 255',
    values =>
      tiff(
        Float32Array.from(values, v => 255 * v),
        side,
        side,
      ),
    0,
    255,
  ],
  [
    'float 300 … 800',
    values =>
      tiff(
        Float32Array.from(values, v => 300 + 500 * v),
        side,
        side,
      ),
    300,
    800,
  ],
  [
    '12 bits in 16',
    values =>
      tiff(
        Uint16Array.from(values, v => 4095 * v),
        side,
        side,
      ),
    0,
    4095,
  ],
  [
    '16 bits',
    values =>
      tiff(
        Uint16Array.from(values, v => 65535 * v),
        side,
        side,
      ),
    0,
    65535,
  ],
  [
    '16 bits with a sign',
    values =>
      tiff(
        Int16Array.from(values, v => 4000 * v - 1000),
        side,
        side,
      ),
    -1000,
    3000,
  ],
  [
    '32 bits with a sign',
    values =>
      tiff(
        Int32Array.from(values, v => 2e6 * v - 1e6),
        side,
        side,
      ),
    -1e6,
    1e6,
  ],
  [
    '32 bits',
    values =>
      tiff(
        Uint32Array.from(values, v => 3e9 * v),
        side,
        side,
      ),
    0,
    3e9,
  ],
]

test.each(kinds)('%s becomes all of 0 … 255, and a note says how', async (_, make, low, high) => {
  const set = await open(files(make))
  const pixels = set.gather([...set.items.keys()]).image
  const expected = shares.flatMap(values => Array.from(values, v => 255 * v))
  const furthest = Math.max(...Array.from(pixels, (value, i) => Math.abs(value - (expected[i] ?? 0))))
  expect(furthest).toBeLessThanOrEqual(1)
  expect(set.reading.range).toEqual({ low, high, of: 'deep' })
  expect(set.notes[0]).toMatch(/12 of 12 with .*became black and .* white, found by looking at them\. --range/)
})

test('the range is one for the whole set, and another set can be read with it', async () => {
  const first = await open({
    'a.tif': tiff(
      Float32Array.from(shares[0] ?? [], v => 300 + 100 * v),
      side,
      side,
    ),
    'b.tif': tiff(
      Float32Array.from(shares[0] ?? [], v => 300 + 400 * v),
      side,
      side,
    ),
  })
  const brightest = (set: PictureSet, i: number) => Math.max(...set.gather([i]).image)
  expect([brightest(first, 0), brightest(first, 1)]).toEqual([64, 255])
  const one = {
    'c.tif': tiff(
      Float32Array.from(shares[0] ?? [], v => 300 + 100 * v),
      side,
      side,
    ),
  }
  const second = await open(one, { range: first.reading.range })
  expect([...second.gather([0]).image]).toEqual([...first.gather([0]).image])
  expect(brightest(await open(one), 0)).toBe(255) // found anew
})

test('a range that was given holds, for bytes too; what lies outside is told', async () => {
  const narrow = Uint8Array.from(shares[0] ?? [], v => 100 + 20 * v)
  const png = await sharp(narrow, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer()
  const plain = await open({ 'a.png': png })
  expect(plain.notes.join()).not.toContain('constant')
  expect(Math.max(...plain.gather([0]).image) - Math.min(...plain.gather([0]).image)).toBe(20)
  const wide = (await open({ 'a.png': png }, { range: { low: 100, high: 120 } })).gather([0]).image
  expect([Math.min(...wide), Math.max(...wide)]).toEqual([0, 255])
  const cut = await open(
    { 'a.tif': tiff(Float32Array.from(shares[0] ?? []), side, side) },
    { range: { low: 0, high: 0.5 } },
  )
  expect(cut.notes[0]).toContain(
    'as was set, by --range or by the run that they are read for; in 1 of them values lie outside and were cut off',
  )
  await expect(open({ 'a.png': png }, { range: { low: 2, high: 1 } })).rejects.toMatchObject({ exitCode: 2 })
})

test('bytes among deeper numbers stay as they are', async () => {
  const png = await sharp(
    Uint8Array.from(shares[1] ?? [], v => 255 * v),
    { raw: { width: side, height: side, channels: 1 } },
  )
    .png()
    .toBuffer()
  const set = await open({
    'a.png': png,
    'b.tif': tiff(
      Uint16Array.from(shares[0] ?? [], v => 4095 * v),
      side,
      side,
    ),
  })
  expect([...set.gather([0]).image]).toEqual(Array.from(shares[1] ?? [], v => Math.floor(255 * v)))
  expect(set.notes[0]).toContain('1 of 2 with 16 bits')
})

test('64-bit numbers and other numbers of channels are refused with what to do', async () => {
  await expect(open(files(values => tiff(values, side, side)))).rejects.toThrow('save it with 32 bits or fewer')
})

test('a few hot pixels do not take the range', () => {
  const values = Array.from({ length: 10_000 }, (_, i) => i % 1000)
  expect(rangeOf([{ values, colour16: false }])).toEqual({ low: 0, high: 1023, of: 'deep' })
  expect(rangeOf([{ values: [...values, 65535], colour16: false }])).toEqual({ low: 0, high: 1023, of: 'deep' })
  expect(rangeOf([{ values: [7, 7, Number.NaN], colour16: false }])).toEqual({ low: 7, high: 8, of: 'deep' })
})
