import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { ChannelOf } from '../channels/channel.js'
import type { Reading } from '../channels/picture-reading.js'
import type { Maker } from './build.js'
import { bytesOf } from './columns.js'
import { oneAtATime } from './concurrency.js'
import { type Copies, copyFinder, copyNotes } from './copies.js'
import { type Decoded, decode, decodeGrey, type Wanted } from './decode.js'
import { rangeFinder } from './find-range.js'
import { sights } from './sights.js'
import type { Members, Opening } from './types.js'

export interface PicturesWanted extends Pick<Opening, 'signal' | 'workers'> {
  readonly size: number
  readonly channels: 1 | 3
  readonly reading: Reading
}

type Picture = Decoded & { readonly digest: string }

// Files above this are read one at a time, so that several big ones never add up.
const bigFile = 32 * 2 ** 20
const readAlone = oneAtATime()

/** Pictures of a listing, made square, as bytes. */
export function pictureMaker(listing: Members, { size, channels, reading, signal, workers }: PicturesWanted) {
  const findRange = rangeFinder(listing, signal)
  const wanted: Wanted = { ...reading, size, channels, findRange: findRange.find }
  const seen = sights(wanted)
  const finder = copyFinder(size, channels)
  const digests: string[] = []
  const channel: ChannelOf<'image'> = { kind: 'image', size, colours: channels }
  const maker: Maker<Picture> = {
    name: 'image',
    channel,
    workers: workers ?? 2 * availableParallelism(),
    bytes: bytesOf(channel, listing.items.length),
    async make(position) {
      const run = async () => {
        const { bytes, grey } = await listing.read(position)
        const digest = createHash('sha256').update(bytes).digest('base64')
        return { digest, ...(grey ? decodeGrey(bytes, grey, wanted) : await decode(bytes, wanted)) }
      }
      return listing.bytes(position) > bigFile ? readAlone(run) : run()
    },
    parts: ({ pixels }) => [pixels],
    see(picture) {
      seen.see(picture)
      finder.see(picture.pixels)
      digests.push(picture.digest)
    },
    finish(items, path) {
      const range = findRange.found() ?? reading.range
      const copies = copiesAt(path, finder, signal)
      const looks = items.map((item, row) => (copies[row]?.exact && items[copies[row].of]?.name) || item.name)
      return {
        channel,
        reading: { ...reading, range },
        keys: [digests, looks],
        copies,
        notes: [...copyNotes(items, copies, 'image'), ...seen.notes(range)],
      }
    },
  }
  return maker
}

/** What repeats what, of pictures that are stored at `path`. */
function copiesAt(path: string, finder: ReturnType<typeof copyFinder>, signal?: AbortSignal): Copies {
  const file = openSync(path, 'r')
  try {
    return finder.copies((row, out) => {
      signal?.throwIfAborted()
      readSync(file, out, 0, out.length, row * out.length)
    })
  } finally {
    closeSync(file)
  }
}
