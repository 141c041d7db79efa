import type { Bytes } from './bytes.js'
import type { Piece, Sound } from './sound.js'

/** Frames that are decoded at a time. */
const FRAMES = 2 ** 15

/** How numbers lie in a file: PCM as whole numbers, floating point, or one byte for a logarithm. */
type Coding = 'whole' | 'floating' | 'mu-law' | 'a-law'
const codings: Readonly<Record<number, Coding>> = { 1: 'whole', 3: 'floating', 6: 'a-law', 7: 'mu-law' }
const EXTENSIBLE = 0xfffe

export interface Format {
  readonly channels: number
  readonly rate: number
  /** Of one number; of 20 bits or the like what they are stored in */
  readonly bytes: number
  readonly coding: Coding
}

const sizes: Readonly<Record<Coding, readonly number[]>> = {
  whole: [1, 2, 3, 4],
  floating: [4, 8],
  'mu-law': [1],
  'a-law': [1],
}

/**
 * WAV (RIFF and RF64) in whole numbers of 8 to 32 bits, floating point of 32 or 64, or µ-law and A-law; undefined for what is in
 * another coding.
 * @throws Error for what is damaged
 */
export function waveSound(file: Bytes): Sound | undefined {
  const { format, from, length } = chunksOf(file)
  if (format === undefined) return undefined
  const frame = format.bytes * format.channels
  const there = Math.max(0, Math.min(length ?? Number.POSITIVE_INFINITY, file.size - from))
  return {
    rate: format.rate,
    cutShort: () => length !== undefined && length > there,
    pieces: (function* () {
      for (let at = 0; at + frame <= there; at += FRAMES * frame) {
        const bytes = file.read(from + at, Math.min(FRAMES * frame, there - at))
        yield pieceOf(bytes, Math.floor(bytes.length / frame), format)
      }
    })(),
  }
}

export interface Chunks {
  readonly format: Format | undefined
  /** Where the numbers begin */
  readonly from: number
  /** Bytes that there should be; undefined where nobody knew when it was written */
  readonly length: number | undefined
}

const nameAt = (bytes: Uint8Array, at: number) => Buffer.from(bytes).toString('latin1', at, at + 4)

/** Where the numbers of a WAV file lie, and how. @throws Error for what is damaged */
export function chunksOf(file: Bytes): Chunks {
  let format: Format | undefined
  let known = false
  let large: number | undefined // the size of the data where 32 bits do not hold it
  for (let at = 12; at + 8 <= file.size; ) {
    const header = file.read(at, 8)
    const [name, length] = [nameAt(header, 0), viewOf(header).getUint32(4, true)]
    if (name === 'ds64') large = Number(viewOf(file.read(at + 8, 28)).getBigUint64(8, true))
    else if (name === 'fmt ') {
      format = formatIn(file.read(at + 8, Math.min(length, 40)))
      known = true
    } else if (name === 'data') {
      if (!known) throw new Error('is damaged: its data comes before its format')
      const told = length === 0xffffffff ? large : length === 0 && at + 8 < file.size ? undefined : length
      return { format, from: at + 8, length: told }
    }
    at += 8 + length + (length % 2)
  }
  throw new Error(known ? 'is truncated: it has no data' : 'is damaged: it has no format')
}

function formatIn(bytes: Uint8Array): Format | undefined {
  if (bytes.length < 16) throw new Error('is damaged: its format is incomplete')
  const view = viewOf(bytes)
  const tag = view.getUint16(0, true)
  const coding = codings[tag === EXTENSIBLE && bytes.length >= 26 ? view.getUint16(24, true) : tag]
  const [channels, rate, block] = [view.getUint16(2, true), view.getUint32(4, true), view.getUint16(12, true)]
  if (channels === 0 || rate === 0) throw new Error(`is damaged: it tells of ${channels} channels at ${rate} Hz`)
  if (coding === undefined) return undefined
  const size = block / channels
  if (!sizes[coding].includes(size)) throw new Error(`is damaged: its numbers have ${size} bytes`)
  return { channels, rate, bytes: size, coding }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Number i of a file in [−1, 1]. */
function readerOf(view: DataView, { coding, bytes }: Format): (i: number) => number {
  if (coding === 'mu-law') return i => muLaw(view.getUint8(i))
  if (coding === 'a-law') return i => aLaw(view.getUint8(i))
  if (coding === 'floating') return bytes === 4 ? i => view.getFloat32(4 * i, true) : i => view.getFloat64(8 * i, true)
  if (bytes === 1) return i => view.getUint8(i) / 128 - 1
  if (bytes === 2) return i => view.getInt16(2 * i, true) / 2 ** 15
  if (bytes === 4) return i => view.getInt32(4 * i, true) / 2 ** 31
  return i => ((view.getInt8(3 * i + 2) << 16) | view.getUint16(3 * i, true)) / 2 ** 23
}

/** @param bytes interleaved, at least `frames` of them */
export function pieceOf(bytes: Uint8Array, frames: number, format: Format): Piece {
  const { channels } = format
  const read = readerOf(viewOf(bytes), format)
  return Array.from({ length: channels }, (_, channel) => {
    const values = new Float32Array(frames)
    for (let i = 0; i < frames; i++) values[i] = read(i * channels + channel)
    return values
  })
}

/** @see ITU-T G.711 */
function muLaw(byte: number): number {
  const code = ~byte & 0xff
  const size = (((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)
  return ((code & 0x80 ? -1 : 1) * (size - 0x84)) / 2 ** 15
}

/** @see ITU-T G.711 */
function aLaw(byte: number): number {
  const code = byte ^ 0x55
  const segment = (code & 0x70) >> 4
  const low = ((code & 0x0f) << 4) + 8
  const size = segment === 0 ? low : (low + 0x100) << (segment - 1)
  return ((code & 0x80 ? 1 : -1) * size) / 2 ** 15
}
