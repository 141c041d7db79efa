import { host } from '#host'
import { placeOf } from '../assembly/programs.js'
import type { SampleSet } from '../data/index.js'
import type { Medium } from '../data/media.js'
import { LacunaError } from '../errors.js'
import { mainEncoder } from '../methods/method.js'
import type { Place, PlaceOptions } from '../nn/vectors.js'
import type { DeviceName } from '../program/devices.js'
import { type OpenedRun, runsOf } from '../runs/run.js'
import { wantPictures } from './arguments.js'
import { baselines, countsOf } from './baselines.js'
import type { Collapse } from './health.js'
import { checkTemperature } from './knn.js'
import { checkedLabels, defaultLabels, type LabelledParts, labelledParts, manyIn } from './labelled.js'
import { type LayerScores, scoreLayers } from './layers.js'
import { type Column, scoreAll, scoreWithAll } from './rounds.js'
import { type Runners, runnersOf } from './runners.js'
import {
  balancedOf,
  type Contender,
  contenderNames,
  contendersIn,
  recallOf,
  type Scored,
  type Scores,
  type Summary,
  scored,
} from './scores.js'
import { sourcesOf } from './sources.js'

export { type Contender, contenderNames, contendersIn, type Scored, type Scores, type Summary }

/** `evaluation.json` */
export interface Evaluation {
  /** What was evaluated; pictures unless told */
  readonly medium?: Medium
  /** The column that the labels are of, where one was chosen */
  readonly label?: string
  /** Accuracy of weighted kNN, all training labels: mean over the seeds */
  readonly knn: Scores
  /** Accuracy of the linear probe with the most labels tried: mean over the seeds */
  readonly probe: Scores
  /** Labelled training pictures */
  readonly labelled: number
  /** Test pictures */
  readonly tested: number
  readonly classes: number
  /** 1 / classes, of accuracy and of balanced accuracy */
  readonly chance: number
  /** Share of the test pictures that are of the commonest class to learn from: 0 when it is not tested at all */
  readonly majority: number
  /** That class */
  readonly commonest: string
  readonly seeds: number
  /** Steps that each run had taken */
  readonly steps: readonly number[]
  /** Neighbours that voted */
  readonly k: number
  /** Where in the encoder the vectors were taken, trained and random alike: not so the pixels */
  readonly place: Place
  readonly knns: Scored
  /** Linear probes with few labels and with more: labelled pictures of each class, or all there are */
  readonly probes: readonly ProbeScores[]
  /** The classes of the test part, in their order */
  readonly perClass: readonly ClassScores[]
  /** Signs of collapse of the first trained encoder on the test pictures */
  readonly health: Collapse
  /** Balanced accuracy of the linear probe with all labels by layer, where that was asked for */
  readonly layers?: readonly LayerScores[]
  /** The same by other columns of labels, where several were asked for */
  readonly further?: readonly Evaluation[]
  readonly notes: readonly string[]
}

/** All that was told by labels, each column for itself. */
export const columnsIn = (e: Evaluation): readonly [Evaluation, ...Evaluation[]] => [e, ...(e.further ?? [])]

/** A linear probe. */
export interface ProbeScores extends Scored {
  readonly labelsPerClass: number | 'all'
  /** Of sound: on means over time, or on means and deviations */
  readonly pool?: 'mean' | 'mean-sd'
}

/** How the pictures of one class are told: shares told right (recall), means over the seeds. */
export interface ClassScores {
  readonly label: string
  /** Labelled pictures to learn from */
  readonly training: number
  /** Test pictures, at least 1 */
  readonly tested: number
  readonly knn: Scores
  /** The linear probe with the most labels tried */
  readonly probe: Scores
}

export interface EvaluateOptions extends PlaceOptions {
  /** Random encoders, and sets of five draws of the labelled pictures; default 3, or as many as there are runs */
  readonly seeds?: number
  /** Labels per class of the probes; default 10 and 100 where there are enough, and all up to 5,000 pictures */
  readonly labels?: readonly (number | 'all')[]
  /** Labelled pictures to learn from, at most: drawn once, the same for all contenders and seeds; all unless told */
  readonly labelled?: number
  /** Samples to test on, in place of a test part: of another corpus, other speakers. All of them are tested. */
  readonly test?: SampleSet
  /** Probes every layer of the encoder too */
  readonly layers?: boolean
  readonly k?: number
  readonly temperature?: number
  readonly device?: DeviceName
  readonly threads?: number
  readonly onProgress?: (stage: string) => void
}

/**
 * Scores what a run has learnt by weighted kNN and linear probes on labelled pictures or recordings, beside the same encoder at
 * random initialisation and what is known without one: raw pixels and, where there are any, how often each colour occurs and where; log-mel with deltas, and MFCC.
 *
 * @param from a run or its folder, or runs that differ in their seed or the folder in which they lie
 * @param pictures opened as the run's were; their own train / test split, or one fifth for the test
 * @throws LacunaError when there is no run, no labels, or one class only, or an option is out of its range
 */
export async function evaluate(
  from: string | OpenedRun | readonly OpenedRun[],
  pictures: SampleSet,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  wantPictures('evaluate', pictures)
  checkRanges(options)
  const runs = runsOf('evaluate', from)
  const runners = runnersOf(host, options.threads)
  try {
    return await evaluated(runners, runs, pictures, options)
  } finally {
    await runners.close()
  }
}

