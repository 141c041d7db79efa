import { type RunConfig, runConfig } from '../assembly/config.js'
import { LacunaError, messageOf, parsedBy } from '../errors.js'
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
  const damaged = (problem: string) =>
    new LacunaError(`${folder.at(FILE)}: damaged or from another version of Lacuna (${problem}); train again`)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw damaged(messageOf(error))
  }
  const parsed = parsedBy(runConfig, document)
  if (parsed.problem === undefined) return parsed.data
  if (!parsed.unknownOnly) throw damaged(parsed.problem)
  throw new LacunaError(
    `${folder.at(FILE)}: ${parsed.problem}; nothing else is wrong in it, remove that to read the run`,
  )
}
