import { rmSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Channel } from '../channels/channel.js'
import { plainReading, type Reading } from '../channels/picture-reading.js'
import { LacunaError } from '../errors.js'
import { type ColumnWriter, columnWriter } from './column-writer.js'
import type { Stored } from './columns.js'
import { inOrder } from './concurrency.js'
import { type Copies, jointCopies, withCopies } from './copies.js'
import { joinEqual } from './groups.js'
import { type MemberKind, media } from './media.js'
import { checkSkipped, NothingInIt } from './skipped.js'
import { contentOf, install, type StoreIndex, temporaryStore, writeIndex } from './store.js'
import type { Item, Listing, Opening, Skipped } from './types.js'
import { reasonOf } from './walk.js'

export interface Plan extends Pick<Opening, 'onProgress' | 'signal'> {
  readonly source: string
  /** The kinds of the members of a record */
  readonly media: readonly MemberKind[]
  readonly fingerprint: string
  readonly directory: string
  readonly allowSkipped?: number
  /** Notes of what was seen while listing. */
  readonly listed: readonly string[]
}

/** What is known of a member once all records are there. */
export interface Finished {
  readonly channel: Channel
  readonly notes: readonly string[]
  /** Of pictures */
  readonly reading?: Reading
  /** Records that repeat others in this member; exact copies are of one group */
  readonly copies: Copies
}

/** How a member of the records is made, and what is told of it. */
export interface Maker<Made extends object> {
  /** Of the column */
  readonly name: string
  /** As it is known before anything is decoded */
  readonly channel: Channel
  /** Records being decoded at any time */
  readonly workers: number
  /** Bytes of the store, as far as that is known before. */
  readonly bytes: number
  /** @throws Error why the record cannot be read, in one line */
  make(position: number): Promise<Made>
  /** What is stored of it; asked for once */
  parts(made: Made): Iterable<Stored>
  /** Told of every record that is stored, in this order */
  see(made: Made): void
  /** Lets go of one that is not stored, since another member of its record cannot be read */
  drop?(made: Made): void
  /** Lets go of what it needed; asked for once, whatever happened */
  close?(): void | Promise<void>
  /** @param items those that are stored, @param path where their values lie */
  finish(items: readonly Item[], path: string): Finished
}

/** Where a maker may put what it needs meanwhile. */
export type MakerIn<Made extends object> = (folder: string) => Maker<Made>

/**
 * Decodes all records of a listing into a store at `plan.directory`, a column for each member, in the order of the listing. A
 * record is stored when all of its members can be read. Nothing is there before everything is.
 *
 * @param makersIn one for each of `plan.media`
 * @throws LacunaError when too many records cannot be read, or the disk is full
 */
export async function build(listing: Listing, makersIn: readonly MakerIn<object>[], plan: Plan): Promise<StoreIndex> {
  const temporary = temporaryStore(plan.directory)
  try {
    const makers = makersIn.map(makerIn => makerIn(temporary))
    const index = await fill(temporary, listing, makers, plan).finally(() =>
      Promise.all(makers.map(maker => maker.close?.())),
    )
    writeIndex(temporary, index)
    install(temporary, plan.directory, plan.fingerprint)
    return index
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

interface Member {
  readonly maker: Maker<object>
  readonly out: ColumnWriter
}

async function fill(
  temporary: string,
  listing: Listing,
  makers: readonly Maker<object>[],
  plan: Plan,
): Promise<StoreIndex> {
  const { source, fingerprint, signal } = plan
  checkSpace(
    makers.reduce((sum, { bytes }) => sum + bytes, 0),
    plan,
  )
  const total = listing.items.length + listing.skipped.length
  const items: Item[] = []
  const skipped = [...listing.skipped]
  const report = reporter(total, plan)
  const members = makers.map(maker => ({ maker, out: columnWriter(temporary, maker.name, maker.channel) }))
  try {
    const workers = Math.max(...makers.map(({ workers }) => workers))
    const made = inOrder(listing.items.length, workers, position => makeAll(makers, plan.media, position))
    let position = 0
    for await (const record of made) {
      if (position % 256 === 0) await setImmediate() // some records need no waiting: let timers and Ctrl-C come through
      signal?.throwIfAborted()
      const item = listing.items[position++]
      if (!item) continue
      if (record instanceof Failed) {
        skipped.push({ name: item.name, ...record.why })
        checkSkipped(plan, skipped, total, plan.allowSkipped)
      } else {
        record.forEach((made, i) => {
          members[i]?.out.write(makers[i]?.parts(made) ?? [])
          makers[i]?.see(made)
        })
        items.push(item)
      }
      report(items.length + skipped.length, skipped.length)
    }
    for (const { out } of members) out.finish()
  } finally {
    for (const { out } of members) out.close()
  }
  checkSkipped(plan, skipped, total, plan.allowSkipped)
  return { source, fingerprint, ...finished(members, items), listed: plan.listed, skipped }
}

/** What a store says of its records once all are there. */
function finished(
  members: readonly Member[],
  items: readonly Item[],
): Pick<StoreIndex, 'channels' | 'content' | 'reading' | 'items' | 'notes'> {
  const made = members.map(({ maker, out }) => ({ name: maker.name, out, ...maker.finish(items, out.path) }))
  const originals = made.map(({ copies }) => copies.map((copy, row) => `${copy?.exact ? copy.of : row}`))
  return {
    channels: Object.fromEntries(made.map(({ name, channel }) => [name, channel])),
    content: contentOf(
      Object.fromEntries(made.map(({ name, channel, out }) => [name, { channel, digest: out.digest() }])),
      items,
    ),
    reading: made.find(({ reading }) => reading !== undefined)?.reading ?? plainReading,
    items: withCopies(originals.reduce(joinEqual, items), jointCopies(made.map(({ copies }) => copies))),
    notes: made.flatMap(({ notes }) => notes),
  }
}

/** What became of a record that cannot be read. */
class Failed {
  constructor(readonly why: Pick<Skipped, 'reason' | 'incomplete'>) {}
}

/** All members of a record, or why one of them cannot be read. */
async function makeAll(
  makers: readonly Maker<object>[],
  kinds: readonly MemberKind[],
  position: number,
): Promise<readonly object[] | Failed> {
  const all = await Promise.allSettled(makers.map(maker => maker.make(position)))
  const failed = all.findIndex(({ status }) => status === 'rejected')
  const reason = all[failed]
  if (reason?.status !== 'rejected') return all.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
  all.forEach((each, i) => {
    if (each.status === 'fulfilled') makers[i]?.drop?.(each.value)
  })
  const medium = kinds[failed]
  const whose = makers.length > 1 && medium !== undefined ? `its ${media[medium].one}: ` : ''
  const incomplete = reason.reason instanceof NothingInIt && { incomplete: true }
  return new Failed({ reason: `${whose}${reasonOf(reason.reason)}`, ...incomplete })
}

/** Better to know before hours of decoding that the result has no room. */
function checkSpace(needed: number, { directory }: Plan): void {
  const { bavail, bsize } = statfsSync(dirname(directory))
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
