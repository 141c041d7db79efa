import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { type Channel, channelSchema } from '../channels/channel.js'
import { errorCode, LacunaError, messageOf } from '../errors.js'
import { regularFile } from '../files.js'
import { isInUse, isMark } from './cache-use.js'
import { defaultCache, isStoreFile, looseIndex, readIndex, stateOfBroken } from './store.js'

/** A store of decoded pictures in a cache, or what is left of one. */
export interface CachedStore {
  readonly directory: string
  /** What was decoded; undefined where it cannot be told. */
  readonly source: string | undefined
  readonly channels: Readonly<Record<string, Channel>> | undefined
  readonly records: number | undefined
  readonly bytes: number
  readonly lastUsed: string
  /** `other version`: built by another version of Lacuna, which this one builds anew. `unfinished`: being built, or left by a process that was killed. */
  readonly state: 'ready' | 'other version' | 'unfinished' | 'damaged'
  readonly inUse: boolean
}

const storeName = /^[0-9a-f]{16}(\.part-[A-Za-z0-9]{6})?$/
// A store that is being built is written to all the time.
const BUILDING = 3_600_000

/**
 * The stores in a cache, those used last first. Whatever else lies there is passed over.
 * @param cache default as of {@link openPictures}
 */
export function listCache(cache = defaultCache()): CachedStore[] {
  if (!existsSync(cache)) return []
  const folders = readdirSync(cache, { withFileTypes: true }).filter(
    entry => entry.isDirectory() && storeName.test(entry.name),
  )
  const stores = folders.map(({ name }) => storeAt(join(resolve(cache), name))).filter(store => store !== undefined)
  return stores.sort((a, b) => (a.lastUsed < b.lastUsed ? 1 : -1))
}

/** undefined when something in the folder is not of a store of ours, or it has just gone. */
function storeAt(directory: string): CachedStore | undefined {
  try {
    const files = readdirSync(directory)
    const unfinished = directory.includes('.part-')
    if (!files.every(name => isStoreFile(name) || isMark(name))) return undefined
    const stats = files.map(name => regularFile(join(directory, name)))
    const written = Math.max(statSync(directory).mtimeMs, ...stats.map(({ mtimeMs }) => mtimeMs))
    const index = looseIndex(directory)
    const ready = readIndex(directory) !== undefined
    return {
      directory,
      source: text(index.source),
      channels: z.record(z.string(), channelSchema).safeParse(index.channels).data,
      records: typeof index.records === 'number' ? index.records : undefined,
      bytes: stats.reduce((sum, { size }) => sum + size, 0),
      lastUsed: new Date(written).toISOString(),
      state: unfinished ? 'unfinished' : ready ? 'ready' : stateOfBroken(index),
      inUse: isInUse(directory) || (unfinished && Date.now() - written < BUILDING),
    }
  } catch {
    return undefined
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

export interface ClearOptions {
  readonly cache?: string
  /** Milliseconds since a store was last used; younger ones stay. */
  readonly olderThan?: number
  /** Only stores of this source, of what lies in it, or the store in this folder. */
  readonly path?: string
}

/**
 * Removes stores from a cache. None that is open or being built, and nothing that is not a store of ours.
 * @throws LacunaError when one cannot be removed
 */
export function clearCache({ cache, olderThan = 0, path }: ClearOptions = {}): {
  removed: CachedStore[]
  kept: CachedStore[]
} {
  const wanted = path === undefined ? undefined : resolve(path)
  const chosen = listCache(cache).filter(({ directory, source, lastUsed }) => {
    const asked = wanted === undefined || directory === wanted || source === wanted || source?.startsWith(wanted + sep)
    return asked && Date.now() - Date.parse(lastUsed) >= olderThan
  })
  const removed = chosen.filter(({ inUse }) => !inUse)
  for (const { directory } of removed) remove(directory)
  return { removed, kept: chosen.filter(({ inUse }) => inUse) }
}

/** File by file: should another have put something else there meanwhile, the folder stays. */
function remove(directory: string): void {
  try {
    // Without its index a store is none, should this be interrupted
    for (const name of readdirSync(directory).sort()) rmSync(join(directory, name), { force: true })
    rmdirSync(directory)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw new LacunaError(`${directory}: cannot be removed: ${messageOf(error)}`)
  }
}
