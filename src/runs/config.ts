import { join } from 'node:path'
import { z } from 'zod'
import { type RunConfig, runConfig } from '../assembly/config.js'
import { errorCode, LacunaError, messageOf, issuesOf } from '../errors.js'
import { isFolder, isThere, readError, writeFileAtomic, textOf } from '../files.js'

const pathOf = (directory: string) => join(checkedRun(directory), 'config.json')

/** @throws LacunaError (wrong usage) for anything but a path: the library is called without types too */
export function checkedRun(directory: unknown): string {
  if (typeof directory === 'string' && directory !== '') return directory
  throw new LacunaError(`the folder of a run is expected, as in 'runs/photos', not ${JSON.stringify(directory)}`, 2)
}

export const isRun = (directory: string): boolean => isThere(pathOf(directory))

export function writeConfig(directory: string, config: RunConfig): void {
  writeFileAtomic(pathOf(directory), `${JSON.stringify(config, undefined, 2)}\n`)
}

/** @throws LacunaError when the folder is no run or its config.json was damaged */
export function readConfig(directory: string): RunConfig {
  const path = pathOf(directory)
  let text: string
  try {
    text = textOf(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw readError(path, error)
    throw new LacunaError(`${directory}: ${missing(directory)}; name the --out folder of \`lacuna pretrain\``)
  }
  try {
    return runConfig.parse(JSON.parse(text))
  } catch (error) {
    const problem = error instanceof z.ZodError ? issuesOf(error) : messageOf(error)
    throw new LacunaError(`${path}: damaged or from another version of Lacuna (${problem}); train again`)
  }
}

function missing(directory: string): string {
  if (!isThere(directory)) return 'no such folder'
  return isFolder(directory) ? 'not a run folder (no config.json)' : 'is a file, not a run folder'
}

