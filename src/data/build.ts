import { rmSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Channel } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { columnWriter } from './column-writer.js'
import type { Stored } from './columns.js'
import { inOrder } from './concurrency.js'
import type { Medium } from './media.js'
import { checkSkipped } from './skipped.js'
import { contentOf, install, type StoreIndex, temporaryStore, writeIndex } from './store.js'
import type { Item, Listing, Opening } from './types.js'
import { reasonOf } from './walk.js'

export interface Plan extends Pick<Opening, 'onProgress' | 'signal'> {
  readonly source: string
  readonly medium: Medium
  readonly fingerprint: string
  readonly directory: string
  readonly allowSkipped?: number
  /** Notes of what was seen while listing. */
  readonly listed: readonly string[]
}

/** What a store says of its records once all are there. */
export interface Finished extends Pick<StoreIndex, 'reading' | 'items' | 'notes'> {
  readonly channel: Channel
}

/** How records of one kind are made, and what is told of them. */
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
  /** Lets go of what it needed; asked for once, whatever happened */
  close?(): void
  /** @param items those that are stored, @param path where their values lie */
  finish(items: readonly Item[], path: string): Finished
}

/** Where a maker may put what it needs meanwhile. */
export type MakerIn<Made extends object> = (folder: string) => Maker<Made>

/**
 * Decodes all records of a listing into a store at `plan.directory`, in the order of the listing. Nothing is there before
 * everything is.
 *
 * @throws LacunaError when too many records cannot be read, or the disk is full
 */
export async function build<Made extends object>(
  listing: Listing,
  makerIn: MakerIn<Made>,
  plan: Plan,
): Promise<StoreIndex> {
  const temporary = temporaryStore(plan.directory)
  try {
    const maker = makerIn(temporary)
    checkSpace(maker.bytes, plan)
    const index = await fill(temporary, listing, maker, plan).finally(() => maker.close?.())
    writeIndex(temporary, index)
    install(temporary, plan.directory, plan.fingerprint)
    return index
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

async function fill<Made extends object>(
  temporary: string,
  listing: Listing,
  maker: Maker<Made>,
  plan: Plan,
): Promise<StoreIndex> {
  const { source, fingerprint, signal } = plan
  const total = listing.items.length + listing.skipped.length
  const items: Item[] = []
  const skipped = [...listing.skipped]
  const report = reporter(total, plan)
  const out = columnWriter(temporary, maker.name, maker.channel)
  try {
    const made = inOrder(listing.items.length, maker.workers, position => maker.make(position).catch(Failed.of))
    let position = 0
    for await (const record of made) {
      if (position % 256 === 0) await setImmediate() // some records need no waiting: let timers and Ctrl-C come through
      signal?.throwIfAborted()
      const item = listing.items[position++]
      if (!item) continue
      if (record instanceof Failed) {
        skipped.push({ name: item.name, reason: record.reason })
        checkSkipped(plan, skipped, total, plan.allowSkipped)
      } else {
        out.write(maker.parts(record))
        maker.see(record)
        items.push(item)
      }
      report(items.length + skipped.length, skipped.length)
    }
    out.finish()
  } finally {
    out.close()
  }
  checkSkipped(plan, skipped, total, plan.allowSkipped)
  const { channel, ...finished } = maker.finish(items, out.path)
  const content = contentOf({ [maker.name]: { channel, digest: out.digest() } }, items)
  return {
    source,
    channels: { [maker.name]: channel },
    fingerprint,
    content,
    ...finished,
    listed: plan.listed,
    skipped,
  }
}

/** What became of a record that cannot be read. */
class Failed {
  static readonly of = (error: unknown) => new Failed(reasonOf(error))
  constructor(readonly reason: string) {}
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
