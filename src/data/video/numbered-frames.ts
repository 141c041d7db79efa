import { readFile } from 'node:fs/promises'
import { plainReading } from '../../channels/picture-reading.js'
import { decode, decodeGrey } from '../decode.js'
import { groundOf, onCanvas } from '../fit.js'
import { resample } from '../resample.js'
import type { FilmWanted, Frames } from './film.js'
import { decodeNetpbm, isNetpbm } from './netpbm.js'

interface Frame {
  readonly pixels: Uint8Array
  readonly square: boolean
}

/**
 * A film of pictures, one file a frame. They say nothing of time: each is a frame.
 * @param paths in their order
 * @throws Error in one line, with the name of the first that cannot be read; where some have been read before, the film ends there
 */
export async function numberedFrames(paths: readonly string[], wanted: FilmWanted): Promise<Frames> {
  const [first = ''] = paths
  const begin = await frameOf(first, wanted)
  let damaged = false
  return {
    square: begin.square,
    rate: undefined,
    damaged: () => damaged,
    frames: (async function* () {
      for (const path of paths) {
        const frame = path === first ? begin : await frameOf(path, wanted).catch(() => undefined)
        damaged = frame === undefined
        if (frame === undefined) return
        yield Uint8Array.from(frame.pixels)
      }
    })(),
  }
}

async function frameOf(path: string, { size, channels, fit, background }: FilmWanted): Promise<Frame> {
  const bytes = await readFile(path)
  const wanted = { ...plainReading, fit, background, size, channels }
  if (!isNetpbm(bytes)) return decode(bytes, wanted)
  const raster = decodeNetpbm(bytes)
  const { width, height, values } = raster
  if (raster.channels === 1) return decodeGrey(values, { width, height }, wanted)
  const square = width === height
  const pixels = onCanvas(resample(raster, size, fit), size, groundOf(background, 3))
  return { pixels: channels === 3 ? pixels : greyOf(pixels), square }
}

/** Brightness as sRGB weighs it. */
const greyOf = (pixels: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: pixels.length / 3 }, (_, i) =>
    Math.round(0.2126 * (pixels[3 * i] ?? 0) + 0.7152 * (pixels[3 * i + 1] ?? 0) + 0.0722 * (pixels[3 * i + 2] ?? 0)),
  )
