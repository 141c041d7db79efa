import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Evaluation } from '../evaluation/evaluate.js'
import type { Pretext } from '../evaluation/pretext.js'

/** What `lacuna evaluate` left in a folder, if anything that can be read. */
export const readEvaluation = (directory: string): Evaluation | undefined =>
  read<Evaluation>(join(directory, 'evaluation.json'), 'perClass')

/** What `lacuna pretext` left in a run, if anything that can be read. */
export const readPretext = (directory: string): Pretext | undefined =>
  read<Pretext>(join(directory, 'pretext.json'), 'measures')

/** A report does without what is missing, damaged or of an older version. */
function read<Result>(path: string, has: string): Result | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof found === 'object' && found !== null && has in found ? (found as Result) : undefined
  } catch {
    return undefined
  }
}
