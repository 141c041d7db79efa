import { expect, test } from 'vitest'
import { plainReading } from '../channels/picture-reading.js'
import { type Decoded, decode as decodeAs, decodeGrey, type Wanted } from './decode.js'
import { sharp } from './sharp.js'
import { picture, plain } from './testing.js'

const wanted = (size: number, channels: 1 | 3): Wanted => ({ ...plainReading, size, channels })
const decode = async (bytes: Uint8Array, size: number, channels: 1 | 3): Promise<Decoded['pixels']> =>
  (await decodeAs(bytes, wanted(size, channels))).pixels

const red = [200, 30, 60]

/** The mean colour of a decoded picture. */
async function colourOf(bytes: Uint8Array, channels: 1 | 3 = 3): Promise<number[]> {
  const pixels = await decode(bytes, 4, channels)
  expect(pixels.length).toBe(16 * channels)
  return Array.from(
    { length: channels },
    (_, c) => pixels.filter((_, i) => i % channels === c).reduce((a, b) => a + b) / 16,
  )
}

function close(found: number[], expected: number[], by: number): void {
  expect(found.length).toBe(expected.length)
  found.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? 0)), `${found} is not ${expected}`).toBeLessThanOrEqual(by)
  })
}

test.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)('%s', async format => {
  const bytes = await sharp(await plain(red, 32))
    .toFormat(format, { quality: 100 })
    .toBuffer()
  close(await colourOf(bytes), red, 4)
})

test('svg is drawn at the size wanted, on white', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><rect width="1" height="2" fill="#c81e3c"/></svg>'
  const pixels = await decode(Buffer.from(svg), 16, 3)
  const row = Array.from({ length: 16 }, (_, x) => [...pixels.subarray(3 * (80 + x), 3 * (80 + x) + 3)])
  expect(row.slice(0, 7)).toEqual(Array(7).fill(red)) // a blown-up 2 × 2 picture would be blurred over half of it
  expect(row.slice(9)).toEqual(Array(7).fill([255, 255, 255]))
})

test('CMYK becomes sRGB', async () => {
  const bytes = await sharp(await plain(red))
    .toColourspace('cmyk')
    .jpeg({ quality: 100 })
    .toBuffer()
  expect((await sharp(bytes).metadata()).space).toBe('cmyk')
  close(await colourOf(bytes), red, 25)
})

test('16 bits become 8', async () => {
  const values = Uint16Array.from({ length: 192 }, (_, i) => 257 * (red[i % 3] ?? 0))
  const raw = { width: 8, height: 8, channels: 3 as const, depth: 'ushort' as const }
  const bytes = await sharp(values, { raw }).toColourspace('rgb16').png().toBuffer()
  expect((await sharp(bytes).metadata()).depth).toBe('ushort')
  close(await colourOf(bytes), red, 1)
})

test('grey fills three channels, colour becomes one', async () => {
  const grey = await plain([90])
  expect((await sharp(grey).metadata()).channels).toBe(1)
  close(await colourOf(grey), [90, 90, 90], 0)
  close(await colourOf(grey, 1), [90], 0)
  close(await colourOf(await plain([0, 255, 0]), 1), [220], 5) // luminance: green is the brightest
})

test('transparency lies on white', async () => {
  close(await colourOf(await plain([255, 0, 0, 0])), [255, 255, 255], 0)
  close(await colourOf(await plain([0, 0, 0, 128])), [127, 127, 127], 1)
  close(await colourOf(await plain([0, 0, 0, 128]), 1), [127], 1)
})

test('EXIF orientation 6 turns the picture right: what was at the bottom left is at the top left', async () => {
  const corners = picture(
    2,
    2,
    [10, 20, 30, 40].flatMap(value => [value, value, value]),
  ) // 10 20 / 30 40
  const bytes = await corners.withMetadata({ orientation: 6 }).png().toBuffer()
  const pixels = await decode(bytes, 2, 3)
  expect([...pixels].filter((_, i) => i % 3 === 0)).toEqual([30, 10, 40, 20])
})

test('the centre is cropped along the long side', async () => {
  const stripes = picture(
    6,
    2,
    Array.from({ length: 12 }, (_, i) => 40 * (i % 6)),
  )
  expect([...(await decode(await stripes.toColourspace('b-w').png().toBuffer(), 2, 1))]).toEqual([80, 120, 80, 120])
})

test('the first frame of an animation', async () => {
  const frames = [
    [255, 0, 0],
    [0, 0, 255],
  ].flatMap(colour => Array.from({ length: 64 }, () => colour).flat())
  const raw = { width: 8, height: 16, channels: 3 as const, pageHeight: 8 }
  const bytes = await sharp(Uint8Array.from(frames), { raw }).gif().toBuffer()
  expect((await sharp(bytes).metadata()).pages).toBe(2)
  close(await colourOf(bytes), [255, 0, 0], 1)
})

test('empty, foreign and truncated files fail with a reason', async () => {
  const noise = picture(
    64,
    64,
    Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * i * 7919) % 251),
  )
  const jpeg = await noise.jpeg().toBuffer()
  await expect(decode(new Uint8Array(), 8, 3)).rejects.toThrow('is empty')
  await expect(decode(Buffer.from('no picture'), 8, 3)).rejects.toThrow('is no picture that can be read: JPEG, PNG')
  for (const whole of [jpeg, ...(await Promise.all([noise.png(), noise.webp(), noise.gif()].map(as => as.toBuffer())))])
    await expect(decode(whole.subarray(0, whole.length / 2), 8, 3)).rejects.toThrow('is damaged or truncated')
})

test.each([
  { compression: 'none' },
  { compression: 'lzw', bigtiff: true },
  { compression: 'jpeg' }, // with its tables behind the list of what is in it
] as const)('a TIFF that was cut anywhere is damaged, and no file of another kind: %o', async options => {
  const noise = picture(
    64,
    64,
    Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * i * 7919) % 251),
  )
  const whole = await noise.tiff(options).toBuffer()
  for (const share of [0.01, 0.5, 0.8, 0.9, 0.97])
    await expect(decode(whole.subarray(0, share * whole.length), 8, 3)).rejects.toThrow(/^is damaged or truncated$/)
})

test('too many pixels fail before they are decoded', async () => {
  const bytes = await sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: 'red' } })
    .png({ compressionLevel: 1 })
    .toBuffer()
  await expect(decode(bytes, 8, 3)).rejects.toThrow('has 108 Mpx, more than 100 (12000 × 9000)')
})

test('grey values are taken as they are, or resized', () => {
  expect([...decodeGrey(Uint8Array.of(1, 2, 3, 4), { width: 2, height: 2 }, wanted(2, 3)).pixels]).toEqual([
    1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4,
  ])
  expect([...decodeGrey(new Uint8Array(36).fill(7), { width: 9, height: 4 }, wanted(2, 1)).pixels]).toEqual([
    7, 7, 7, 7,
  ])
})

test('a progressive JPEG has to be held whole, so it may be no larger than other formats', async () => {
  const bytes = await picture(8, 8, Array(192).fill(50)).jpeg({ progressive: true }).toBuffer()
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc2])) // its height and width follow
  const huge = Buffer.from(bytes)
  huge.writeUInt16BE(15_000, frame + 5)
  huge.writeUInt16BE(15_000, frame + 7)
  await expect(decode(huge, 8, 3)).rejects.toThrow('has 225 Mpx, more than 100 (15000 × 15000): make it smaller')
})
