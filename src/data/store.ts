import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type Reading, readingSchema } from '../channels/picture-reading.js'
import { errorCode, LacunaError } from '../errors.js'
import { regularFile, writeError, writeFileAtomic } from '../files.js'
import type { PictureItem, Skipped } from './types.js'

/** What a store says of its pixels. */
export interface StoreIndex {
  /** Absolute path of the source. */
  readonly source: string
  readonly size: number
  readonly channels: 1 | 3
  /** Of the source as it was found: changes when a file in it does. */
  readonly fingerprint: string
  /** Of the pictures as stored; see {@link PictureSet.fingerprint}. */
  readonly content: string
  readonly reading: Reading
  /** Of what was seen while decoding. */
  readonly notes: readonly string[]
  /** Of what was seen while listing; seen again whenever the source is opened. */
  readonly listed: readonly string[]
  readonly items: readonly PictureItem[]
  readonly skipped: readonly Skipped[]
}

// Raised when a store written before would no longer be what is built today.
const version = 4

const indexSchema = z.object({
  version: z.literal(version),
  source: z.string(),
  size: z.number().int().positive(),
  channels: z.union([z.literal(1), z.literal(3)]),
  fingerprint: z.string(),
  content: z.string(),
  reading: readingSchema,
  notes: z.array(z.string()),
  listed: z.array(z.string()),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  items: z.array(
    z.object({
      name: z.string(),
      label: z.string().optional(),
      group: z.string().optional(), // left out when it is the name
      split: z.enum(['train', 'test', 'validation']).optional(),
      copyOf: z.string().optional(),
      like: z.string().optional(),
    }),
  ),
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

export function pixelsPath(directory: string): string {
  return join(directory, 'pixels.u8')
}

/** The index of the store in `directory`; undefined when there is none, or not a whole one of this version. */
export function readIndex(directory: string): StoreIndex | undefined {
  try {
    regularFile(join(directory, 'index.json'))
    const index = indexSchema.parse(JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')))
    const bytes = index.items.length * index.size * index.size * index.channels
    if (statSync(pixelsPath(directory)).size !== bytes) return undefined
    const items = index.items.map(({ name, label, group = name, split, copyOf, like }) => ({
      ...{ name, label, group, split },
      ...(copyOf !== undefined && { copyOf }),
      ...(like !== undefined && { like }),
    }))
    return { ...index, items }
  } catch {
    return undefined
  }
}

export function writeIndex(directory: string, index: StoreIndex): void {
  const items = index.items.map(item => (item.group === item.name ? { ...item, group: undefined } : item))
  writeFileAtomic(join(directory, 'index.json'), JSON.stringify({ version, ...index, items }))
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
    const written = existsSync(pixelsPath(part)) ? pixelsPath(part) : part
    try {
      if (Date.now() - statSync(written).mtimeMs > 3_600_000) rmSync(part, { recursive: true, force: true })
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error // else its process has just finished
    }
  }
}
