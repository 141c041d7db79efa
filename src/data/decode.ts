import type { Fit } from '../channels/fits.js'
import type { Range, Reading } from '../channels/picture-reading.js'
import { messageOf } from '../errors.js'
import { atMost } from './concurrency.js'
import { deepKind, deepSample, deepValues, inRange, upright } from './deep.js'
import { groundOf, onCanvas, type Raster } from './fit.js'
import { isTiff, readable, unreadable, unreadableFormat } from './formats.js'
import { plainJpeg } from './plain-jpeg.js'
import { rangeOf, type Sample } from './range.js'
import { resample } from './resample.js'
import { type Looked, type Sharp, sharp } from './sharp.js'
import type { GreyShape } from './types.js'

const megapixel = 1e6
// A JPEG is shrunk while it is read, unless it is progressive: that one, like other formats, has to be held whole.
const limits = { jpeg: 268 * megapixel, others: 100 * megapixel }
// A picture that takes more bytes than this in memory is decoded alone, so that several big ones never add up.
const big = 75 * megapixel
// Up to this size, setting up a pipeline that resizes would take longer than all the rest.
const small = 64 * 64

const oneAtATime = atMost(1)

/** How a picture is wanted. */
export interface Wanted extends Reading {
  readonly size: number
  readonly channels: 1 | 3
  /** The range of the whole set, asked for at the first picture that needs one; default: the picture's own. */
  readonly findRange?: () => Promise<Range>
  /** Runs what takes much memory, as long as nothing else of the kind runs; default: in this process. */
  readonly alone?: <T>(run: () => Promise<T>) => Promise<T>
}

/** A picture as it is kept, and what of the file is not in it. */
export interface Decoded {
  /** uint8 [size, size, channels] */
  readonly pixels: Uint8Array
  readonly square: boolean
  /** Pages of a document, frames of an animation; the first is taken. */
  readonly pages: number
  /** What kind of numbers was scaled to bytes, and the share of them that lay outside of the range. */
  readonly scaled?: { readonly kind: string; readonly outside: number }
}

/**
 * A picture as uint8 [size, size, channels]: turned upright as EXIF says, first page or frame, made square as `fit` says
 * (Lanczos); sRGB or grey, transparency on the background. Numbers of more than 8 bits are scaled from the range to
 * bytes.
 *
 * @throws Error when it is empty, truncated, damaged, of a format that cannot be read, or has too many pixels
 */
export async function decode(bytes: Uint8Array, wanted: Wanted): Promise<Decoded> {
  const { size, channels, fit, background, alone = oneAtATime } = wanted
  const { metadata, limit } = await look(bytes)
  const { width, height } = metadata
  const facts = { square: width === height, pages: metadata.pages ?? 1 }
  const ground = groundOf(background, channels)
  const done = (raster: Raster) => ({ ...facts, pixels: stretched(onCanvas(raster, size, ground), wanted.range) })

  const kind = deepKind(metadata)
  if (kind !== undefined) {
    const open = () => upright(bytes, limit)
    const range = await rangeFor(wanted, () => deepSample(open, metadata)) // first: it may have to decode alone as well
    const run = async () => {
      const raster = await deepValues(open, metadata, channels, image => resized(image, size, fit)).catch(explain)
      const scaled = inRange(raster, range, channels, ground)
      const { bytes: values, outside } = scaled
      const pixels = onCanvas({ values, width: raster.width, height: raster.height, channels }, size, ground)
      return { ...facts, pixels, scaled: { kind, outside } }
    }
    return memoryOf(metadata) > big ? alone(run) : run()
  }

  // Drawn at the size wanted: enlarging the picture of a small drawing would blur it.
  const isDrawing = metadata.format === 'svg'
  const density = isDrawing ? Math.min(Math.max(72, (72 * size) / Math.min(width, height)), 100_000) : undefined
  const whole = sharp(bytes, { failOn: 'error', autoOrient: true, limitInputPixels: limit, density })
  const image = (metadata.hasAlpha ? whole.flatten({ background }) : whole)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
  if (!isDrawing && width * height <= small) return done(resample(await toRaster(image, channels), size, fit))
  const run = async () => done(await toRaster(resized(image, size, fit), channels))
  return memoryOf(metadata) > big ? alone(run) : run()
}

