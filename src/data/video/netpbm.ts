import type { Raster } from '../fit.js'

/** Whether a file begins as a picture of Netpbm that can be read: PGM or PPM, of bytes or of words. */
export const isNetpbm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && [0x32, 0x33, 0x35, 0x36].includes(bytes[1] ?? 0)

const SPACE = /\s/

/**
 * Grey or coloured pictures of Netpbm (P2, P3, P5, P6), of up to 16 bits, as bytes: white is the largest value that the file says.
 * @throws Error when it is damaged or ends too early
 * @see https://netpbm.sourceforge.net/doc/pgm.html
 */
export function decodeNetpbm(bytes: Uint8Array): Raster {
  const kind = bytes[1]
  const channels = kind === 0x33 || kind === 0x36 ? 3 : 1
  let at = 2
  /** The next number of the header or of a plain file; comments go up to the end of a line. */
  const next = (): number => {
    const character = () => String.fromCharCode(bytes[at] ?? 0)
    for (; at < bytes.length && (SPACE.test(character()) || character() === '#'); at++)
      if (character() === '#') while (at < bytes.length && bytes[at] !== 10) at++
    const from = at
    while (at < bytes.length && /\d/.test(character())) at++
    if (at === from) throw new Error('is damaged or truncated')
    return Number(Buffer.from(bytes.subarray(from, at)).toString('latin1'))
  }
  const [width, height, most] = [next(), next(), next()]
  const count = width * height * channels
  if (!(width > 0 && height > 0 && most > 0 && most < 65_536) || count > 3e8) throw new Error('is damaged or truncated')
  const toByte = (value: number) => Math.min(255, Math.round((255 * value) / most))
  if (kind === 0x32 || kind === 0x33)
    return { values: Uint8Array.from({ length: count }, () => toByte(next())), width, height, channels }
  const size = most > 255 ? 2 : 1
  const data = bytes.subarray(at + 1, at + 1 + count * size)
  if (data.length < count * size) throw new Error('is damaged or truncated')
  if (size === 1 && most === 255) return { values: data, width, height, channels }
  const valueAt = (i: number) => (size === 1 ? (data[i] ?? 0) : (data[2 * i] ?? 0) * 256 + (data[2 * i + 1] ?? 0))
  return { values: Uint8Array.from({ length: count }, (_, i) => toByte(valueAt(i))), width, height, channels }
}
