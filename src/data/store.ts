import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type Channel, channelSchema } from '../channels/channel.js'
import { type Reading, readingSchema } from '../channels/picture-reading.js'
import { errorCode, LacunaError } from '../errors.js'
import { regularFile, writeError, writeFileAtomic } from '../files.js'
import { isMark } from './cache-use.js'
import { type Column, isColumnFile, openColumn } from './columns.js'
import { readLines, writeLines } from './lines.js'
import type { Item, Skipped } from './types.js'

/** What a store says of itself. */
export interface StoreIndex {
  /** Absolute path of the source. */
  readonly source: string
  /** As stored, by name: a column each. Of sequences, `length` is that of the longest record. */
  readonly channels: Readonly<Record<string, Channel>>
  /** Of the source as it was found: changes when a file in it does. */
  readonly fingerprint: string
  /** Of the records as stored; see {@link SampleSet.fingerprint}. */
  readonly content: string
  readonly reading: Reading
  /** Of what was seen while decoding. */
  readonly notes: readonly string[]
  /** Of what was seen while listing; seen again whenever the source is opened. */
  readonly listed: readonly string[]
  readonly items: readonly Item[]
  readonly skipped: readonly Skipped[]
}

// Raised when a store written before would no longer be what is built today.
const version = 5

const headSchema = z.object({
  version: z.literal(version),
  source: z.string(),
  channels: z.record(z.string(), channelSchema),
  fingerprint: z.string(),
  content: z.string(),
  reading: readingSchema,
  notes: z.array(z.string()),
  listed: z.array(z.string()),
  records: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
})
const skippedSchema = z.object({ name: z.string(), reason: z.string(), incomplete: z.boolean().optional() })
const itemSchema = z.object({
  name: z.string(),
  label: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  group: z.string().optional(), // left out when it is the name
  split: z.enum(['train', 'test', 'validation']).optional(),
  copyOf: z.string().optional(),
  like: z.string().optional(),
})

/** The folder of stores where none is given. */
export function defaultCache(): string {
  return process.env.LACUNA_CACHE || join(homedir(), '.cache', 'lacuna')
}

/** The folder of a store: one for every source and way of decoding it. */
export function storeDirectory(cache: string, source: string, ...decoding: readonly unknown[]): string {
  const key = createHash('sha256').update(JSON.stringify([source, ...decoding]))
  return join(cache, key.digest('hex').slice(0, 16))
}

// The index is short whatever the number of records; they stand in files of their own, one a line.
const itemsPath = (directory: string) => join(directory, 'items.jsonl')
const skippedPath = (directory: string) => join(directory, 'skipped.jsonl')

/** Whether a store has files of this name. */
export const isStoreFile = (name: string): boolean =>
  // `pixels.u8` is of stores before they had a column a channel
  ['index.json', 'items.jsonl', 'skipped.jsonl', 'pixels.u8'].includes(name) ||
  /^index\.json\.\d+\.part$/.test(name) ||
  isColumnFile(name)

/** What an index says, of whatever version it is. */
export function looseIndex(directory: string): Partial<Record<string, unknown>> {
  try {
    const index: unknown = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8'))
    return typeof index === 'object' && index !== null ? { ...index } : {}
  } catch {
    return {}
  }
}

/** Why a store cannot be opened, by what its index says. */
export const stateOfBroken = (index: ReturnType<typeof looseIndex>): 'damaged' | 'other version' =>
  index.version === undefined || index.version === version ? 'damaged' : 'other version'

/** @throws LacunaError for a folder that is a store of ours, but not one that can be opened */
export function refuseBroken(directory: string): void {
  const files = readdirSync(directory)
  if (!files.includes('index.json') || !files.every(name => isStoreFile(name) || isMark(name)) || files.length < 2)
    return
  const index = looseIndex(directory)
  const what = stateOfBroken(index) === 'damaged' ? 'is damaged' : 'is of another version of Lacuna'
  const source = typeof index.source === 'string' ? index.source : 'what it was made of'
  throw new LacunaError(`${directory}: this store of decoded data ${what}; open ${source}, and it is built again`)
}

