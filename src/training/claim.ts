import { mkdirSync, readdirSync } from 'node:fs'
import { LacunaError } from '../errors.js'
import { isFolder, isThere, writeError } from '../files.js'
import { hasCheckpoint } from './checkpoint.js'
import { readConfig } from './config.js'

/** What a run has before its first checkpoint. */
const beginnings = /^(config\.json|metrics\.jsonl|lock\.json|checkpoint|.*\.\d+\.part)$/

/**
 * Makes the folder of a run. One with something in it is refused, but for a run that never came to its first checkpoint.
 * @throws LacunaError (wrong usage) when something else is there
 */
export function claim(directory: string): void {
  refuseOccupied(directory)
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw writeError(directory, error)
  }
}

/** The same, and makes nothing. */
export function refuseOccupied(directory: string): void {
  if (!isThere(directory)) return
  if (!isFolder(directory)) throw new LacunaError(`${directory}: is a file; choose another --out`, 2)
  if (hasCheckpoint(directory))
    throw new LacunaError(`${directory}: a run is there already; go on with --resume, or choose another --out`, 2)
  const names = readdirSync(directory).filter(name => name !== 'lock.json')
  if (names.length > 0 && !(names.every(name => beginnings.test(name)) && hasConfig(directory)))
    throw new LacunaError(`${directory}: the folder is not empty; choose another --out`, 2)
}

/** Other programs have a `config.json` too. */
function hasConfig(directory: string): boolean {
  try {
    readConfig(directory)
    return true
  } catch {
    return false
  }
}
