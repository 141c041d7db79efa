import type { Channels, Reads, Wanted } from '../channels/channel.js'
import type { Gathered } from '../channels/gathered.js'
import type { Reading } from '../channels/picture-reading.js'
import type { Definition } from '../definition.js'
import type { DataSettings, PictureSetting, TextSetting } from '../settings/types.js'
import type { Tokenizer } from '../text/tokenizer.js'
import type { MemberKind } from './media.js'

export type Split = 'train' | 'test' | 'validation'

/** What is known of a record. */
export interface Item {
  /** Path relative to the source, '/'-separated; for IDX the place in its file, `train/17`. */
  readonly name: string
  /** The label that was chosen where there are several */
  readonly label: string | undefined
  /** All labels by their columns, where a table has them: `{ speaker: 'anna', word: 'seven' }` */
  readonly labels?: Readonly<Record<string, string>>
  /** Items of one group belong together and never part: frames of one film, byte-identical files. */
  readonly group: string
  readonly split: Split | undefined
  /** An earlier record of the set that is stored with exactly the same values. */
  readonly copyOf?: string
  /** An earlier picture of the set that is nearly the same: saved again, or a little larger. */
  readonly like?: string
}

/** A record that could not be read, and why, in one line. */
export interface Skipped {
  readonly name: string
  readonly reason: string
  /** It can be read, and there is nothing to learn from: a picture without a caption, a recording that is silent. It counts as no record. */
  readonly incomplete?: boolean
}

/** Where samples lie. */
export interface Places {
  /** Positions in the set, one a sample */
  readonly records: ArrayLike<number>
  /** By channel the unit that each window begins at; the first unless told. Of text which of its record's texts it is, counted on
   * from the first again after the last. */
  readonly from?: Readonly<Record<string, ArrayLike<number>>>
}

/** What is known of a set, whatever its channels are. */
export interface About {
  readonly skipped: readonly Skipped[]
  /** The share of unreadable records that it was opened with. */
  readonly allowSkipped?: number
  /** What the user should know of how the data was read; the same when it comes from the store. */
  readonly notes: readonly string[]
  /** The column of a metadata table that the labels are of, where one was chosen. */
  readonly label?: string
  /** How pictures became squares of bytes. */
  readonly reading: Reading
  /** Absolute path of what was read. */
  readonly source: string
  /** Where the store lies. */
  readonly directory: string
}

/** Records of named channels, decoded once into a store of a column a channel; any of them can be had in any order. */
export interface SampleSet<R extends Reads = Reads> extends About {
  /** Of sequences `length` is the window that `gather` gives: of the set as opened, the longest record. */
  readonly channels: Channels<R>
  readonly items: readonly Item[]
  /** Sorted distinct labels; empty when unlabelled. */
  readonly classes: readonly string[]
  /** SHA-256 of the records as stored, their names and splits: the same where the same data is read in the same way. */
  readonly fingerprint: string
  /** Units of a record: numbers of a wave, frames (also where a picture is one of them), bytes of text; 1 of what is no sequence. */
  lengthOf(channel: string, position: number): number
  /** The texts of a record: one, or several that say the same in other words; at least one. @throws RangeError for a channel that has none */
  textsOf(channel: string, position: number): readonly string[]
  /** Of these units, how many a second; undefined of what does not go on in time. */
  rateOf(channel: string): number | undefined
  /**
   * A batch of every channel.
   * @param places positions in the set, or positions and where the windows begin
   * @throws RangeError for a position outside of the set
   */
  gather(places: ArrayLike<number> | Places): Gathered<R>
  /**
   * The same records as a method reads them: under its names, and in windows as long as it wants.
   * @param channels each the channel of that name in the set, or else the only one of its kind
   * @param tokenizer what makes tokens of text; without it text stays as the set has it, bytes where it is as opened
   * @throws LacunaError where the set has no such channel
   */
  as<S extends Reads>(channels: Channels<S>, tokenizer?: Tokenizer): SampleSet<S>
  /** The items at `positions` as a set of their own; it shares this set's store and lives as long as this set. */
  subset(positions: ArrayLike<number>): SampleSet<R>
  /** Lets the store go. Closing a subset does nothing: its set is the owner. */
  close(): void
}

