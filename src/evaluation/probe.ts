import { accuracyOf, type Baselines, baselines, countsOf } from './baselines.js'
import { type Labelled, pickRows, standardiser, wantLabels } from './features.js'
import { validationSplit } from './labels.js'
import { classify, isSmall, type LogisticFit, type LogisticProblem, openLogistic } from './logistic.js'
import { type RunnerOptions, withRunner } from './with-runner.js'

export interface ProbeOptions extends RunnerOptions {
  /** C = 1 / λ to choose from, default 1e-3, 1e-2, … 1e3 */
  readonly penalties?: readonly number[]
  /** A key per training item: items of one group are never parted by the validation split. */
  readonly groups?: readonly string[]
  /** Share of the training items that chooses C, default 0.2 */
  readonly validation?: number
  readonly seed?: number
  /** Euclidean norm of the gradient at which the last fit stops, default 1e-6 */
  readonly tolerance?: number
  /** Of the last fit, default 1000 */
  readonly maxIterations?: number
}

export interface PenaltyTried {
  readonly C: number
  readonly validationAccuracy: number
  readonly iterations: number
}

export interface ProbeResult extends Baselines {
  /** Share of test rows classified rightly, 0 … 1 */
  readonly accuracy: number
  readonly predictions: Int32Array
  /** The C chosen: that of the best validation accuracy, of equals the smallest */
  readonly C: number
  /** What was tried, from the strongest penalty on; empty when nothing had to be or could be chosen */
  readonly sweep: readonly PenaltyTried[]
  /** Of the last fit, to all training rows with the C chosen; its classes are those that occur in training, ascending */
  readonly fit: LogisticFit
}

/** C when there is nothing to choose by. */
const unchosen = 1
/** The sweep only has to rank the penalties. */
const whileChoosing = { tolerance: 1e-3, maxIterations: 200 }

/**
 * Linear probe: multinomial logistic regression on frozen features, by L-BFGS.
 *
 * Features are standardised by the training rows. C = 1 / λ is chosen on a part of the training rows, each fit starting
 * from that of the next stronger penalty; then the classifier is fitted to all of them. The objective is
 * (Σ CE + ½λ‖W‖²) / n over the n training rows without penalty on the bias, so C means what it means in scikit-learn.
 * Where a class has a single training row, none can be spared to choose by, and C = 1.
 *
 * @throws RangeError when widths differ or labels are not in 0 … classes − 1
 */
export async function linearProbe(
  training: Labelled,
  test: Labelled,
  classes: number,
  { penalties = logarithmic(1e-3, 1e3, 7), tolerance, maxIterations, runner, ...split }: ProbeOptions = {},
): Promise<ProbeResult> {
  wantLabels('probe training', training, classes)
  wantLabels('probe test', test, classes)
  // a class without training rows would be fitted by a bias that falls for ever: it is left out, and never predicted
  const learnt = [...new Set(Array.from(training.labels))].sort((a, b) => a - b)
  const labels = Int32Array.from(training.labels, label => learnt.indexOf(label))
  const standardise = standardiser(training.features)
  const standardised = { features: standardise(training.features), labels }
  const threads = isSmall(training.features) ? 1 : undefined
  const { fit, ...chosen } = await withRunner({ runner, threads }, async runner => {
    const problem = await openLogistic(runner, standardised, learnt.length)
    try {
      const { start, ...chosen } = await choose(problem, standardised, learnt.length, penalties, split)
      return { ...chosen, fit: await problem.fit(chosen.C, { start, tolerance, maxIterations }) }
    } finally {
      await problem.close()
    }
  })
  const predictions = classify(fit, standardise(test.features)).map(place => learnt[place] ?? -1)
  const accuracy = accuracyOf(predictions, test.labels)
  return { accuracy, predictions, ...chosen, fit, ...baselines(training.labels, test.labels, classes) }
}

/** `count` numbers from `low` to `high`, each the same factor above the one before. */
export function logarithmic(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((low * (high / low) ** (i / (count - 1))).toPrecision(6)))
}

async function choose(
  problem: LogisticProblem,
  { features, labels }: Labelled,
  classes: number,
  penalties: readonly number[],
  { groups, validation: share, seed }: ProbeOptions,
): Promise<{ C: number; sweep: PenaltyTried[]; start?: Float64Array }> {
  const [only = unchosen] = penalties
  if (penalties.length < 2) return { C: only, sweep: [] }
  const { training: rows, validation } = validationSplit(labels, { groups, share, seed })
  if (countsOf(labels, classes).includes(1) || rows.length === 0 || validation.length === 0)
    return { C: unchosen, sweep: [] }

  const held = pickRows(features, validation)
  const answers = Int32Array.from(validation, position => labels[position] ?? 0)
  const sweep: PenaltyTried[] = []
  let best: { C: number; accuracy: number; start: Float64Array } | undefined
  let start: Float64Array | undefined
  for (const C of [...penalties].sort((a, b) => a - b)) {
    const fit = await problem.fit(C, { rows, start, ...whileChoosing })
    const accuracy = accuracyOf(classify(fit, held), answers)
    sweep.push({ C, validationAccuracy: accuracy, iterations: fit.iterations })
    if (best === undefined || accuracy > best.accuracy) best = { C, accuracy, start: fit.parameters }
    start = fit.parameters
  }
  return { C: best?.C ?? unchosen, sweep, start: best?.start }
}
