import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { findImage } from '../channels/bound.js'
import type { Reading } from '../channels/picture-reading.js'
import { LacunaError } from '../errors.js'
import { build } from './build.js'
import { openStore } from './open-store.js'
import { checkOpening, placeAt, sourceFor } from './opening.js'
import { pictureMaker } from './picture-maker.js'
import { readingOf } from './reading.js'
import { checkSkipped } from './skipped.js'
import { defaultCache, readIndex, type StoreIndex, storeDirectory } from './store.js'
import type { OpenOptions, PictureSet, Source } from './types.js'

/**
 * Opens pictures as a packed uint8 store, decoding them on the first call and again only when the source has changed.
 *
 * @param source a folder of pictures (nested, or a Hugging Face imagefolder), a folder or file in the IDX format of MNIST,
 *   one picture, or the directory of a store
 * @throws LacunaError when there is nothing to open, too much of it cannot be read, or the store cannot be written
 */
export async function openPictures(source: string, options: OpenOptions = {}): Promise<PictureSet> {
  checkOpening('openPictures', 'image', source, options)
  const { path, stored } = placeAt(source, 'image')
  if (stored) return openChosen(path, stored, options, await readingOf(options))

  const found = await sourceFor(path, 'image', options)
  const { size = 0, channels = found.defaultChannels, cache = defaultCache(), groupPattern } = options
  const reading = await readingOf(options)
  const { directory, kept } = storeOf({ cache: resolve(cache), path, size, channels, groupPattern }, reading, found)
  const { fingerprint, notes: listed } = found
  const plan = { ...options, source: path, medium: 'image', directory, fingerprint, listed } as const
  if (kept) {
    checkSkipped(plan, kept.skipped, kept.items.length + kept.skipped.length, options.allowSkipped)
    return openStore(directory, { ...kept, listed }, options)
  }
  const listing = await found.list()
  const wanted = { ...options, size: size || listing.nativeSize || DEFAULT_SIZE, channels, reading }
  return openStore(directory, await build(listing, () => pictureMaker(listing, wanted), plan), options)
}

const DEFAULT_SIZE = 32

interface Place {
  readonly cache: string
  readonly path: string
  readonly size: number
  readonly channels: 1 | 3
  readonly groupPattern: string | undefined
}

/**
 * Where the store of a source lies, and what it says where it is there and up to date. One that was made without a word of the
 * size, or of the range, serves too where it has turned out to have what is asked for.
 */
function storeOf({ cache, path, size, channels, groupPattern }: Place, reading: Reading, { fingerprint }: Source) {
  const at = (side: number, how: Reading) => {
    const directory = storeDirectory(cache, path, side, channels, groupPattern, how)
    const index = readIndex(directory)
    return { directory, kept: index?.fingerprint === fingerprint ? index : undefined }
  }
  const { range } = reading
  const found = range !== 'auto' && range.of === 'deep' ? [{ ...reading, range: 'auto' as const }] : []
  for (const how of [...found, reading])
    for (const side of size === 0 ? [0] : [0, size]) {
      const store = at(side, how)
      if (store.kept && serves(store.kept, size, range)) return store
    }
  return at(size, reading)
}

/** `auto` in an index: no picture had a range to be found. */
const serves = ({ reading, channels }: StoreIndex, side: number, range: Reading['range']): boolean =>
  (side === 0 || findImage(channels)?.size === side) &&
  (range === 'auto' ||
    reading.range === 'auto' ||
    (reading.range.low === range.low && reading.range.high === range.high))

function openChosen(path: string, stored: StoreIndex, options: OpenOptions, asked: Reading): PictureSet {
  const { size, channels } = options
  const image = findImage(stored.channels)
  if (image === undefined) throw new LacunaError(`${path}: this store holds no pictures`)
  if (size !== undefined && size !== image.size)
    throw new LacunaError(
      `${path}: this store holds pictures of size ${image.size}, not ${size}; open ${stored.source}`,
      2,
    )
  if (channels !== undefined && channels !== image.colours)
    throw new LacunaError(
      `${path}: this store holds ${image.colours} channels, not ${channels}; open ${stored.source}`,
      2,
    )
  const parts = ['fit', 'background', 'range'] as const
  const other = parts.find(
    part =>
      options[part] !== undefined && asked[part] !== 'auto' && !isDeepStrictEqual(asked[part], stored.reading[part]),
  )
  if (other !== undefined)
    throw new LacunaError(
      `${path}: this store was read with another ${other} (${JSON.stringify(stored.reading[other])}); open ${stored.source}`,
      2,
    )
  return openStore(path, stored, options)
}
