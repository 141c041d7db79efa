import type { Fit } from '../../channels/fits.js'
import { type Kept, scratch } from '../audio/scratch.js'

/** How films are wanted. */
export interface FilmWanted {
  readonly size: number
  readonly channels: 1 | 3
  /** Frames a second */
  readonly rate: number
  readonly fit: Fit
  /** `#rrggbb` */
  readonly background: string
  /** Where frames that are too many for memory may lie meanwhile */
  readonly scratch: string
  /** Gives up what is being decoded */
  readonly signal?: AbortSignal | undefined
}

/** A film that is being decoded: its frames at the rate that is wanted, each uint8 [size, size, channels]. */
export interface Frames {
  readonly frames: AsyncIterable<Uint8Array<ArrayBuffer>>
  /** Of the file */
  readonly square: boolean
  /** Frames a second of the file; undefined where nothing is known of time */
  readonly rate: number | undefined
  /** Whether it has turned out to be damaged; known once all frames have come */
  damaged?(): boolean
}

/** A film as it is stored. */
export interface Film extends Kept<Uint8Array<ArrayBuffer>> {
  /** Frames that are stored */
  readonly frames: number
  readonly square: boolean
  readonly rate: number | undefined
  readonly damaged: boolean
}

/** Fewer are no film */
const FEWEST = 2

/**
 * Takes all frames of a film, one at a time.
 * @throws Error in one line: that there are too few, or that all are the same
 */
export async function kept(
  { frames, square, rate, damaged }: Frames,
  { scratch: path, signal }: FilmWanted,
): Promise<Film> {
  const out = scratch<Uint8Array<ArrayBuffer>>(path)
  try {
    let first: Uint8Array | undefined
    let [count, differs] = [0, false]
    for await (const frame of frames) {
      signal?.throwIfAborted()
      if (first === undefined) first = frame.slice()
      else if (!differs) differs = Buffer.compare(first, frame) !== 0
      count++
      out.write(frame)
    }
    if (count < FEWEST)
      throw new Error(count === 0 ? 'has no frame that can be decoded' : 'has one frame: it is no film')
    if (!differs) throw new Error(`has ${count} frames, all the same: it shows one picture`)
    return { ...out.finish(), frames: count, square, rate, damaged: damaged?.() ?? false }
  } catch (error) {
    out.remove()
    throw error
  }
}
