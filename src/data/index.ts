/**
 * Pictures in, decoded once into a packed uint8 store; deterministic batches out.
 *
 * @module
 */
export { type CachedStore, type ClearOptions, clearCache, listCache } from './cache.js'
export { differentOf } from './copies.js'
export { type Fit, fits } from './fits.js'
export { openPictures } from './open.js'
export { plainReading, type Range, type Reading, type ReadingOptions } from './reading.js'
export { batchPositions, shuffled } from './shuffle.js'
export { splitByGroup } from './split.js'
export type { OpenOptions, PictureItem, PictureSet, Progress, Skipped, Split } from './types.js'
