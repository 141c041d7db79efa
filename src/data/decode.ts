import sharp, { type Sharp } from 'sharp'
import { oneAtATime } from './concurrency.js'
import { coverGrey } from './resample.js'
import type { GreyShape } from './types.js'

const megapixel = 1e6
// A JPEG is shrunk while it is read, other formats may have to be held whole.
const limits = { jpeg: 268 * megapixel, others: 100 * megapixel }
// Above this a picture is decoded alone, so that several big ones never add up.
const big = 25 * megapixel

const alone = oneAtATime()

/**
 * A picture as uint8 [size, size, channels]: turned upright as EXIF says, first frame, short side resized to `size`
 * (Lanczos) and the centre cropped; sRGB or grey, transparency on white.
 *
 * @throws Error when it is empty, truncated, damaged or has too many pixels
 */
export async function decode(bytes: Uint8Array, size: number, channels: 1 | 3): Promise<Uint8Array> {
  if (bytes.length === 0) throw new Error('is empty')
  const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
  const pixels = width * height
  const limit = format === 'jpeg' ? limits.jpeg : limits.others
  if (pixels > limit)
    throw new Error(`has ${Math.round(pixels / megapixel)} Mpx, more than ${limit / megapixel} (${width} × ${height})`)

  // Drawn at the size wanted: enlarging the picture of a small drawing would blur it.
  const density = format === 'svg' ? Math.min(Math.max(72, (72 * size) / Math.min(width, height)), 100_000) : undefined
  const image = sharp(bytes, { failOn: 'error', autoOrient: true, limitInputPixels: limit, density })
  const run = () => render(image.flatten({ background: '#fff' }), size, channels)
  return pixels > big ? alone(run) : run()
}

/** Grey values [height, width] as uint8 [size, size, channels], resized and cropped in the same way. */
export function decodeGrey(bytes: Uint8Array, shape: GreyShape, size: number, channels: 1 | 3): Uint8Array {
  const grey = shape.width === size && shape.height === size ? bytes : coverGrey(bytes, shape, size)
  return channels === 1 ? grey : Uint8Array.from({ length: 3 * grey.length }, (_, i) => grey[Math.floor(i / 3)] ?? 0)
}

async function render(image: Sharp, size: number, channels: 1 | 3): Promise<Uint8Array> {
  const { data, info } = await image
    .resize(size, size, { fit: 'cover', kernel: 'lanczos3' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels, expected ${channels}`)
  return data
}
