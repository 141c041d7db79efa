import type { Evaluation } from '../../evaluation/evaluate.js'
import type { Collapse } from '../../evaluation/health.js'
import type { Pretext } from '../../evaluation/pretext.js'
import type { MetricsLine } from '../../training/metrics.js'
import { readCurve } from './reading.js'
import { rules } from './rules.js'

/** What became of a training, worst first. */
export type VerdictState =
  | 'untrained'
  | 'diverged'
  | 'rising'
  | 'chance'
  | 'collapsed'
  | 'shortcut'
  | 'memorised'
  | 'no gain'
  | 'stopped'
  | 'short'
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
  readonly metrics: readonly MetricsLine[]
  /** Steps that were planned */
  readonly steps: number
  /** Of the vectors of some pictures */
  readonly health?: Collapse | undefined
  /** The task on some pictures */
  readonly pretext?: Pretext | undefined
  readonly evaluation?: Evaluation | undefined
}

/** What was learnt beside chance, and what to try next: the first rule that fits says it. */
export function verdictOf(input: VerdictInput): Verdict {
  const curve = readCurve(input.metrics)
  if (curve === undefined)
    return {
      state: 'untrained',
      alarm: true,
      text: 'Not a step was taken: the network is as it began.',
      advice: 'Train it: `lacuna pretrain … --resume`.',
    }
  for (const rule of rules) {
    const verdict = rule({ ...input, curve })
    if (verdict !== undefined) return { ...verdict, text: `${verdict.text}${byLabels(input)}` }
  }
  throw new Error('verdict: the last rule fits everything')
}

function byLabels({ evaluation }: VerdictInput): string {
  if (evaluation === undefined) return ''
  const { trained, random, raw } = evaluation.knns.balanced.mean
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return ` By labels, kNN tells ${percent(trained)} right (balanced), beside ${percent(random)} with an untrained encoder and ${percent(raw)} by raw pixels.`
}

/** As a command ends: the sentence and the advice; an alarm is marked as one. */
export const verdictText = ({ alarm, text, advice }: Verdict): string => `${alarm ? 'Alarm: ' : ''}${text} ${advice}`
