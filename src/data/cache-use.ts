import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { errorCode } from '../errors.js'

const prefix = 'open-by-'
/** A process of another machine cannot be asked whether it lives; after this long, nobody waits for it. */
const FORGOTTEN = 7 * 24 * 3_600_000

let opened = 0

/**
 * Marks a store as used now and open, so that nobody who tidies up removes it. A cache that cannot be written is used
 * without a mark.
 *
 * @returns what takes the mark away again
 */
export function markUse(directory: string): () => void {
  const mark = join(directory, `${prefix}${process.pid}-${opened++}`)
  try {
    const now = new Date()
    utimesSync(join(directory, 'index.json'), now, now)
    writeFileSync(mark, hostname())
  } catch {
    return () => undefined
  }
  return () => rmSync(mark, { force: true })
}

export const isMark = (name: string): boolean => name.startsWith(prefix)

/** Whether a store is open in a process that lives. */
export function isInUse(directory: string): boolean {
  return readdirSync(directory).some(name => isMark(name) && lives(join(directory, name)))
}

function lives(mark: string): boolean {
  const pid = Number(/open-by-(\d+)-\d+$/.exec(mark)?.[1])
  try {
    // One of another machine is smaller than nothing that this machine could tell: its age has to do
    const { mtimeMs } = statSync(mark)
    if (Date.now() - mtimeMs > FORGOTTEN) return pid === process.pid
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
