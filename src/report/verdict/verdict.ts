import { acrossSaid } from '../across-lines.js'
import { worded } from '../words.js'
import { readCurve } from './reading.js'
import { rules } from './rules.js'
import type { Verdict, VerdictInput } from './types.js'

export type { Verdict, VerdictInput, VerdictState } from './types.js'

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
    if (verdict === undefined) continue
    const say = (sentence: string) => worded(sentence, input.medium ?? 'image')
    return { ...verdict, text: say(`${verdict.text}${byLabels(input)}${byOthers(input)}`), advice: say(verdict.advice) }
  }
  throw new Error('verdict: the last rule fits everything')
}

function byLabels({ evaluation }: VerdictInput): string {
  if (evaluation === undefined) return ''
  const { trained, random, raw } = evaluation.knns.balanced.mean
  const by = evaluation.label === undefined ? 'By labels' : `By ${evaluation.label}`
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return ` ${by}, kNN tells ${percent(trained)} right (balanced), beside ${percent(random)} with an untrained encoder and ${percent(raw)} by raw pixels.`
}

const byOthers = ({ across }: VerdictInput): string => (across === undefined ? '' : ` ${acrossSaid(across)}`)

/** As a command ends: the sentence and the advice; an alarm is marked as one. */
export const verdictText = ({ alarm, text, advice }: Verdict): string => `${alarm ? 'Alarm: ' : ''}${text} ${advice}`
