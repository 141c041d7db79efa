import { join } from 'node:path'
import type { AcrossEvaluation } from '../evaluation/across/evaluate.js'
import type { Evaluation } from '../evaluation/evaluate.js'
import type { FrameEvaluation } from '../evaluation/frames/evaluate.js'
import type { Pretext } from '../evaluation/pretext.js'
import { textOf } from '../files.js'

/** What `lacuna evaluate` left in a folder, if it can be read and the run has taken no steps since. */
export function readEvaluation(directory: string, step: number): Evaluation | undefined {
  const found = read<Evaluation>(join(directory, 'evaluation.json'), 'perClass')
  return found?.steps?.[0] === step ? found : undefined
}

/** What `lacuna evaluate` left of frames, on the same conditions. */
export function readFrames(directory: string, step: number): FrameEvaluation | undefined {
  const found = read<FrameEvaluation>(join(directory, 'frames.json'), 'probe')
  return found?.steps?.[0] === step ? found : undefined
}

/** What `lacuna evaluate` left of channels that are compared, on the same conditions. */
export function readAcross(directory: string, step: number): AcrossEvaluation | undefined {
  const found = read<AcrossEvaluation>(join(directory, 'across.json'), 'tasks')
  return found?.steps?.[0] === step ? found : undefined
}

/** What `lacuna pretext` left in a run, if it can be read and the run has taken no steps since. */
export function readPretext(run: string, step: number): Pretext | undefined {
  const found = read<Pretext>(join(run, 'pretext.json'), 'measures')
  return found?.step === step ? found : undefined
}

/** A report does without what is missing, damaged or of an older version. */
function read<Result>(path: string, has: string): Result | undefined {
  try {
    const found: unknown = JSON.parse(textOf(path))
    return typeof found === 'object' && found !== null && has in found ? (found as Result) : undefined
  } catch {
    return undefined
  }
}
