import { bytesOfFile } from '../audio/bytes.js'
import { animatedFrames, lookAtAnimation } from './animation.js'
import { ffmpegFrames } from './ffmpeg-frames.js'
import { type Film, type FilmWanted, type Frames, kept } from './film.js'
import { BEGINNING, isAnimation } from './kinds.js'
import { numberedFrames } from './numbered-frames.js'
import { type Probed, probe } from './probe.js'

/** Where a film lies: a file, or pictures in their order. */
export type FilmPlace = { readonly file: string } | { readonly frames: readonly string[] }

/** What is known of a film before it is decoded. */
export interface Looked {
  /** Frames a second; undefined where nothing is known of time */
  readonly rate: number | undefined
  readonly sound: boolean
  readonly probed?: Probed
}

/**
 * Looks at a film without decoding it.
 * @throws Error in one line: why it cannot be read
 */
export async function lookAtFilm(place: FilmPlace): Promise<Looked> {
  if ('frames' in place) return { rate: undefined, sound: false }
  const bytes = bytesOfFile(place.file)
  try {
    if (bytes.size === 0) throw new Error('is empty')
    if (!isAnimation(bytes.read(0, BEGINNING))) {
      const probed = await probe(place.file)
      return { rate: probed.rate, sound: probed.sound, probed }
    }
    const { times, end } = await lookAtAnimation(bytes.read(0, bytes.size))
    return { rate: times.length / end, sound: false }
  } finally {
    bytes.close()
  }
}

/**
 * Decodes a film, frame by frame.
 * @param looked as {@link lookAtFilm} has found it
 * @throws Error in one line: why it cannot be read, or that it is no film
 */
export async function decodeFilm(place: FilmPlace, looked: Looked, wanted: FilmWanted): Promise<Film> {
  return kept(await framesOf(place, looked, wanted), wanted)
}

function framesOf(place: FilmPlace, { probed }: Looked, wanted: FilmWanted): Frames | Promise<Frames> {
  if ('frames' in place) return numberedFrames(place.frames, wanted)
  return probed === undefined ? animatedFrames(place.file, wanted) : ffmpegFrames(place.file, probed, wanted)
}
