import { sharp } from '../data/sharp.js'
import type { Picture } from './sheet-layout.js'

/** Up to this side pictures are kept to the pixel: they are what the network was shown */
const EXACT = 64
/** Larger ones are shown at less than half of this */
const LARGEST = 192

/** A picture as a data URI for a page: small ones to the pixel, large ones made smaller. */
export async function thumbnail({ width, height, channels, data }: Picture, largest = LARGEST): Promise<string> {
  const image = sharp(data, { raw: { width, height, channels } }).toColourspace('srgb')
  if (Math.max(width, height) <= Math.min(EXACT, largest))
    return dataUri('png', await image.png({ compressionLevel: 9 }).toBuffer())
  const smaller = image.resize(largest, largest, { fit: 'inside', withoutEnlargement: true })
  return dataUri('webp', await smaller.webp({ quality: 85 }).toBuffer())
}

/** Milliseconds that each frame is seen for, and the last one */
const [DELAY, LAST_DELAY] = [200, 800]

/** A film that goes on and on, to the pixel, as a data URI for a page. @param frames of one shape */
export async function animation(frames: readonly Picture[]): Promise<string> {
  const [{ width, height, channels } = { width: 1, height: 1, channels: 1 as const }] = frames
  const all = Buffer.concat(frames.map(({ data }) => data))
  const raw = { width, height: height * frames.length, channels, pageHeight: height }
  const delay = frames.map((_, i) => (i === frames.length - 1 ? LAST_DELAY : DELAY))
  const image = sharp(all, { raw }).toColourspace('srgb')
  return dataUri('webp', await image.webp({ lossless: true, delay, loop: 0 }).toBuffer())
}

const dataUri = (kind: string, bytes: Buffer): string => `data:image/${kind};base64,${bytes.toString('base64')}`