/** Some values of a picture of more than 8 bits; undefined for others. */
export async function sampleOf(bytes: Uint8Array): Promise<Sample | undefined> {
  const { metadata, limit } = await look(bytes)
  if (deepKind(metadata) === undefined) return undefined
  const run = () => deepSample(() => upright(bytes, limit), metadata)
  return memoryOf(metadata) > big ? oneAtATime(run) : run()
}

/** Grey values [height, width] as uint8 [size, size, channels], made square in the same way. */
export function decodeGrey(values: Uint8Array, shape: GreyShape, wanted: Wanted): Decoded {
  const { size, channels, fit, background, range } = wanted
  const raster = resample({ values, ...shape, channels: 1 }, size, fit)
  const grey = stretched(onCanvas(raster, size, groundOf(background, 1)), range)
  const facts = { square: shape.width === shape.height, pages: 1 }
  if (channels === 1) return { ...facts, pixels: grey }
  const pixels = new Uint8Array(3 * grey.length)
  grey.forEach((value, i) => {
    pixels.fill(value, 3 * i, 3 * i + 3)
  })
  return { ...facts, pixels }
}

/** What a file says of its picture, before anything of it is decoded. */
async function look(bytes: Uint8Array): Promise<{ metadata: Looked; limit: number }> {
  if (bytes.length === 0) throw new Error('is empty')
  const reason = unreadable(bytes)
  if (reason !== undefined) throw new Error(reason)
  const read = () => sharp(bytes, { limitInputPixels: false }).metadata()
  const metadata = plainJpeg(bytes) ?? (await read().catch(error => explain(error, bytes)))
  const { format, width, height, isProgressive, compression } = metadata
  if (compression === 'hevc') throw new Error(unreadableFormat('HEIC'))
  const limit = format === 'jpeg' && !isProgressive ? limits.jpeg : limits.others
  const pixels = width * height
  if (pixels > limit)
    throw new Error(
      `has ${Math.round(pixels / megapixel)} Mpx, more than ${limit / megapixel} (${width} × ${height}): make it smaller`,
    )
  return { metadata, limit }
}

/** Bytes of a whole picture in memory. A plain JPEG of any size takes a few rows. */
function memoryOf({ format, isProgressive, width, height, channels, depth }: Looked): number {
  if (format === 'jpeg' && !isProgressive) return width * height
  const each = format === 'jpeg' || depth === 'ushort' || depth === 'short' ? 2 : depth === 'uchar' ? 1 : 4
  return width * height * channels * each
}

const rangeFor = async ({ range, findRange }: Wanted, sample: () => Promise<Sample>): Promise<Range> =>
  range !== 'auto' ? range : findRange ? findRange() : rangeOf([await sample()])

function resized(image: Sharp, size: number, fit: Fit): Sharp {
  const how = { crop: 'cover', pad: 'inside', squash: 'fill' } as const
  return image.resize(size, size, { fit: how[fit], kernel: 'lanczos3' })
}

/** Bytes that were asked to be spread from a part of their range over all of it. */
function stretched(pixels: Uint8Array, range: Reading['range']): Uint8Array {
  if (range === 'auto' || range.of === 'deep') return pixels
  const { low, high } = range
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => (255 * (value - low)) / (high - low))
  return pixels.map(value => table[value] ?? 0)
}

async function toRaster(image: Sharp, channels: 1 | 3): Promise<Raster> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true }).catch(explain)
  if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels, expected ${channels}`)
  return { values: data, width: info.width, height: info.height, channels }
}

/**
 * What the decoders of each format say of a file that is not whole. All decodes share one error text, and one that ends at the same
 * moment may have cleared it or added to it, so that the words are not to be told apart further.
 */
const damage =
  /^Unknown error$|corrupt|premature end|unexpected end|read error|decoding error|unable to|bad seek|table \S+ was not defined/i

function explain(error: unknown, bytes?: Uint8Array): never {
  const message = messageOf(error)
  if (message.includes('samples out of range'))
    throw new Error('holds numbers of a kind that cannot be read, such as 64-bit ones: save it with 32 bits or fewer')
  const foreign = message.includes('unsupported image format')
  // what a TIFF holds is mostly listed at its end: one that was cut is as one of no format
  if (damage.test(message) || (foreign && bytes !== undefined && isTiff(bytes)))
    throw new Error('is damaged or truncated')
  if (foreign) throw new Error(`is no picture that can be read: ${readable} can`)
  throw error
}
