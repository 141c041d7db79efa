import type { SampleKind } from '../../data/media.js'
import type { AcrossEvaluation } from '../../evaluation/across/evaluate.js'
import type { Evaluation } from '../../evaluation/evaluate.js'
import type { Collapse } from '../../evaluation/health.js'
import type { Pretext } from '../../evaluation/pretext.js'
import type { MetricsLine } from '../../runs/metrics.js'

/** What became of a training, worst first. */
export type VerdictState =
  | 'untrained'
  | 'diverged'
  | 'rising'
  | 'chance'
  | 'few codes'
  | 'collapsed'
  | 'shortcut'
  | 'memorised'
  | 'no gain'
  | 'stopped'
  | 'short'
  | 'alike'
  | 'narrow'
  | 'solved'
  | 'falling'
  | 'settled'

export interface Verdict {
  readonly state: VerdictState
  /** Something is wrong, and more of the same will not help */
  readonly alarm: boolean
  /** What was learnt beside chance, in a sentence */
  readonly text: string
  /** What to try next, in a sentence */
  readonly advice: string
}

/** What a verdict is found from; what is not known is left out. */
export interface VerdictInput {
  readonly method: string
  /** What it learns from; pictures unless told */
  readonly medium?: SampleKind | undefined
  readonly metrics: readonly MetricsLine[]
  /** Steps that were planned */
  readonly steps: number
  /** Of the vectors of some pictures */
  readonly health?: Collapse | undefined
  /** The task on some pictures */
  readonly pretext?: Pretext | undefined
  readonly evaluation?: Evaluation | undefined
  readonly across?: AcrossEvaluation | undefined
}
