/**
 * Pictures or recordings in, decoded once into a packed store; deterministic batches out.
 *
 * @module lacuna/data
 */

export { type Fit, fits } from '../channels/fits.js'
export { plainReading, type Range, type Reading, type ReadingOptions } from '../channels/reading.js'
export * from '../formats/index.js'
export { openTokenizer } from '../text/open-tokenizer.js'
export type { Tokenizer } from '../text/tokenizer.js'
export type { TokenizerFile } from '../text/tokenizer-file.js'
export { trainTokenizer } from '../text/train-tokenizer.js'
export type { Alike } from './alike.js'
export { type CachedStore, type ClearOptions, clearCache, listCache } from './cache.js'
export { differentOf } from './copies.js'
export type { Medium, MemberKind, SampleKind } from './media.js'
export { type MadePictures, picturesOf } from './memory.js'
export { openPictures } from './open.js'
export { type DataOptions, kindsHeld, openData } from './open-data.js'
export { openFilms } from './open-films.js'
export { openRecordings } from './open-recordings.js'
export { alikeIn, type Piece, placesAt, placesOf, samplesIn, windowsOf, windowsThrough } from './places.js'
export { defineReader } from './reader.js'
export { tokenised } from './set.js'
export { batchesAlike, batchPositions, shuffled } from './shuffle.js'
export { collect, learnAndTest, splitByGroup } from './split.js'
export type {
  About,
  FilmOptions,
  FilmSet,
  GreyShape,
  Item,
  Listing,
  Members,
  Opening,
  OpenOptions,
  PictureSet,
  Places,
  Progress,
  Reader,
  ReaderOptions,
  RecordingOptions,
  RecordingSet,
  SampleSet,
  Skipped,
  Source as PictureSource,
  Split,
} from './types.js'
