import type { Range } from '../channels/picture-reading.js'
import type { Sample } from './range.js'
import { type Looked, type Sharp, sharp } from './sharp.js'

/** Numbers of a picture of more than 8 bits: [height, width, channels], and how much each pixel covers, in 0 … 1. */
export interface DeepRaster {
  readonly values: Float32Array
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly cover: Float32Array | undefined
}

type Depth = Looked['depth']

const kinds: Partial<Record<Depth, string>> = {
  ushort: '16 bits',
  short: '16 bits with a sign',
  char: '8 bits with a sign',
  uint: '32 bits',
  int: '32 bits with a sign',
  float: 'floating point',
}

/** What kind of numbers a picture holds, in words; undefined for bytes. */
export function deepKind({ depth }: Looked): string | undefined {
  return depth === 'uchar' ? undefined : (kinds[depth] ?? depth)
}

/**
 * The numbers of a picture as they are stored, once `resize` has done its work.
 *
 * @param open the picture, for sharp
 * @param channels 1 or 3: those that colour in 16 bits is turned into; other kinds of numbers have no colour space and
 *   keep theirs
 * @throws Error when it has other than 1 or 3 channels, or it is damaged
 */
export async function deepValues(
  open: () => Sharp,
  metadata: Looked,
  channels: 1 | 3 | undefined,
  resize: (image: Sharp) => Sharp,
): Promise<DeepRaster> {
  const { depth, hasAlpha } = metadata
  const alpha = hasAlpha && depth === 'ushort' ? 1 : 0 // of other numbers nobody knows which is opaque
  // libvips holds that whatever has 16 bits has no sign
  const shift = depth === 'short' ? 2 ** 15 : 0
  const space = depth !== 'ushort' ? metadata.space : (channels ?? metadata.channels - alpha) === 1 ? 'grey16' : 'rgb16'
  const shifted = shift === 0 ? open() : open().linear(1, shift)
  const image = resize(shifted).toColourspace(space).raw({ depth: 'float' })
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  const all = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4)
  const count = info.channels - alpha
  if (count !== 1 && count !== 3)
    throw new Error(`has ${metadata.channels} channels of ${deepKind(metadata)}; 1 or 3 can be read`)
  const { width, height } = info
  const values = new Float32Array(width * height * count)
  for (let i = 0; i < values.length; i++) {
    const place = alpha === 0 ? i : Math.floor(i / count) * info.channels + (i % count)
    values[i] = (all[place] ?? 0) - shift
  }
  const cover = alpha === 0 ? undefined : values.slice(0, width * height)
  cover?.forEach((_, i) => {
    cover[i] = (all[(i + 1) * info.channels - 1] ?? 0) / 65535
  })
  return { values, width, height, channels: count, cover }
}

/** Side of the grid of pixels that a sample takes at most. */
const SAMPLED = 64

/** Some of the numbers of a picture, untouched: none is a mean of others. */
export async function deepSample(open: () => Sharp, metadata: Looked): Promise<Sample> {
  const { width, height } = metadata
  const part = (length: number) => Math.min(length, SAMPLED)
  const { values } = await deepValues(open, metadata, undefined, image =>
    image.resize(part(width), part(height), { fit: 'fill', kernel: 'nearest', fastShrinkOnLoad: false }),
  )
  return { values, colour16: metadata.depth === 'ushort' && metadata.channels >= 3 }
}

/**
 * Numbers as bytes [height, width, channels], `range.low` black and `range.high` white.
 *
 * @param background what shows where the picture does not cover, one value per channel
 * @returns with the share of the numbers that lay outside of the range, or were none
 */
export function inRange(
  { values, channels: from, cover }: DeepRaster,
  { low, high }: Range,
  channels: 1 | 3,
  background: readonly number[],
): { readonly bytes: Uint8Array; readonly outside: number } {
  const places = values.length / from
  const bytes = new Uint8ClampedArray(places * channels) // rounds
  const slack = (high - low) / 255 // what resizing overshoots at edges is not outside
  let outside = 0
  for (const value of values) if (!(value >= low - slack && value <= high + slack)) outside++
  const byte = (i: number) => Math.min(Math.max((255 * ((values[i] ?? 0) - low)) / (high - low), 0), 255)
  for (let p = 0; p < places; p++) {
    const share = cover?.[p] ?? 1
    for (let c = 0; c < channels; c++) {
      const own =
        from === channels
          ? byte(p * from + c)
          : from === 1
            ? byte(p)
            : luma(byte(3 * p), byte(3 * p + 1), byte(3 * p + 2))
      bytes[p * channels + c] = share * own + (1 - share) * (background[c] ?? 0)
    }
  }
  return { bytes: new Uint8Array(bytes.buffer), outside: outside / values.length }
}

/** Rec. 709 */
const luma = (red: number, green: number, blue: number) => 0.2126 * red + 0.7152 * green + 0.0722 * blue

/** The picture in `bytes`, opened upright. */
export const upright = (bytes: Uint8Array, limit: number): Sharp =>
  sharp(bytes, { failOn: 'error', autoOrient: true, limitInputPixels: limit })
