import { type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { findImage } from '../channels/bound.js'
import type { Reading } from '../channels/picture-reading.js'
import { LacunaError } from '../errors.js'
import { regularFile } from '../files.js'
import { checkSettings, refuseUnknown } from '../settings/check.js'
import { dataSettings } from '../settings/table.js'
import { build, checkSkipped } from './build.js'
import { openStore } from './open-store.js'
import { sourceAt } from './readers.js'
import { readingOf } from './reading.js'
import { defaultCache, readIndex, refuseBroken, type StoreIndex, storeDirectory } from './store.js'
import type { OpenOptions, PictureSet, Source } from './types.js'
import { reasonOf } from './walk.js'

/**
 * Opens pictures as a packed uint8 store, decoding them on the first call and again only when the source has changed.
 *
 * @param source a folder of pictures (nested, or a Hugging Face imagefolder), a folder or file in the IDX format of MNIST,
 *   one picture, or the directory of a store
 * @throws LacunaError when there is nothing to open, too much of it cannot be read, or the store cannot be written
 */
export async function openPictures(source: string, options: OpenOptions = {}): Promise<PictureSet> {
  if (typeof source !== 'string' || source === '')
    throw new LacunaError("openPictures: a path is expected first, as in openPictures('photos', { size: 64 })", 2)
  if (typeof options !== 'object' || options === null)
    throw new LacunaError('openPictures: options are expected second, such as { size: 64 }', 2)
  checkOptions(options)
  const path = resolve(source)
  const kind = kindOf(path)
  const stored = kind.isDirectory() ? readIndex(path) : undefined
  if (stored) return openChosen(path, stored, options, await readingOf(options))
  if (kind.isDirectory()) refuseBroken(path)

  const group = options.groupPattern === undefined ? undefined : compile(options.groupPattern)
  const found = await sourceAt(path, options.readers ?? [], { group, signal: options.signal })
  const { size = 0, channels = found.defaultChannels, cache = defaultCache(), groupPattern } = options
  const reading = await readingOf(options)
  const { directory, kept } = storeOf({ cache: resolve(cache), path, size, channels, groupPattern }, reading, found)
  if (kept) {
    checkSkipped(path, kept.skipped, kept.items.length + kept.skipped.length, options.allowSkipped)
    return openStore(directory, { ...kept, listed: found.notes }, options)
  }

  const listing = await found.list()
  const side = size || listing.nativeSize || DEFAULT_SIZE
  const { fingerprint } = found
  return openStore(
    directory,
    await build(listing, {
      ...options,
      source: path,
      directory,
      fingerprint,
      size: side,
      channels,
      reading,
      listed: found.notes,
    }),
    options,
  )
}

const DEFAULT_SIZE = 32

function kindOf(path: string): Stats {
  try {
    const stats = statSync(path)
    return stats.isDirectory() ? stats : regularFile(path)
  } catch (error) {
    throw new LacunaError(`${path}: ${reasonOf(error)}; give a folder of pictures or an IDX file`)
  }
}

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

function compile(groupPattern: string): RegExp {
  let pattern: RegExp
  try {
    pattern = new RegExp(groupPattern)
  } catch (error) {
    throw new LacunaError(`the group pattern is not a regular expression: ${reasonOf(error)}`, 2)
  }
  const groups = (new RegExp(`${groupPattern}|`).exec('')?.length ?? 1) - 1
  if (groups !== 1)
    throw new LacunaError(
      `the group pattern ${groupPattern} has ${groups} capture groups, expected one, as in ^(\\w+)_`,
      2,
    )
  return pattern
}

const others = ['onProgress', 'readers', 'signal', 'workers'] as const satisfies (keyof OpenOptions)[]

function checkOptions(options: OpenOptions): void {
  refuseUnknown('openPictures', options, [...Object.keys(dataSettings), ...others])
  checkSettings(dataSettings, options)
  const { workers = 1, onProgress, readers = [] } = options
  if (!Array.isArray(readers)) throw new LacunaError('openPictures: readers must be a list of readers', 2)
  if (!Number.isInteger(workers) || workers < 1)
    throw new LacunaError(`at least 1 picture must be decoded at a time, not ${workers}`, 2)
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new LacunaError(`openPictures: onProgress must be a function, not ${typeof onProgress}`, 2)
}