/** The index of the store in `directory`; undefined when there is none, or not a whole one of this version. */
export function readIndex(directory: string): StoreIndex | undefined {
  try {
    regularFile(join(directory, 'index.json'))
    const head = headSchema.parse(JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')))
    for (const column of Object.values(openColumns(directory, head.channels, head.records))) column.close()
    const items = Array.from(readLines(itemsPath(directory)), line => {
      const { name, label, labels, group = name, split, copyOf, like } = itemSchema.parse(line)
      return {
        ...{ name, label, group, split },
        ...(labels !== undefined && { labels }),
        ...(copyOf !== undefined && { copyOf }),
        ...(like !== undefined && { like }),
      }
    })
    const skipped = Array.from(readLines(skippedPath(directory)), line => skippedSchema.parse(line))
    return items.length === head.records && skipped.length === head.skipped ? { ...head, items, skipped } : undefined
  } catch {
    return undefined
  }
}

/** All columns of a store, up to `heldBytes` of each held in memory from its first use on. */
export function openColumns(
  directory: string,
  channels: Readonly<Record<string, Channel>>,
  records: number,
  heldBytes = 256 * 2 ** 20,
): Record<string, Column> {
  const open: Record<string, Column> = {}
  try {
    for (const [name, channel] of Object.entries(channels))
      open[name] = openColumn(directory, name, channel, records, heldBytes)
    return open
  } catch (error) {
    for (const column of Object.values(open)) column.close()
    throw error
  }
}

export function writeIndex(directory: string, { items, skipped, ...head }: StoreIndex): void {
  writeLines(
    itemsPath(directory),
    (function* () {
      for (const item of items) yield item.group === item.name ? { ...item, group: undefined } : item
    })(),
  )
  writeLines(skippedPath(directory), skipped)
  const counts = { records: items.length, skipped: skipped.length }
  writeFileAtomic(join(directory, 'index.json'), JSON.stringify({ version, ...head, ...counts }))
}

/** What tells records from others: what they hold, in which order, what they are called, and in which part each is. */
export function contentOf(
  columns: Readonly<Record<string, { readonly channel: Channel; readonly digest: string }>>,
  items: readonly Item[],
): string {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(columns)))
  for (const { name, split } of items) hash.update(JSON.stringify([name, split]))
  return hash.digest('hex')
}

/**
 * A new folder beside `directory` to build a store in, to be handed to {@link install} or removed.
 * @throws LacunaError when the cache cannot be written
 */
export function temporaryStore(directory: string): string {
  try {
    mkdirSync(dirname(directory), { recursive: true })
    removeAbandoned(directory)
    return mkdtempSync(`${directory}.part-`)
  } catch (error) {
    throw writeError(directory, error)
  }
}

/**
 * Moves a finished store to its place. A store there is replaced, unless another process has just put an equal one.
 * Whoever has the old store open keeps its pixels.
 */
export function install(temporary: string, directory: string, fingerprint: string): void {
  for (let attempt = 0; !moved(temporary, directory); attempt++) {
    if (readIndex(directory)?.fingerprint === fingerprint) {
      rmSync(temporary, { recursive: true, force: true })
      return
    }
    if (attempt >= 5) throw new LacunaError(`${directory}: other processes keep replacing this store; try again`)
    moveAside(directory)
  }
}

/** Whether `temporary` could be moved; false when something is at its place. */
function moved(temporary: string, directory: string): boolean {
  try {
    renameSync(temporary, directory)
    return true
  } catch (error) {
    const occupied = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '') && existsSync(directory)
    if (occupied) return false
    throw writeError(directory, error)
  }
}

function moveAside(directory: string): void {
  const aside = mkdtempSync(`${directory}.part-`)
  try {
    renameSync(directory, join(aside, 'old'))
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw writeError(directory, error) // else another process was quicker
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** Removes what killed processes have left: parts of this store that nobody has written to for an hour. */
function removeAbandoned(directory: string): void {
  const parent = dirname(directory)
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(`${basename(directory)}.part-`)) continue
    const part = join(parent, name)
    try {
      const files = readdirSync(part).map(file => join(part, file))
      const written = Math.max(...(files.length > 0 ? files : [part]).map(file => statSync(file).mtimeMs))
      if (Date.now() - written > 3_600_000) rmSync(part, { recursive: true, force: true })
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error // else its process has just finished
    }
  }
}
