import { execFileSync, spawnSync } from 'node:child_process'
import { range } from '../../tensor/shape.js'

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
