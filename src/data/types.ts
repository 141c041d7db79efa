import type { Reading } from '../channels/picture-reading.js'
import type { ReadingOptions } from './reading.js'

export type Split = 'train' | 'test' | 'validation'

export interface PictureItem {
  /** Path relative to the source, '/'-separated; for IDX the place in its file, `train/17`. */
  readonly name: string
  readonly label: string | undefined
  /** Items of one group belong together and never part: frames of one film, byte-identical files. */
  readonly group: string
  readonly split: Split | undefined
  /** An earlier picture of the set that is stored with exactly the same values. */
  readonly copyOf?: string
  /** An earlier picture of the set that is nearly the same: saved again, or a little larger. */
  readonly like?: string
}

/** A picture that could not be read, and why, in one line. */
export interface Skipped {
  readonly name: string
  readonly reason: string
}

/** Pictures decoded once into a packed uint8 store; any of them can be had in any order. */
export interface PictureSet {
  /** Pictures are size × size. */
  readonly size: number
  readonly channels: 1 | 3
  readonly items: readonly PictureItem[]
  readonly skipped: readonly Skipped[]
  /** The share of unreadable pictures that `openPictures` was told to put up with. */
  readonly allowSkipped?: number
  /** What the user should know of how the pictures were read; the same when they come from the store. */
  readonly notes: readonly string[]
  /** How the pictures became squares of bytes. */
  readonly reading: Reading
  /** Sorted distinct labels; empty when unlabelled. */
  readonly classes: readonly string[]
  /** Absolute path of what was read. */
  readonly source: string
  /** SHA-256 of the pictures as stored, their names and splits: the same where the same pictures are read in the same way. */
  readonly fingerprint: string
  /** Where the store lies. */
  readonly directory: string
  /**
   * The pictures at `positions`, uint8 [positions.length, size, size, channels].
   *
   * @param out written and returned when given; must have exactly that length
   * @throws RangeError for a position outside the set or an `out` of another length
   */
  gather(positions: ArrayLike<number>, out?: Uint8Array): Uint8Array
  /** The items at `positions` as a set of their own; it shares this set's store and lives as long as this set. */
  subset(positions: ArrayLike<number>): PictureSet
  /** Lets the store go. Closing a subset does nothing: its set is the owner. */
  close(): void
}

export interface Progress {
  readonly done: number
  readonly total: number
  readonly skipped: number
  readonly perSecond: number
}

/**
 * `fit` crop (the middle, default), pad or squash: how pictures that are not square become so. `background` a colour,
 * default white: below transparent pictures and around padded ones. `range`: the values that become black and white,
 * default `auto`: bytes as they are, other numbers as found in the pictures.
 */
export interface OpenOptions extends ReadingOptions {
  /** Pictures become size × size. Default: IDX as it is, files 32. */
  readonly size?: number
  /** Default 1 for IDX, 3 for files. */
  readonly channels?: 1 | 3
  /** Folder of stores; default `LACUNA_CACHE`, else `~/.cache/lacuna`. */
  readonly cache?: string
  /** Share of the pictures that may be unreadable, default 0.01. Three may always be, unless this is 0. */
  readonly allowSkipped?: number
  /** Regular expression with one capture group; what it captures in a file's base name is the group. */
  readonly groupPattern?: string
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
  /** Pictures being decoded at any time, default twice the number of cores. */
  readonly workers?: number
}

/** Grey values as they are, [height, width]. */
export interface GreyShape {
  readonly width: number
  readonly height: number
}

/** The pictures of a source, known but not yet read. */
export interface Listing {
  readonly items: readonly PictureItem[]
  /** What was missing before any picture was opened. */
  readonly skipped: readonly Skipped[]
  /** Side of the pictures where all are square and of one size, known without decoding; else undefined. */
  readonly nativeSize: number | undefined
  /** Bytes that reading `items[position]` takes. */
  bytes(position: number): number
  /** The encoded file of `items[position]`, or its values where `grey` gives their shape. */
  read(position: number): Promise<{ readonly bytes: Uint8Array; readonly grey?: GreyShape }>
}

/** A place with pictures in it, looked at but not read. */
export interface Source {
  /** Absolute path. */
  readonly path: string
  /** Changes when any file in it changes. */
  readonly fingerprint: string
  readonly defaultChannels: 1 | 3
  /** What the user should know of how it is understood. */
  readonly notes: readonly string[]
  list(): Promise<Listing>
}
