import { closeSync, openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { ChannelOf } from '../channels/channel.js'
import type { Reading } from '../channels/picture-reading.js'
import { readInto } from '../files.js'
import type { Maker } from './build.js'
import { bytesOf } from './columns.js'
import { atMost } from './concurrency.js'
import { type Copies, copiesAmong, copyNotes } from './copies.js'
import { decodeGrey, type Wanted } from './decode.js'
import { rangeFinder } from './find-range.js'
import { inMemory, pictureOf, type StoredPicture } from './picture.js'
import type { PictureJob } from './picture-process.js'
import { pictureProcesses } from './picture-processes.js'
import { sights } from './sights.js'
import type { Signature } from './signature.js'
import type { Members, Opening } from './types.js'

export interface PicturesWanted extends Pick<Opening, 'signal' | 'workers'> {
  readonly size: number
  readonly channels: 1 | 3
  readonly reading: Reading
}

// Files above this are read one at a time, so that several big ones never add up.
const bigFile = 32 * 2 ** 20
const readAlone = atMost(1)

/** Pictures, and bytes of them, that take a core a second: ten times as long as a process takes to begin */
const WORTH = { pictures: 500, bytes: 1e8 }
/** Processes that decode at most: each has its own memory. */
const MOST_PROCESSES = 16
/** Records under way for each process: what is done waits for those before it, and goes back in messages of up to half as many */
const AHEAD = 16

/** How many processes beside this one shall decode a listing: none where one would do. */
function processesFor(listing: Members, workers: number): number {
  const bytes = listing.items.reduce((sum, _, position) => sum + listing.bytes(position), 0)
  const worth = Math.floor(listing.items.length / WORTH.pictures + bytes / WORTH.bytes)
  const count = Math.min(availableParallelism(), MOST_PROCESSES, workers, worth)
  return count > 1 ? count : 0
}

/**
 * Pictures of a listing, made square, as bytes. Pipelines of libvips wait for each other within a process, so that many pictures
 * are decoded by several. This one decodes what they leave to it: what takes much memory, and what has more than 8 bits until the range
 * of all is known.
 *
 * @param folder for what the others hand over
 * @param count of other processes; as many as are worth it unless told
 */
export function pictureMaker(
  listing: Members,
  { size, channels, reading, signal, workers }: PicturesWanted,
  folder: string,
  count = processesFor(listing, workers ?? MOST_PROCESSES),
) {
  const findRange = rangeFinder(listing, signal)
  const plain = { ...reading, size, channels }
  const wanted: Wanted = { ...plain, findRange: findRange.find }
  const others = count > 0 ? pictureProcesses(folder, size * size * channels, count, signal) : undefined
  let told: PictureJob['wanted'] = plain // one for all pictures, so that a message holds it once
  const inTurn = atMost(workers ?? 2 * availableParallelism())
  const seen = sights(wanted)
  const signatures: Signature[] = []
  const channel: ChannelOf<'image'> = { kind: 'image', size, colours: channels }
  const underWay = workers ?? Math.max(2 * availableParallelism(), AHEAD * count)
  const maker: Maker<StoredPicture> = {
    name: 'image',
    channel,
    workers: underWay,
    bytes: bytesOf(channel, listing.items.length + (others === undefined ? 0 : underWay)),
    async make(position) {
      const isBig = listing.bytes(position) > bigFile
      const file = listing.file?.(position)
      const byOthers = (from: string | Uint8Array | undefined) => {
        const range = findRange.found()
        if (range !== undefined && told.range !== range) told = { ...plain, range }
        return from === undefined || isBig ? undefined : others?.ask(from, told)
      }
      const run = async (): Promise<StoredPicture> => {
        const { bytes, grey } = await listing.read(position)
        if (grey) return inMemory(decodeGrey(bytes, grey, wanted), wanted)
        return (file === undefined ? await byOthers(bytes) : undefined) ?? pictureOf(bytes, wanted)
      }
      return (await byOthers(file)) ?? (isBig ? readAlone : inTurn)(run)
    },
    close: others?.close,
    parts: ({ pixels }) => [pixels()],
    drop: ({ drop }) => drop?.(),
    see({ picture }) {
      seen.see(picture)
      signatures.push(picture.signature)
    },
    finish(items, path) {
      const range = findRange.found() ?? reading.range
      const copies = copiesAt(path, signatures, { size, channels }, signal)
      return {
        channel,
        reading: { ...reading, range },
        copies,
        notes: [...copyNotes(items, copies, 'image'), ...seen.notes(range)],
      }
    },
  }
  return maker
}

/** What repeats what, of pictures that are stored at `path`. */
function copiesAt(
  path: string,
  signatures: readonly Signature[],
  shape: { readonly size: number; readonly channels: number },
  signal?: AbortSignal,
): Copies {
  const file = openSync(path, 'r')
  try {
    return copiesAmong(signatures, shape, (row, out) => {
      signal?.throwIfAborted()
      readInto(file, out, row * out.length)
    })
  } finally {
    closeSync(file)
  }
}
