import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { findImage } from '../channels/bound.js'
import type { Reads } from '../channels/channel.js'
import { plainReading, type Reading } from '../channels/picture-reading.js'
import { LacunaError } from '../errors.js'
import { build } from './build.js'
import { makersFor, membersOf } from './makers.js'
import { type MemberKind, media } from './media.js'
import { openStore } from './open-store.js'
import { checkOpening, placeAt, sourceFor } from './opening.js'
import { readingOf } from './reading.js'
import { RATE } from './recording-maker.js'
import { checkSkipped } from './skipped.js'
import { defaultCache, readIndex, type StoreIndex, storeDirectory } from './store.js'
import type { OpenOptions, SampleSet, Source } from './types.js'

/** Height and width where nobody says, and the files do not either */
const DEFAULT_SIZE = { image: 32, video: 64 }

/**
 * Opens a source as a store of a column for each kind of member that its records are to have. They are decoded on the first call,
 * and again only when the source has changed.
 *
 * @param where the function that was called, for errors
 * @param wanted at least one kind
 * @throws LacunaError when there is nothing to open, too much of it cannot be read, or the store cannot be written
 */
export async function openRecords<R extends Reads>(
  where: string,
  source: string,
  wanted: readonly MemberKind[],
  options: OpenOptions,
): Promise<SampleSet<R>> {
  checkOpening(where, wanted, source, options)
  const { path, stored } = placeAt(source, wanted)
  if (stored) {
    await checkStored(path, stored, wanted, options)
    return openStore(path, stored, options)
  }
  const found = await sourceFor(path, wanted, options)
  const {
    size = 0,
    channels = found.defaultChannels,
    fps,
    cache = defaultCache(),
    groupPattern,
    caption: text,
  } = options
  const reading = isSeen(wanted) ? await readingOf(options) : plainReading
  const place = { cache: resolve(cache), path, wanted, size, channels, fps, groupPattern, text }
  const { directory, kept } = storeOf(place, reading, found)
  const { fingerprint, notes: listed } = found
  const plan = { ...options, source: path, media: wanted, directory, fingerprint, listed } as const
  if (kept) {
    checkSkipped(plan, kept.skipped, kept.items.length + kept.skipped.length, options.allowSkipped)
    return openStore(directory, { ...kept, listed }, options)
  }
  const listing = await found.list()
  const native = wanted.includes('image') ? membersOf(listing, 'image').nativeSize : undefined
  const made = {
    ...options,
    size: size || native || DEFAULT_SIZE[wanted.includes('video') ? 'video' : 'image'],
    channels,
    reading,
  }
  return openStore(directory, await build(listing, makersFor(wanted, listing, made), plan), options)
}

interface Place {
  readonly cache: string
  readonly path: string
  readonly wanted: readonly MemberKind[]
  readonly size: number
  readonly channels: 1 | 3
  readonly fps: number | undefined
  readonly groupPattern: string | undefined
  readonly text: string | undefined
}

/**
 * Where the store of a source lies, and what it says where it is there and up to date. One that was made without a word of the
 * size, the rate or the range serves too where it has turned out to have what is asked for.
 */
function storeOf(
  { cache, path, wanted, size, channels, fps, groupPattern, text }: Place,
  reading: Reading,
  found: Source,
) {
  const pictures = isSeen(wanted)
  const at = (side: number, how: Reading, rate?: number) => {
    const decoding = {
      image: [side, channels],
      video: ['video', side, channels, rate ?? 0],
      audio: ['audio', RATE],
      text: ['text'],
    }
    const told = [
      ...wanted.flatMap(medium => decoding[medium]),
      groupPattern,
      ...(pictures ? [how] : []),
      ...(text === undefined ? [] : [text]),
    ]
    const directory = storeDirectory(cache, path, ...told)
    const index = readIndex(directory)
    return { directory, kept: index?.fingerprint === found.fingerprint ? index : undefined }
  }
  if (!pictures) return at(size, reading)
  const { range } = reading
  const turnedOut = range !== 'auto' && range.of === 'deep' ? [{ ...reading, range: 'auto' as const }] : []
  for (const how of [...turnedOut, reading])
    for (const side of size === 0 ? [0] : [0, size])
      for (const rate of fps === undefined ? [undefined] : [undefined, fps]) {
        const store = at(side, how, rate)
        if (store.kept && serves(store.kept, size, range, fps)) return store
      }
  return at(size, reading, fps)
}

/** Whether something is made square */
const isSeen = (wanted: readonly MemberKind[]): boolean => wanted.includes('image') || wanted.includes('video')

/** `auto` in an index: no picture had a range to be found. */
const serves = (
  { reading, channels }: StoreIndex,
  side: number,
  range: Reading['range'],
  fps: number | undefined,
): boolean =>
  (fps === undefined || Object.values(channels).every(channel => channel.kind !== 'video' || channel.rate === fps)) &&
  (side === 0 || findImage(channels)?.size === side) &&
  (range === 'auto' ||
    reading.range === 'auto' ||
    (reading.range.low === range.low && reading.range.high === range.high))

/** @throws LacunaError where the store that was given has other channels than those that are wanted */
async function checkStored(
  path: string,
  stored: StoreIndex,
  wanted: readonly MemberKind[],
  options: OpenOptions,
): Promise<void> {
  const has = new Set(Object.values(stored.channels).map(({ kind }) => kind))
  const missing = wanted.find(medium => !has.has(medium))
  if (missing !== undefined)
    throw new LacunaError(`${path}: this store holds no ${media[missing].many}; open ${stored.source}`, 2)
  const image = isSeen(wanted) ? findImage(stored.channels) : undefined
  if (image === undefined) return
  const asked = await readingOf(options)
  const { size, channels, fps } = options
  const many = media[wanted.includes('video') ? 'video' : 'image'].many
  const film = Object.values(stored.channels).find(({ kind }) => kind === 'video')
  if (fps !== undefined && film?.kind === 'video' && film.rate !== fps)
    throw new LacunaError(
      `${path}: this store holds ${film.rate} frames a second, not ${fps}; open ${stored.source}`,
      2,
    )
  if (size !== undefined && size !== image.size)
    throw new LacunaError(
      `${path}: this store holds ${many} of size ${image.size}, not ${size}; open ${stored.source}`,
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
}
