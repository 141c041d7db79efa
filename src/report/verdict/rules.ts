import { gainOf } from '../../evaluation/gain.js'
import { isCollapsed, saysTheSame } from '../../evaluation/health.js'
import { atChance, collapsedCodes, shortcuts } from '../../evaluation/pretext-alarms.js'
import { codesAdvice, contrastAtChance, contrastTold, fewCodes, fewCodesTold } from '../../runs/collapse.js'
import { many } from '../words.js'
import type { CurveReading } from './reading.js'
import type { Verdict, VerdictInput } from './types.js'
import { usuallyTakes, usualSteps } from './usual-steps.js'

type Case = VerdictInput & { readonly curve: CurveReading }
type Rule = (found: Case) => Verdict | undefined

/** A network that knows nothing begins at most about 1.3 times above chance, by the spread of its first guesses; siglip higher */
const FAR_ABOVE = 2
/** Share of the best gain that a curve may lose again: noise and restarts lose less */
const LOST = 0.5
/** The weakest training of docs/results.md that guesses better than chance on other pictures ends 3.8 % below it */
const LEFT = 0.02
/** Below this share of chance there is next to nothing left to learn; the easiest task of docs/results.md keeps 5.8 % */
const SOLVED = 0.02
/** Share of all that was learnt that came in the last four tenths of the steps, above which more steps are worth while */
const FALLING = 0.05
/** Standard errors that a difference must have to be believed */
const SURE = 3

