import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Reading } from '../channels/picture-reading.js'
import { LacunaError } from '../errors.js'
import { columnWriter } from './column-writer.js'
import { bytesOf } from './columns.js'
import { inOrder, oneAtATime } from './concurrency.js'
import { type Copies, copyFinder, copyNotes, withCopies } from './copies.js'
import { type Decoded, decode, decodeGrey, type Wanted } from './decode.js'
import { rangeFinder } from './find-range.js'
import { joinEqual } from './groups.js'
import { sights } from './sights.js'
import { contentOf, install, type StoreIndex, temporaryStore, writeIndex } from './store.js'
import type { Item, Listing, OpenOptions, Skipped } from './types.js'
import { reasonOf } from './walk.js'

export interface Plan extends Pick<OpenOptions, 'allowSkipped' | 'onProgress' | 'signal' | 'workers'> {
  readonly source: string
  readonly fingerprint: string
  readonly directory: string
  readonly size: number
  readonly channels: 1 | 3
  readonly reading: Reading
  /** Notes of what was seen while listing. */
  readonly listed: readonly string[]
}

type Result = (Decoded & { readonly digest: string }) | { readonly reason: string }

// Files above this are read one at a time, so that several big ones never add up.
const bigFile = 32 * 2 ** 20
const readAlone = oneAtATime()

/**
 * Decodes all pictures of a listing into a store at `plan.directory`, in the order of the listing. Nothing is there
 * before everything is.
 *
 * @throws LacunaError when too many pictures cannot be read, or the disk is full
 */
export async function build(listing: Listing, plan: Plan): Promise<StoreIndex> {
  const temporary = temporaryStore(plan.directory)
  try {
    checkSpace(listing.items.length, plan)
    const index = await fill(temporary, listing, plan)
    writeIndex(temporary, index)
    install(temporary, plan.directory, plan.fingerprint)
    return index
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

/**
 * @param total pictures there are, skipped ones among them
 * @throws LacunaError when more are skipped than max(share · total, 3), more than none for share 0, or all
 */
export function checkSkipped(source: string, skipped: readonly Skipped[], total: number, share = 0.01): void {
  const allowed = share === 0 ? 0 : Math.max(share * total, 3)
  if (skipped.length <= allowed && skipped.length < total) return
  if (total === 0) throw new LacunaError(`${source}: holds no pictures`)
  const byReason = new Map<string, string[]>()
  for (const { name, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), name])
  const reasons = [...byReason].slice(0, 3).map(([reason, [name, ...more]]) => {
    return more.length > 0 ? `${name} and ${more.length} more: ${reason}` : `${name}: ${reason}`
  })
  const change = skipped.every(({ reason }) => reason.includes('convert it')) ? 'convert' : 'repair'
  const advice =
    skipped.length < total ? `${change} or remove them, or raise the share with --allow-skipped` : `${change} them`
  const count = skipped.length < total ? `${skipped.length} or more of ${total} pictures` : `all ${total} pictures`
  throw new LacunaError(`${source}: ${count} cannot be read (${reasons.join('; ')}): ${advice}`)
}

async function fill(temporary: string, listing: Listing, plan: Plan): Promise<StoreIndex> {
  const { source, fingerprint, size, channels, reading, signal } = plan
  const findRange = rangeFinder(listing, signal)
  const wanted: Wanted = { ...reading, size, channels, findRange: findRange.find }
  const seen = sights(wanted)
  const finder = copyFinder(size, channels)
  const total = listing.items.length + listing.skipped.length
  const items: Item[] = []
  const digests: string[] = []
  const skipped = [...listing.skipped]
  const report = reporter(total, plan)
  const channel = { kind: 'image', size, colours: channels } as const
  const out = columnWriter(temporary, 'image', channel)
  try {
    const workers = plan.workers ?? 2 * availableParallelism()
    const decoded = inOrder(listing.items.length, workers, position => decodeAt(listing, position, wanted))
    let position = 0
    for await (const result of decoded) {
      if (position % 256 === 0) await setImmediate() // IDX pictures need no waiting: let timers and Ctrl-C come through
      signal?.throwIfAborted()
      const item = listing.items[position++]
      if (!item) continue
      if ('reason' in result) {
        skipped.push({ name: item.name, reason: result.reason })
        checkSkipped(source, skipped, total, plan.allowSkipped)
      } else {
        out.write(result.pixels)
        seen.see(result)
        finder.see(result.pixels)
        items.push(item)
        digests.push(result.digest)
      }
      report(items.length + skipped.length, skipped.length)
    }
    out.finish()
  } finally {
    out.close()
  }
  checkSkipped(source, skipped, total, plan.allowSkipped)
  const range = findRange.found() ?? reading.range
  const read = { ...reading, range }
  const content = contentOf({ image: { channel, digest: out.digest() } }, items)
  const copies = copiesAt(out.path, finder, signal)
  const notes = [...copyNotes(items, copies), ...seen.notes(range)]
  const looks = items.map((item, row) => (copies[row]?.exact && items[copies[row].of]?.name) || item.name)
  const known = withCopies(joinEqual(joinEqual(items, digests), looks), copies)
  return {
    source,
    channels: { image: channel },
    fingerprint,
    content,
    reading: read,
    notes,
    listed: plan.listed,
    items: known,
    skipped,
  }
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

async function decodeAt(listing: Listing, position: number, wanted: Wanted): Promise<Result> {
  const run = async () => {
    const { bytes, grey } = await listing.read(position)
    const digest = createHash('sha256').update(bytes).digest('base64')
    return { digest, ...(grey ? decodeGrey(bytes, grey, wanted) : await decode(bytes, wanted)) }
  }
  try {
    return await (listing.bytes(position) > bigFile ? readAlone(run) : run())
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}

/** Better to know before hours of decoding that the result has no room. */
function checkSpace(count: number, { directory, size, channels }: Plan): void {
  const { bavail, bsize } = statfsSync(dirname(directory))
  const needed = bytesOf({ kind: 'image', size, colours: channels }, count)
  if (needed > bavail * bsize)
    throw new LacunaError(
      `${directory}: needs ${inUnits(needed)}, only ${inUnits(bavail * bsize)} are free; free some space or set LACUNA_CACHE to a folder on another disk`,
    )
}

function inUnits(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

/** Calls `onProgress` at most ten times a second, and at the end. */
function reporter(total: number, { onProgress }: Plan): (done: number, skipped: number) => void {
  const start = performance.now()
  let last = start
  return (done, skipped) => {
    const now = performance.now()
    if (!onProgress || (now - last < 100 && done < total)) return
    last = now
    onProgress({ done, total, skipped, perSecond: (1000 * done) / Math.max(now - start, 1) })
  }
}
