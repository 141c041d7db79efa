import { expect, test } from 'vitest'
import { plainJpeg } from './plain-jpeg.js'
import { sharp } from './sharp.js'
import { picture } from './testing.js'

const noise = (channels: number) =>
  picture(
    24,
    16,
    Array.from({ length: 24 * 16 * channels }, (_, i) => (i * i * 7919) % 251),
  )
const colour = noise(3)

test.each([
  ['colour', colour.jpeg()],
  ['without subsampling', colour.jpeg({ chromaSubsampling: '4:4:4', optimiseCoding: false })],
  ['grey', noise(1).toColourspace('b-w').jpeg()],
  ['with a profile', colour.clone().withIccProfile('p3').jpeg()],
  ['turned', colour.clone().withMetadata({ orientation: 6 }).jpeg()],
])('what a plain JPEG says is what libvips finds: %s', async (_, image) => {
  const bytes = await image.toBuffer()
  const found = plainJpeg(bytes)
  expect(found).toMatchObject({ width: 24, height: 16 })
  expect(await sharp(bytes).metadata()).toMatchObject({ ...found })
})

test('all else is left to libvips', async () => {
  const plain = await colour.jpeg().toBuffer()
  const frame = plain.indexOf(Buffer.from([0xff, 0xc0]))
  const with12Bits = Buffer.from(plain)
  with12Bits[frame + 4] = 12
  const withoutHeight = Buffer.from(plain)
  withoutHeight.writeUInt16BE(0, frame + 5)
  for (const bytes of [
    ...[new Uint8Array(), plain.subarray(0, 3), plain.subarray(0, frame + 9), with12Bits, withoutHeight],
    await colour.clone().jpeg({ progressive: true }).toBuffer(),
    await colour.clone().toColourspace('cmyk').jpeg().toBuffer(),
    await colour.clone().png().toBuffer(),
    Buffer.concat([plain.subarray(0, 2), Buffer.of(7), plain.subarray(2)]), // libjpeg passes over it
  ])
    expect(plainJpeg(bytes)).toBeUndefined()
})