/** Worst first; the last fits everything. */
export const rules: readonly Rule[] = [
  ({ curve: { first, end, chance, steps } }) =>
    end.mean > Math.max(FAR_ABOVE * chance, first)
      ? alarm(
          'diverged',
          `The training diverged: after ${count(steps)} steps the loss is ${figure(end.mean)}, and a network that knows nothing has ${figure(chance)}.`,
          'Train again with a tenth of the --lr, or with --clip 1.',
        )
      : undefined,

  ({ curve: { end, best, chance } }) => {
    const lost = end.mean - best.mean
    const sure = lost > SURE * (end.error + best.error)
    return best.mean < (1 - LEFT) * chance && lost > LOST * (chance - best.mean) && sure
      ? alarm(
          'rising',
          `The loss was down to ${figure(best.mean)} and has risen to ${figure(end.mean)}; a network that knows nothing has ${figure(chance)}.`,
          'Train again with a third of the --lr, or with --clip 1.',
        )
      : undefined
  },

  ({ curve: { codes, steps }, method }) =>
    contrastAtChance(codes)
      ? alarm(
          'chance',
          `Nothing was learnt in ${count(steps)} steps: ${contrastTold(codes)}.`,
          steps < usualSteps(method)
            ? `${count(steps)} steps are few: try --steps ${usualSteps(method)}; then a third of the --lr with --warmup 0.2; or hubert or best-rq.`
            : 'Train again with a third of the --lr and --warmup 0.2; or take hubert or best-rq, which learn from little data.',
        )
      : undefined,

  ({ curve, pretext, method }) => {
    const [told] = collapsedCodes(pretext)
    return fewCodes(curve.codes) || told !== undefined
      ? alarm('few codes', `${learnt(curve)}, but ${told ?? fewCodesTold(curve.codes)}.`, codesAdvice(method))
      : undefined
  },

  found => {
    const { curve, method } = found
    const { end, chance, steps } = curve
    const below = chance - end.mean
    if (below > Math.max(LEFT * chance, SURE * end.error)) return undefined
    const reached = `${figure(end.mean)} after ${count(steps)} steps, and a network that knows nothing has ${figure(chance)}`
    return alarm(
      'chance',
      below > LEFT * chance
        ? `The loss is not clearly below chance: ${reached}, and single batches differ by more: little was learnt, if anything.`
        : `The loss never left chance: ${reached}: nothing was learnt.`,
      steps < usualSteps(method)
        ? `${count(steps)} steps are few, ${usuallyTakes(method)} or more: try --steps ${usualSteps(method)}; then another --lr, or pictures with more to guess in them.`
        : 'Try another --lr (a third, three times), look with `lacuna preview` whether the task can be done at all on these pictures, or take another method.',
    )
  },

  ({ curve, health, method }) =>
    health !== undefined && isCollapsed(health)
      ? alarm(
          'collapsed',
          `${learnt(curve)}, but the encoder says nearly the same of every picture: two of them have a cosine of ${health.cosine.toFixed(3)}.`,
          curve.steps < usualSteps(method) / 2
            ? `Such vectors serve no search, but ${count(curve.steps)} steps are few: try --steps ${usualSteps(method)}; if it stays so, a third of the --lr.`
            : 'Such vectors serve no search: train again with a third of the --lr, or with another method.',
        )
      : undefined,

  ({ curve, pretext }) => {
    const [found] = shortcuts(pretext)
    return found === undefined
      ? undefined
      : alarm(
          'shortcut',
          `${learnt(curve)}, but in part by a shortcut: ${found}.`,
          "Leave the method's measures against shortcuts on (`lacuna methods` lists them), and use larger pictures.",
        )
  },

  ({ curve, pretext }) =>
    pretext?.heldOut && atChance(pretext).length > 0
      ? alarm(
          'memorised',
          `${learnt(curve)} on the pictures trained on, but not on others: there it is at chance.`,
          'Train on more pictures, or on wider crops of them; more steps on these will not help.',
        )
      : undefined,

  ({ curve, evaluation, method }) => {
    if (evaluation === undefined) return undefined
    const { share, none } = gainOf(evaluation)
    if (!none) return undefined
    const { tested, seeds } = evaluation
    const most =
      share > 0
        ? `at best ${points(share)} above it, which may be luck with ${count(tested)} test pictures and ${many(seeds, 'seed')}, or is next to nothing`
        : 'above it by no measure'
    return alarm(
      'no gain',
      `${learnt(curve)}, but by labels the encoder is no better than the same encoder at random initialisation: ${most}.`,
      curve.steps < usualSteps(method) ? `${usuallyTakes(method)} steps or more: train longer.` : longer(curve),
    )
  },

  ({ curve, steps }) =>
    curve.steps < steps
      ? fine(
          'stopped',
          `${learnt(curve)}, after ${count(curve.steps)} of ${count(steps)} steps.`,
          'The same command with --resume goes on.',
        )
      : undefined,

  ({ curve, method, evaluation }) =>
    evaluation === undefined && curve.steps < usualSteps(method) / 2
      ? fine(
          'short',
          `${learnt(curve)}, but ${count(curve.steps)} steps are few: ${usuallyTakes(method)} or more until its vectors are better than an untrained encoder's.`,
          `Train longer: --steps ${usualSteps(method)}.`,
        )
      : undefined,

  ({ curve, health }) =>
    health !== undefined && saysTheSame(health)
      ? fine(
          'alike',
          `${learnt(curve)}; the vectors of two pictures have a cosine of ${health.cosine.toFixed(3)}, and the pictures themselves one of ${health.alike?.toFixed(3)}: they are as alike as that.`,
          'Look at the task with `lacuna pretext`; for vectors that tell things apart, train on pictures that differ more.',
        )
      : undefined,

  // not an alarm: some methods learn much in few dimensions, MAE among them
  ({ curve, health }) => {
    const [problem] = health?.alarms ?? []
    return problem === undefined
      ? undefined
      : fine(
          'narrow',
          `${learnt(curve)}, but the vectors differ in few directions: ${problem}.`,
          'See with `lacuna evaluate` whether it matters, also with an earlier --layer; train longer, or on more varied pictures.',
        )
  },

  ({ curve }) =>
    curve.end.mean < SOLVED * curve.chance
      ? fine(
          'solved',
          `${learnt(curve)}: the task is solved, there is next to nothing left to learn from.`,
          'See with `lacuna pretext` whether it holds on other pictures; make the task harder, or take more pictures.',
        )
      : undefined,

  ({ curve }) => {
    const gain = lateGain(curve)
    return gain > FALLING
      ? fine(
          'falling',
          `${learnt(curve)}, and it was still falling: ${percent(gain)} of that came in the last four tenths of the steps.`,
          longer(curve),
        )
      : undefined
  },

  ({ curve, evaluation }) =>
    fine(
      'settled',
      `${learnt(curve)}, and it hardly fell any more in the last four tenths of the steps.`,
      evaluation === undefined
        ? 'See what it is worth with `lacuna evaluate` on labelled pictures; for more, a larger --encoder or more pictures.'
        : 'For more, take a larger --encoder or more pictures.',
    ),
]

/** Which part of all that was learnt came since the middle, 0 … 1; 0 where it may be noise. */
function lateGain({ middle, end, chance }: CurveReading): number {
  const fall = middle.mean - end.mean
  return fall > SURE * Math.hypot(middle.error, end.error) ? fall / (chance - end.mean) : 0
}

/** 'Loss 1.69 where a network that knows nothing has 4.84' */
function learnt({ end, chance, accuracy, luck }: CurveReading): string {
  const beside = luck === undefined ? '' : ` (chance ${percent(luck)})`
  const right = accuracy === undefined ? '' : `, ${percent(accuracy)} guessed right${beside}`
  return `Loss ${figure(end.mean)} where a network that knows nothing has ${figure(chance)}${right}`
}

const longer = ({ steps }: CurveReading): string => `Train longer: twice the steps would be --steps ${2 * steps}.`

const alarm = (state: Verdict['state'], text: string, advice: string): Verdict => ({ state, alarm: true, text, advice })
const fine = (state: Verdict['state'], text: string, advice: string): Verdict => ({ state, alarm: false, text, advice })

const figure = (value: number): string => (value < 1e4 ? `${Number(value.toPrecision(3))}` : value.toExponential(1))
const count = (value: number): string => value.toLocaleString('en')
const points = (share: number): string => `${(100 * share).toFixed(1)} points`
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
