import type { Range } from '../channels/picture-reading.js'
import { sampleOf } from './decode.js'
import { rangeOf, type Sample } from './range.js'
import { shuffled } from './shuffle.js'
import type { Members } from './types.js'

/** Pictures of more than 8 bits that are looked at, wherever in the set they lie. */
const ENOUGH = 64

const alwaysBytes = /\.(jpe?g|jpe|jfif|gif|webp|svg)$/i

/**
 * The range of all pictures of a listing that have more than 8 bits, looked for when the first of them comes. It depends
 * on the listing alone, not on which one comes first.
 */
export function rangeFinder(listing: Members, signal?: AbortSignal) {
  let finding: Promise<Range> | undefined
  let range: Range | undefined
  const look = async () => {
    range = rangeOf(await samples(listing, signal))
    return range
  }
  return {
    find: (): Promise<Range> => {
      finding ??= look()
      return finding
    },
    /** undefined when nobody has asked */
    found: (): Range | undefined => range,
  }
}

async function samples(listing: Members, signal?: AbortSignal): Promise<Sample[]> {
  const found: Sample[] = []
  for (const position of shuffled(listing.items.length, 0, 0)) {
    signal?.throwIfAborted()
    if (alwaysBytes.test(listing.items[position]?.name ?? '')) continue
    const sample = await sampleAt(listing, position)
    if (sample) found.push(sample)
    if (found.length === ENOUGH) break
  }
  return found
}

async function sampleAt(listing: Members, position: number): Promise<Sample | undefined> {
  try {
    const { bytes } = await listing.read(position)
    return await sampleOf(bytes)
  } catch {
    return undefined // it will be among the skipped ones
  }
}