/** Pictures of size × size: one channel, `image`. */
export type PictureSet = SampleSet<{ readonly image: Wanted<'image'> }>

/** Recordings, each as long as it is: one channel, `audio`. */
export type RecordingSet = SampleSet<{ readonly audio: Wanted<'audio'> }>

/** Films, each as long as it is: one channel, `video`. */
export type FilmSet = SampleSet<{ readonly video: Wanted<'video'> }>

export interface Progress {
  readonly done: number
  readonly total: number
  readonly skipped: number
  readonly perSecond: number
}

/** What the opening of any data is given beside its settings. */
export interface Opening {
  /** Readers of your own, asked before those that are built in. */
  readonly readers?: readonly Reader[]
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
  /**
   * Records being decoded at any time; default of pictures twice the number of cores, of recordings that number. Many pictures are
   * decoded in processes of their own, one a core, unless this is 1.
   */
  readonly workers?: number
}

export interface OpenOptions extends DataSettings, Opening {}

/** What recordings can be opened with: what concerns pictures alone is left out. */
export interface RecordingOptions extends Omit<DataSettings, PictureSetting | TextSetting | 'fps'>, Opening {}

/** What films can be opened with. */
export interface FilmOptions extends Omit<DataSettings, TextSetting | 'range'>, Opening {}

/** Grey values as they are, [height, width]. */
export interface GreyShape {
  readonly width: number
  readonly height: number
}

/** One member of every record of a source, known but not yet read. */
export interface Members {
  readonly items: readonly Item[]
  /** Side of the pictures where all are square and of one size, known without decoding; else undefined. */
  readonly nativeSize: number | undefined
  /** Bytes that reading `items[position]` takes. */
  bytes(position: number): number
  /** The encoded file of `items[position]`, or its values where `grey` gives their shape. */
  read(position: number): Promise<{ readonly bytes: Uint8Array; readonly grey?: GreyShape }>
  /** Where `items[position]` is a file of its own: that of a long recording is then read piece by piece. */
  file?(position: number): string
  /** Where `items[position]` is a film whose frames are files of their own: theirs, in their order. */
  frames?(position: number): readonly string[] | undefined
}

/** The records of a source, known but not yet read. */
export interface Listing extends Members {
  /** What was missing before any file was opened. */
  readonly skipped: readonly Skipped[]
  /** Of records with several members: how each is read, by its kind. Those of records with one are read by the listing itself. */
  readonly members?: Readonly<Partial<Record<MemberKind, Omit<Members, 'items'>>>>
}

/** A place with pictures or recordings in it, looked at but not read. */
export interface Source {
  /** Absolute path. */
  readonly path: string
  /** What its records are; pictures unless told. */
  readonly medium?: MemberKind
  /** What its records have where that is more than one member each; `medium` alone unless told. */
  readonly media?: readonly MemberKind[]
  /** Changes when any file in it changes. */
  readonly fingerprint: string
  /** Of pictures. */
  readonly defaultChannels: 1 | 3
  /** What the user should know of how it is understood. */
  readonly notes: readonly string[]
  list(): Promise<Listing>
}

/** What a reader is told beside the path. */
export interface ReaderOptions {
  /** What is wanted, where there is more than one kind */
  readonly medium: MemberKind
  /** All that is wanted of a record, `medium` first: more than one member where those of several kinds belong together */
  readonly media: readonly MemberKind[]
  /** The column of a table that has the texts; one that is called so unless told */
  readonly text?: string | undefined
  /** With one capture group: what it captures in a file's base name is the group */
  readonly group?: RegExp | undefined
  readonly signal?: AbortSignal | undefined
}

/** Pictures or recordings of one layout or format: knows whether a path is one, and what is in it. */
export interface Reader extends Definition {
  readonly defines: 'reader'
  /**
   * Looks at a path without reading its records.
   * @param path absolute; there is a folder or a regular file
   * @returns undefined where it is something else: another reader is asked then
   * @throws LacunaError where it is of this kind, and damaged
   */
  open(path: string, options: ReaderOptions): Source | undefined | Promise<Source | undefined>
}
