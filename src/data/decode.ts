import sharp, { type Sharp } from 'sharp'
import { messageOf } from '../errors.js'
import { oneAtATime } from './concurrency.js'
import { cover, type Raster } from './resample.js'
import type { GreyShape } from './types.js'

const megapixel = 1e6
// A JPEG is shrunk while it is read, other formats may have to be held whole.
const limits = { jpeg: 268 * megapixel, others: 100 * megapixel }
// Above this a picture is decoded alone, so that several big ones never add up.
const big = 25 * megapixel
// Up to this size, setting up a pipeline that resizes would take longer than all the rest.
const small = 64 * 64

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
    .flatten({ background: '#fff' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
  if (format !== 'svg' && pixels <= small) return cover(await toRaster(image, channels), size)
  const resized = image.resize(size, size, { fit: 'cover', kernel: 'lanczos3' })
  const run = async () => (await toRaster(resized, channels)).values
  return pixels > big ? alone(run) : run()
}

/** Grey values [height, width] as uint8 [size, size, channels], resized and cropped in the same way. */
export function decodeGrey(values: Uint8Array, shape: GreyShape, size: number, channels: 1 | 3): Uint8Array {
  const grey = cover({ values, ...shape, channels: 1 }, size)
  if (channels === 1) return grey
  const colour = new Uint8Array(3 * grey.length)
  grey.forEach((value, i) => {
    colour.fill(value, 3 * i, 3 * i + 3)
  })
  return colour
}

async function toRaster(image: Sharp, channels: 1 | 3): Promise<Raster> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true }).catch(explain)
  if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels, expected ${channels}`)
  return { values: data, width: info.width, height: info.height, channels }
}

// All decodes share one error text, and one that ends at the same moment may have cleared it.
function explain(error: unknown): never {
  if (messageOf(error) === 'Unknown error') throw new Error('is damaged or truncated')
  throw error
}
