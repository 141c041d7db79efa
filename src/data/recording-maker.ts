import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { plainReading } from '../channels/picture-reading.js'
import { hearing } from './audio/hearing.js'
import { decodeRecording, type Recording } from './audio/recording.js'
import type { MakerIn } from './build.js'
import { copyNotes, equalCopies, withCopies } from './copies.js'
import { joinEqual } from './groups.js'
import type { Listing, Opening } from './types.js'

/** Numbers a second that recordings are stored with: what the methods for speech are made for. */
export const RATE = 16_000

/** Recordings of a listing, as one channel of int16. */
export function recordingMaker(listing: Listing, { workers }: Pick<Opening, 'workers'>): MakerIn<Recording> {
  const heard = hearing(RATE)
  const digests: string[] = []
  let longest = 1
  return folder => ({
    name: 'audio',
    channel: { kind: 'audio', rate: RATE, length: longest },
    workers: workers ?? availableParallelism(),
    bytes: 0,
    async make(position) {
      const from = listing.file?.(position) ?? (await listing.read(position)).bytes
      const name = listing.items[position]?.name ?? ''
      return decodeRecording(from, { name, rate: RATE, scratch: join(folder, `${position}.i16`) })
    },
    parts: recording => recording.parts(),
    see(recording) {
      heard.hear(recording)
      digests.push(recording.digest)
      longest = Math.max(longest, recording.length)
    },
    finish(items) {
      const copies = equalCopies(digests)
      return {
        channel: { kind: 'audio', rate: RATE, length: longest },
        reading: plainReading,
        items: withCopies(joinEqual(items, digests), copies),
        notes: [...heard.notes(), ...copyNotes(items, copies, 'audio')],
      }
    },
  })
}
