import { readFile } from 'node:fs/promises'
import { groundOf, onCanvas } from '../fit.js'
import { resample } from '../resample.js'
import { sharp } from '../sharp.js'
import { seenAt } from './clock.js'
import type { FilmWanted, Frames } from './film.js'

/** Pixels of frames that are decoded at a time */
const AT_ONCE = 16e6
/** Pixels of all frames: what is larger is no animation that anybody means to look at */
const MOST = 20e9
/** Browsers show a frame that asks for 10 ms or less for 100 */
const LEAST_DELAY = 10
const USUAL_DELAY = 100

/** What an animation says of itself. */
export interface Animated {
  /** Seconds at which each frame begins, and at which the last one ends */
  readonly times: readonly number[]
  readonly end: number
  readonly width: number
  readonly height: number
}

/**
 * An animated GIF or WebP, looked at but not decoded.
 * @throws Error in one line: when it is damaged, or stands still
 */
export async function lookAtAnimation(bytes: Uint8Array): Promise<Animated> {
  const {
    width,
    height,
    pages = 1,
    delay = [],
  } = await sharp(bytes, { animated: true, limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw new Error('is damaged or truncated')
    })
  if (pages < 2) throw new Error('is a picture that stands still: it is no film')
  const side = height / pages
  if (width * height > MOST) throw new Error(`has ${pages} frames of ${width} × ${side}: make it smaller`)
  const times: number[] = []
  let end = 0
  for (let page = 0; page < pages; page++) {
    times.push(end / 1000) // added up in whole milliseconds: seconds would drift off the ticks
    const wanted = delay[page] ?? USUAL_DELAY
    end += wanted <= LEAST_DELAY ? USUAL_DELAY : wanted
  }
  return { times, end: end / 1000, width, height: Number.isInteger(side) ? side : height }
}

/** The frames of an animated GIF or WebP, which needs no ffmpeg. Transparent ones lie on the background. */
export async function animatedFrames(path: string, wanted: FilmWanted): Promise<Frames> {
  const bytes = await readFile(path)
  const { times, end, width, height } = await lookAtAnimation(bytes)
  const perRead = Math.max(1, Math.floor(AT_ONCE / (width * height)))
  const seen = seenAt(times, end, wanted.rate)
  const { size, channels, fit, background } = wanted
  const ground = groundOf(background, channels)
  let damaged = false
  return {
    square: width === height,
    rate: times.length / end,
    damaged: () => damaged,
    frames: (async function* () {
      const decoded = new Map<number, Uint8Array<ArrayBuffer>>()
      for (const frame of seen) {
        if (!decoded.has(frame)) {
          decoded.clear()
          try {
            const pages = Math.min(perRead, times.length - frame)
            const image = sharp(bytes, { page: frame, pages, limitInputPixels: false, failOn: 'error' })
            const { data } = await image
              .flatten({ background })
              .toColourspace(channels === 1 ? 'b-w' : 'srgb')
              .raw({ depth: 'uchar' })
              .toBuffer({ resolveWithObject: true })
            const length = width * height * channels
            for (let page = 0; page < pages; page++) {
              const values = data.subarray(page * length, (page + 1) * length)
              const raster = resample({ values, width, height, channels }, size, fit)
              decoded.set(frame + page, Uint8Array.from(onCanvas(raster, size, ground)))
            }
          } catch {
            damaged = true // what stands before it is taken
            return
          }
        }
        const found = decoded.get(frame)
        if (found !== undefined) yield found.slice()
      }
    })(),
  }
}
