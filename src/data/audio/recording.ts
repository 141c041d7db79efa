import { writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { NothingInIt } from '../skipped.js'
import { type Bytes, bytesIn, bytesOfFile } from './bytes.js'
import { codecSound } from './codecs.js'
import { ffmpegSound } from './ffmpeg.js'
import { BEGINNING, foreignSound, soundKind } from './kinds.js'
import { resampler } from './resampler.js'
import { type Kept, scratch } from './scratch.js'
import type { Piece, Sound } from './sound.js'
import { waveSound } from './wave.js'

/** A recording as it is stored: one channel of int16 at the rate that was wanted. */
export interface Recording extends Kept {
  /** Of the file: numbers a second, and channels that were mixed down */
  readonly rate: number
  readonly channels: number
  /** One of its channels touches full scale for several numbers on end */
  readonly clipped: boolean
  /** Some of its values are no numbers, and were taken as 0 */
  readonly strange: boolean
  /** The file ends before it should */
  readonly cutShort: boolean
}

export interface RecordingWanted {
  readonly name: string
  /** Numbers a second */
  readonly rate: number
  /** Where numbers that are too many for memory may lie meanwhile */
  readonly scratch: string
  /** It is the sound of a film: it begins where the film does */
  readonly ofFilm?: boolean
}

/** Shorter ones hold nothing to learn from: one frame of a spectrum. */
const SHORTEST = 0.025
/** Of 32,768: what lies below is silence, with the noise of rounding. */
const SILENCE = 2
const QUIET = SILENCE / 2 ** 15
/** Pieces after which others have their turn. */
const YIELD = 16
/** Numbers at full scale, one after the other, that no microphone gives. */
const CLIPPED = 4
/** Times full scale that no loud recording in floating point reaches, but one in the numbers of 16 bits. */
const OTHER_SCALE = 100

/**
 * Decodes a recording: the mean of its channels, at another rate, as int16.
 * @param from its file, or its bytes
 * @throws Error in one line: why it cannot be read, or that there is nothing in it
 */
export async function decodeRecording(from: string | Uint8Array, wanted: RecordingWanted): Promise<Recording> {
  const file = typeof from === 'string' ? bytesOfFile(from) : bytesIn(from)
  try {
    if (file.size === 0) throw new Error('is empty')
    return await kept(await soundOf(file, wanted), wanted)
  } finally {
    file.close()
  }
}

async function soundOf(file: Bytes, { name, scratch, ofFilm = false }: RecordingWanted): Promise<Sound> {
  if (ofFilm && file.path !== undefined) return ffmpegSound(file.path, 'a film', true)
  const beginning = file.read(0, BEGINNING)
  const kind = soundKind(beginning, name)
  if (kind !== 'other' && kind !== 'wav') return codecSound(file, kind)
  const own = kind === 'wav' ? waveSound(file) : undefined
  if (own !== undefined) return own
  const what = foreignSound(beginning, name)
  if (what === undefined)
    throw new Error('is no recording that can be read: WAV, FLAC, MP3, Ogg and what ffmpeg reads can')
  return ffmpegSound(file.path ?? written(file, `${scratch}${extname(name)}`), what)
}

/** For ffmpeg, which reads files; it lies in the folder that is being built. */
function written(file: Bytes, path: string): string {
  writeFileSync(path, file.read(0, file.size))
  return path
}

async function kept({ rate, pieces, cutShort }: Sound, wanted: RecordingWanted): Promise<Recording> {
  const out = scratch(wanted.scratch)
  try {
    const { write, end } = resampler(rate, wanted.rate)
    const runs: number[] = []
    const [heard, mixed] = [extremes(), extremes()]
    let [channels, peak] = [0, 0]
    let [clipped, strange] = [false, false]
    const keep = (values: Float32Array) => {
      const whole = wholeNumbers(values)
      peak = Math.max(peak, peakOf(whole))
      if (whole.length > 0) out.write(whole)
    }
    let number = 0
    for await (const piece of pieces) {
      if (++number % YIELD === 0) await setImmediate() // a file is read without waiting: let timers come through
      if (channels < piece.length && (channels === 0 || differ(piece))) channels = differ(piece) ? piece.length : 1
      for (const [channel, values] of piece.entries()) {
        if (zeroStrange(values)) strange = true
        heard.see(values)
        const { longest, last } = fullScale(values, runs[channel] ?? 0)
        runs[channel] = last
        if (longest >= CLIPPED) clipped = true
      }
      const one = mono(piece)
      mixed.see(one)
      keep(write(one))
    }
    keep(end())
    const all = out.finish()
    const seconds = all.length / wanted.rate
    if (seconds < SHORTEST) throw new NothingInIt(`has ${Math.round(1000 * seconds)} ms, less than ${1000 * SHORTEST}`)
    if (heard.most() > OTHER_SCALE)
      throw new Error(
        `has numbers of up to ${Number(heard.most().toPrecision(3))}, where floating point goes from -1 to 1: divide them (by 32,768 where they were of 16 bits)`,
      )
    if (heard.span() > 2 * QUIET && mixed.span() <= 2 * QUIET)
      throw new NothingInIt('is silent as one channel: its channels cancel each other out; keep one of them')
    if (peak <= SILENCE || mixed.span() <= 2 * QUIET) throw new NothingInIt('is silent')
    return { ...all, rate, channels, clipped, strange, cutShort: cutShort?.() ?? false }
  } catch (error) {
    out.remove()
    throw error
  }
}

/** The largest of 16 bits, less a hair. */
const FULL = 32_766.5 / 32_768

/** How many numbers on end lie at full scale: at most, and at the end. @param run of those just before */
function fullScale(values: Float32Array, run: number): { readonly longest: number; readonly last: number } {
  let [longest, last] = [run, run]
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    last = value >= FULL || value <= -FULL ? last + 1 : 0
    if (last > longest) longest = last
  }
  return { longest, last }
}

/** What is no number (NaN, infinity) becomes 0. @returns whether there was any */
function zeroStrange(values: Float32Array): boolean {
  let found = false
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) {
      values[i] = 0
      found = true
    }
  return found
}

/** The least and the greatest of all numbers that are seen: those of one value throughout are silence, whatever the value. */
function extremes() {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  return {
    see(values: Float32Array): void {
      for (let i = 0; i < values.length; i++) {
        const value = values[i] as number
        if (value < least) least = value
        if (value > greatest) greatest = value
      }
    },
    span: () => greatest - least,
    most: () => Math.max(-least, greatest),
  }
}

/** Some decoders make two equal channels of one. */
const differ = ([first, ...others]: Piece): boolean =>
  others.some(channel => channel.some((value, i) => value !== first?.[i]))

/** The mean of all channels. */
function mono(piece: Piece): Float32Array {
  const [first = new Float32Array(), ...others] = piece
  if (others.length === 0) return first
  const sum = first.slice()
  for (const channel of others) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (channel[i] ?? 0)
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) / piece.length
  return sum
}

function wholeNumbers(values: Float32Array): Int16Array<ArrayBuffer> {
  const whole = new Int16Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = Math.round(32_768 * (values[i] as number))
    whole[i] = value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value
  }
  return whole
}

function peakOf(values: Int16Array): number {
  let peak = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number)
    if (size > peak) peak = size
  }
  return peak
}