async function evaluated(
  runners: Runners,
  runs: readonly [OpenedRun, ...OpenedRun[]],
  pictures: SampleSet,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { labelled: most, test: apart } = options
  const seen = runs.every(({ config }) => config.data.fingerprint === pictures.fingerprint)
  const parts = labelledParts(pictures, { most, test: apart, seen })
  const { training, test, classes } = parts
  const amounts = checkedLabels(options.labels, training, classes) ?? defaultLabels(training, classes)
  const seeds = runs.length > 1 ? runs.length : (options.seeds ?? 3)
  const place = placeOf(runs[0].assembly(), options)
  const medium = mediumOf(runs[0])
  const planned = probesFor(amounts, medium, options)
  const found = await scoreAll(runners, sourcesOf(runs, parts, options, medium), { ...options, seeds, probes: planned })
  const knns = scored(found.column(0))
  const probes = planned.map(({ wide, ...probe }, i) => ({ ...probe, ...scored(found.column(i + 1)) }))
  const last = probes.at(-1)
  if (last === undefined) throw new LacunaError('no probe: give at least one number of labels', 2)
  const { notes, ...common } = commonestOf(parts)
  return {
    medium,
    ...(pictures.label !== undefined && { label: pictures.label }),
    knn: knns.mean,
    probe: last.mean,
    labelled: training.items.length,
    tested: test.items.length,
    classes: classes.length,
    chance: 1 / classes.length,
    ...common,
    notes: [...notes, ...fewerNeighbours(options.k, found.k, parts)],
    seeds,
    steps: runs.map(run => run.checkpoint().step),
    k: found.k,
    place,
    knns,
    probes,
    perClass: perClassOf(parts, found.column),
    health: found.health,
    ...(options.layers && { layers: await byLayer(runners, runs, parts, options, medium) }),
  }
}

function byLayer(
  runners: Runners,
  runs: readonly [OpenedRun, ...OpenedRun[]],
  parts: LabelledParts,
  options: EvaluateOptions,
  medium: Medium,
): Promise<LayerScores[]> {
  const probe = async (contender: 'trained' | 'random', place: PlaceOptions) => {
    const source = sourcesOf(runs, parts, { ...options, ...place, ...(medium === 'audio' && { pool: 'mean' }) }, medium)
    return balancedOf(await scoreWithAll(runners, await source[contender].data(0), 0))
  }
  return scoreLayers(runs[0], probe, options.onProgress)
}

/** What a run learns from. */
export const mediumOf = (run: OpenedRun): Medium =>
  mainEncoder(run.assembly().learner)[1].reads === 'audio' ? 'audio' : 'image'

/** Of sound each with means over time, and again with deviations beside them, unless one of the two is asked for. */
function probesFor(amounts: readonly (number | 'all')[], medium: Medium, { pool }: EvaluateOptions) {
  const all = (wide: boolean, pool?: 'mean' | 'mean-sd') =>
    amounts.map(labelsPerClass => ({ labelsPerClass, wide, ...(pool && { pool }) }))
  if (medium === 'image') return all(false)
  if (pool === undefined) return [...all(false, 'mean'), ...all(true, 'mean-sd')]
  return all(false, pool === 'mean-sd' ? 'mean-sd' : 'mean')
}

/** What it is worth to answer with the commonest class always, and the notes. */
function commonestOf({ labels: { training, test }, classes, notes }: LabelledParts) {
  const counts = countsOf(training, classes.length)
  const { majority } = baselines(training, test, classes.length)
  const commonest = classes[counts.indexOf(Math.max(...counts))] ?? ''
  const missed = `The commonest class to learn from (${commonest}) is not in the test part: to guess it is never right.`
  return { majority, commonest, notes: majority === 0 ? [...notes, missed] : notes }
}

/** Said where fewer neighbours vote than were asked for. */
function fewerNeighbours(asked: number | undefined, k: number, { training, classes }: LabelledParts): string[] {
  if (asked === undefined || asked <= k) return []
  return [
    `kNN: ${k} neighbours vote, not ${asked}: at most half as many as a class has labelled ${manyIn(training)} to learn from on average (${training.items.length} of ${classes.length} classes), so that the right class can win.`,
  ]
}

function perClassOf({ labels: { training, test }, classes }: LabelledParts, column: Column): ClassScores[] {
  const [learnt, tested] = [training, test].map(labels => countsOf(labels, classes.length))
  return classes.flatMap((label, i) => {
    const count = tested?.[i] ?? 0
    if (count === 0) return []
    const [knn, probe] = [recallOf(column(0), i), recallOf(column(-1), i)]
    return [{ label, training: learnt?.[i] ?? 0, tested: count, knn, probe }]
  })
}

/** @throws LacunaError (wrong usage) that names the flag */
function checkRanges({ seeds, labelled, k, temperature }: EvaluateOptions): void {
  for (const [flag, value] of Object.entries({ seeds, labelled, k }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      throw new LacunaError(`--${flag} ${value}: a whole number of at least 1 is expected`, 2)
  if (temperature !== undefined) checkTemperature(temperature)
}
