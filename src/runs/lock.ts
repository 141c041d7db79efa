import { closeSync, linkSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { errorCode, isWrongUsage, LacunaError } from '../errors.js'
import { isThere, removeTorn, textOf, writeError } from '../files.js'

/** Who trains a run at the moment. */
interface Owner {
  readonly pid: number
  readonly host: string
  /** When its process began, in the system's own count: a later process of the same number is another one */
  readonly began: string | undefined
  readonly since: string
}

export interface Lock {
  /**
   * Whether the folder still is the one that was locked: it may be gone, moved or removed. Where only the lock was missing it is
   * taken again, though that may be a folder that was removed and made anew: file systems give their numbers again. Where another
   * training has taken it, it is gone.
   */
  held(): 'held' | 'retaken' | 'gone'
  /** Locks the folder again, after it was made anew there or elsewhere. @throws LacunaError when another training has taken it */
  again(place: string): void
  release(): void
}

/**
 * Takes a run folder for this training alone, and removes what killed processes left half written in it. A lock of a process
 * that has ended does not hold.
 *
 * @param directory is there
 * @throws LacunaError (wrong usage) when another training holds it
 */
export function lockRun(directory: string): Lock {
  const text = `${JSON.stringify({ ...identity(process.pid), since: new Date().toISOString() })}\n`
  let path = lockIn(directory)
  take(directory, path, text)
  for (const folder of ['', 'checkpoint', 'samples']) removeTorn(join(directory, folder))
  let place = directory
  let folder = identityOf(place)
  const again = (next: string) => {
    take(next, lockIn(next), text)
    place = next
    path = lockIn(next)
    folder = identityOf(next)
  }
  const held = () => {
    if (contentOf(path) === text) return 'held'
    if (identityOf(place) !== folder) return 'gone'
    try {
      again(place)
      return 'retaken'
    } catch (error) {
      if (isWrongUsage(error)) return 'gone'
      throw error
    }
  }
  const release = () => {
    process.off('exit', release)
    if (contentOf(path) === text) rmSync(path, { force: true })
  }
  process.on('exit', release)
  return { held, again, release }
}

const lockIn = (directory: string): string => join(directory, 'lock.json')

/** Whether there is a lock in a folder, of a training that may have ended. */
export const isLocked = (directory: string): boolean => isThere(lockIn(directory))

function take(directory: string, path: string, text: string): void {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (created(path, text)) return
    const found = contentOf(path)
    if (found === undefined) continue // let go just now
    const owner = parsed(found)
    if (owner !== undefined && isAlive(owner)) throw taken(directory, path, owner)
    moveAside(path, found)
  }
  throw new LacunaError(`${directory}: other processes keep taking this run; choose another --out`, 2)
}

function created(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx')
    try {
      writeSync(file, text)
    } finally {
      closeSync(file)
    }
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw writeError(path, error)
  }
}

/** Removes a lock that does not hold; one that another process took in the same moment is put back. */
function moveAside(path: string, stale: string): void {
  const aside = `${path}.${process.pid}.part`
  try {
    renameSync(path, aside)
    if (contentOf(aside) !== stale) linkSync(aside, path)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(errorCode(error) ?? '')) throw writeError(path, error)
  } finally {
    rmSync(aside, { force: true })
  }
}

function taken(directory: string, path: string, { pid, host, since }: Owner): LacunaError {
  if (host !== hostname())
    return new LacunaError(
      `${directory}: is being trained by process ${pid} on ${host} since ${since}; choose another --out, or remove ${path} if that process has ended`,
      2,
    )
  const who = pid === process.pid ? 'this process' : `process ${pid}`
  return new LacunaError(
    `${directory}: is being trained by ${who} since ${since}; wait for it to end, or choose another --out`,
    2,
  )
}

function isAlive({ pid, host, began }: Owner): boolean {
  if (host !== hostname()) return true // nobody here can tell
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false
  }
  return began === identity(pid).began
}

function identity(pid: number): Omit<Owner, 'since'> {
  // the 22nd field of Linux's stat; the second, a name in brackets, may hold anything
  const stat = contentOf(`/proc/${pid}/stat`)
  const began = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return { pid, host: hostname(), began }
}

function parsed(text: string): Owner | undefined {
  try {
    const { pid, host, began, since } = JSON.parse(text) as Partial<Owner>
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, began, since: since ?? '?' } : undefined
  } catch {
    return undefined // its process was killed while it wrote
  }
}

/** The same for a folder wherever it is moved, another one for the next of its name. */
function identityOf(directory: string): string | undefined {
  if (!isThere(directory)) return undefined
  const { dev, ino } = statSync(directory, { bigint: true })
  return `${dev} ${ino}`
}

function contentOf(path: string): string | undefined {
  try {
    return textOf(path)
  } catch {
    return undefined
  }
}
