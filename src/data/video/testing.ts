import { execFileSync, spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import type { Wanted } from '../../channels/channel.js'
import { range } from '../../tensor/shape.js'
import { openFilms } from '../open-films.js'
import { sharp } from '../sharp.js'
import type { FilmOptions, SampleSet } from '../types.js'

/** Whether films other than GIF can be read here. */
export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0

/** A PGM of bytes. */
export const pgm = (width: number, height: number, values: ArrayLike<number>): Buffer =>
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Uint8Array.from(values)])

export interface Shape {
  readonly width?: number
  readonly height?: number
  /** Frames a second */
  readonly rate?: number
}

/**
 * Writes a film with ffmpeg; nothing is lost in `.mkv` and `.avi`.
 * @param frames grey values of each pixel of each frame, row by row
 * @param words for ffmpeg, before the file
 */
export function writeFilm(
  path: string,
  frames: readonly ArrayLike<number>[],
  { width = 16, height = 16, rate = 10 }: Shape = {},
  words: readonly string[] = ['-c:v', 'ffv1'],
): void {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-r', `${rate}`, '-i', 'pipe:0']
  const input = Buffer.concat(frames.map(frame => Uint8Array.from(frame)))
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...raw, ...words, path], { input })
}

/** Frames of one grey value each. */
export const flat = (values: readonly number[], pixels = 256): number[][] =>
  values.map(value => range(pixels).map(() => value))

/** Writes a recording with ffmpeg. @param wave 16,000 numbers a second in [−1, 1] */
export function writeSound(path: string, wave: Float32Array): void {
  const input = Buffer.from(Float32Array.from(wave).buffer)
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'f32le', '-ar', '16000', '-ac', '1', '-i', 'pipe:0', path], {
    input,
  })
}

/** The same film with a mark that it is to be turned by a quarter, as phones write it. */
export function turnFilm(from: string, to: string): void {
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', from, '-c', 'copy', '-metadata:s:v', 'rotate=90', to])
}

/** Films at 16 px in grey. */
export const openSmall = (root: string, options: FilmOptions = {}) =>
  openFilms(root, { cache: `${root}-cache`, size: 16, channels: 1, ...options })

export type Filmed = { readonly video: Wanted<'video'> }

/** All frames of a record, [frames][pixels]. */
export function framesOf(set: SampleSet<Filmed>, position = 0): number[][] {
  const length = set.lengthOf('video', position)
  const { channels } = set
  const { values, lengths } = set.as<Filmed>({ video: { ...channels.video, length } }).gather([position]).video
  expect([...lengths]).toEqual([length])
  const pixels = values.length / length
  return range(length).map(t => [...values.subarray(t * pixels, (t + 1) * pixels)])
}
/** The first pixel of each frame. */
export const firsts = (set: SampleSet<Filmed>, position = 0) => framesOf(set, position).map(([value]) => value)

/** Number t of a film in which no two are alike, 16 × 16. */
export const frame = (t: number) => range(256).map(i => (i * 5 + t * 31) % 256)

/** Frames of one grey value each, shown for so many milliseconds. */
export const gif = (values: readonly number[], delay: number[]) =>
  sharp(Buffer.concat(values.map(value => Buffer.alloc(3 * 64, value))), {
    raw: { width: 8, height: 8 * values.length, channels: 3, pageHeight: 8 },
  })
    .gif({ delay, loop: 0 })
    .toBuffer()
