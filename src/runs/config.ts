import { z } from 'zod'
import { type RunConfig, runConfig } from '../assembly/config.js'
import { issuesOf, LacunaError, messageOf } from '../errors.js'
import { folderOf, type RunPlace } from './folder.js'

const FILE = 'config.json'

export const isRun = (run: RunPlace): boolean => folderOf(run).has(FILE)

export function writeConfig(run: RunPlace, config: RunConfig): void {
  folderOf(run).write(FILE, `${JSON.stringify(config, undefined, 2)}\n`)
}

/** @throws LacunaError when the folder is no run or its config.json was damaged */
export function readConfig(run: RunPlace): RunConfig {
  const folder = folderOf(run)
  const text = folder.read(FILE)
  if (text === undefined)
    throw new LacunaError(`${folder.at()}: ${folder.instead()}; name the --out folder of \`lacuna pretrain\``)
  try {
    return runConfig.parse(JSON.parse(text))
  } catch (error) {
    const problem = error instanceof z.ZodError ? issuesOf(error) : messageOf(error)
    throw new LacunaError(`${folder.at(FILE)}: damaged or from another version of Lacuna (${problem}); train again`)
  }
}
