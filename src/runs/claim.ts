import { mkdirSync, readdirSync } from 'node:fs'
import { LacunaError } from '../errors.js'
import { isFolder, isThere, writeError } from '../files.js'
import { hasCheckpoint } from './checkpoint.js'
import { readConfig } from './config.js'

/** What a run has before its first checkpoint. */
const beginnings = /^(config\.json|tokenizer\.json|metrics\.jsonl|checkpoint|.*\.\d+\.part)$/
/** Before all else: a process that is killed while it writes its first file leaves no more. */
const earliest = /^(lock\.json|(lock|config)\.json\.\d+\.part)$/

export interface ClaimOptions {
  /** Files of a run without its configuration are this training's own: it wrote them while the folder was being taken away */
  readonly strays?: boolean
}

/**
 * Makes the folder of a run. One with something in it is refused, but for a run that never came to its first checkpoint.
 * @throws LacunaError (wrong usage) when something else is there
 */
export function claim(directory: string, options: ClaimOptions = {}): void {
  refuseOccupied(directory, options)
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw writeError(directory, error)
  }
}

/** The same, and makes nothing. */
export function refuseOccupied(directory: string, { strays = false }: ClaimOptions = {}): void {
  if (!isThere(directory)) return
  if (!isFolder(directory)) throw new LacunaError(`${directory}: is a file; choose another --out`, 2)
  const names = readdirSync(directory).filter(name => !earliest.test(name))
  const own = strays && !names.includes('config.json')
  if (!own && hasCheckpoint(directory))
    throw new LacunaError(`${directory}: a run is there already; go on with --resume, or choose another --out`, 2)
  if (names.length > 0 && !(names.every(name => beginnings.test(name)) && (own || hasConfig(directory))))
    throw new LacunaError(`${directory}: the folder is not empty; choose another --out`, 2)
}

/** The place itself where nothing is there, or the first beside it that is free: `photos`, `photos-2`, `photos-3`, … */
export function freePlace(wanted: string): string {
  let place = wanted
  for (let i = 2; isThere(place); i++) place = `${wanted}-${i}`
  return place
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
