import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { decoders } from './audio/decoders.js'
import { hearing } from './audio/hearing.js'
import type { Recording } from './audio/recording.js'
import { dropKept, partsOf } from './audio/scratch.js'
import type { MakerIn } from './build.js'
import { copyNotes, equalCopies } from './copies.js'
import type { Members, Opening } from './types.js'

/** Numbers a second that recordings are stored with: what the methods for speech are made for. */
export const RATE = 16_000

/** Recordings, and bytes of them, that a thread is worth its beginning for. */
const WORTH = { recordings: 16, bytes: 4e6 }
/** Threads that decode at most: each has its own memory. */
const MOST_THREADS = 16

/** Recordings of a listing, as one channel of int16. @param heard they are the sound of films, which are read beside them */
export function recordingMaker(
  listing: Members,
  {
    workers = Math.min(availableParallelism(), MOST_THREADS),
    signal,
    heard: ofFilm = false,
  }: Pick<Opening, 'signal' | 'workers'> & { readonly heard?: boolean },
): MakerIn<Recording> {
  const bytes = listing.items.reduce((sum, _, position) => sum + listing.bytes(position), 0)
  const worth = Math.floor(listing.items.length / WORTH.recordings + bytes / WORTH.bytes)
  const { decode, close } = decoders(Math.min(workers, worth), signal)
  const heard = hearing(RATE)
  const digests: string[] = []
  let longest = 1
  return folder => ({
    name: 'audio',
    channel: { kind: 'audio', rate: RATE, length: longest },
    workers: 2 * workers, // one that is decoded, one that waits
    bytes: 0,
    async make(position) {
      const from = listing.file?.(position) ?? (await listing.read(position)).bytes
      const name = listing.items[position]?.name ?? ''
      return decode(from, { name, rate: RATE, scratch: join(folder, `${position}.i16`), ofFilm })
    },
    close,
    parts: recording => partsOf(recording, length => new Int16Array(length)),
    drop: dropKept,
    see(recording) {
      heard.hear(recording)
      digests.push(recording.digest)
      longest = Math.max(longest, recording.length)
    },
    finish(items) {
      const copies = equalCopies(digests)
      return {
        channel: { kind: 'audio', rate: RATE, length: longest },
        copies,
        notes: [...heard.notes(), ...copyNotes(items, copies, 'audio')],
      }
    },
  })
}
