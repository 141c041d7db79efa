import { host } from '#host'
import { placeOf } from '../assembly/programs.js'
import type { SampleSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import type { Place, PlaceOptions } from '../nn/vectors.js'
import type { DeviceName } from '../program/devices.js'
import { type OpenedRun, runsOf } from '../runs/run.js'
import { wantPictures } from './arguments.js'
import { baselines, countsOf } from './baselines.js'
import { type Embedder, openEncoder, untrainedEncoder } from './encoder.js'
import { type Features, type Labelled, pickLabelled } from './features.js'
import { type Collapse, collapse } from './health.js'
import { checkTemperature, nearestNeighbours } from './knn.js'
import { checkedLabels, defaultLabels, labelledParts, labelsOf, pixels } from './labelled.js'
import { balancedSubset } from './labels.js'
import { linearProbe } from './probe.js'
import { type Runners, runnersOf } from './runners.js'
import {
  type Contender,
  contenders,
  meanScore,
  recallOf,
  type Score,
  type Scored,
  type Scores,
  type Summary,
  scored,
  scoreOf,
} from './scores.js'

export { type Contender, contenders, type Scored, type Scores, type Summary }

/** `evaluation.json` */
export interface Evaluation {
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
  readonly probes: readonly (Scored & { readonly labelsPerClass: number | 'all' })[]
  /** The classes of the test part, in their order */
  readonly perClass: readonly ClassScores[]
  /** Signs of collapse of the first trained encoder on the test pictures */
  readonly health: Collapse
  readonly notes: readonly string[]
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
  readonly k?: number
  readonly temperature?: number
  readonly device?: DeviceName
  readonly threads?: number
  readonly onProgress?: (stage: string) => void
}

/**
 * Scores what a run has learnt by weighted kNN and linear probes on labelled pictures, beside the same encoder at random
 * initialisation and the raw pixels.
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
  const place = placeOf(runs[0].assembly(), options)
  const { training, test, classes, notes } = labelledParts(pictures, options.labelled)
  const seeds = runs.length > 1 ? runs.length : (options.seeds ?? 3)
  const amounts = checkedLabels(options.labels, training, classes) ?? defaultLabels(training, classes)
  const labels = { training: labelsOf(training, classes), test: labelsOf(test, classes) }
  const counts = { training: countsOf(labels.training, classes.length), test: countsOf(labels.test, classes.length) }
  const groups = training.items.map(({ group }) => group)
  const labelled = async (featuresOf: (part: SampleSet) => Features | Promise<Features>): Promise<Data> => ({
    training: { features: await featuresOf(training), labels: labels.training },
    test: { features: await featuresOf(test), labels: labels.test },
    classes: classes.length,
    groups,
  })
  const through = async (opening: Promise<Embedder>): Promise<Data> => {
    const encoder = await opening
    try {
      return await labelled(part => encoder.embed(part))
    } finally {
      await encoder.close()
    }
  }
  const runOf = (seed: number) => runs[seed % runs.length] ?? runs[0]
  const randomSeed = (seed: number) => runOf(seed).config.seed + (runs.length > 1 ? 0 : seed)
  const sources: Record<
    Contender,
    { title: string; key: (seed: number) => string; data: (seed: number) => Promise<Data> }
  > = {
    trained: {
      title: 'trained encoder',
      key: seed => runOf(seed).directory,
      data: seed => through(openEncoder(runOf(seed), options)),
    },
    random: {
      title: 'random initialisation',
      key: seed => `${randomSeed(seed)}`,
      data: seed => through(untrainedEncoder(runOf(seed), training, { ...options, seed: randomSeed(seed) })),
    },
    raw: { title: 'raw pixels', key: () => 'pixels', data: () => labelled(pixels) },
  }
  const voting = { k: options.k, temperature: options.temperature, runner: runners.wide }
  const found: Record<Contender, Score[][]> = { trained: [], random: [], raw: [] } // [seed][kNN, ...probes]
  let facts: { health: Collapse; k: number } | undefined
  for (const contender of contenders) {
    const { title, key, data } = sources[contender]
    let last: { key: string; data: Data; near: Score; all: () => Promise<Score> } | undefined
    for (let seed = 0; seed < seeds; seed++) {
      options.onProgress?.(`${title}, seed ${seed + 1} of ${seeds}`)
      if (last === undefined || last.key !== key(seed)) {
        last = undefined // one encoder's features at a time
        const own = await data(seed)
        const { k, predictions } = await nearestNeighbours(own.training, own.test, classes.length, voting)
        facts ??= { health: await collapse(own.test.features, voting), k }
        const near = scoreOf(predictions, labels.test, classes.length)
        last = { key: key(seed), data: own, near, all: once(() => scoreWithAll(runners, own, seed)) }
      }
      const { data: own, all } = last
      const probes: Score[] = []
      for (const amount of amounts)
        probes.push(amount === 'all' ? await all() : await scoreWith(runners, amount, own, seed))
      found[contender].push([last.near, ...probes])
    }
  }
  const { health, k } = facts ?? raise('nothing was scored')
  const column = (i: number): Record<Contender, Score[]> => {
    const of = (contender: Contender) => found[contender].map(row => row.at(i) ?? raise('a score is missing'))
    return { trained: of('trained'), random: of('random'), raw: of('raw') }
  }
  const knns = scored(column(0))
  const probes = amounts.map((labelsPerClass, i) => ({ labelsPerClass, ...scored(column(i + 1)) }))
  const { majority } = baselines(labels.training, labels.test, classes.length)
  const commonest = classes[counts.training.indexOf(Math.max(...counts.training))] ?? ''
  const missed = `The commonest class to learn from (${commonest}) is not in the test part: to guess it is never right.`
  return {
    knn: knns.mean,
    probe: (probes.at(-1) ?? raise('no probe: give at least one number of labels')).mean,
    labelled: training.items.length,
    tested: test.items.length,
    classes: classes.length,
    chance: 1 / classes.length,
    majority,
    commonest,
    seeds,
    steps: runs.map(run => run.checkpoint().step),
    k,
    place,
    knns,
    probes,
    perClass: classes.flatMap((label, i) => {
      const [training = 0, tested = 0] = [counts.training[i], counts.test[i]]
      if (tested === 0) return []
      return [{ label, training, tested, knn: recallOf(column(0), i), probe: recallOf(column(-1), i) }]
    }),
    health,
    notes: majority === 0 ? [...notes, missed] : notes,
  }
}

interface Data {
  readonly training: Labelled
  readonly test: Labelled
  readonly classes: number
  /** Of the training pictures */
  readonly groups: readonly string[]
}

/** Draws of the labelled pictures behind each figure of a seed with few labels. */
const DRAWS = 5

async function scoreWithAll(runners: Runners, { training, test, classes, groups }: Data, seed: number): Promise<Score> {
  const runner = runners.forProblem(training.features)
  const { predictions } = await linearProbe(training, test, classes, { groups, seed, runner })
  return scoreOf(predictions, test.labels, classes)
}

/** Mean over draws that are the same for all contenders, and others for another seed. */
async function scoreWith(
  runners: Runners,
  amount: number,
  { training, test, classes, groups }: Data,
  seed: number,
): Promise<Score> {
  const draws = Array.from({ length: DRAWS }, async (_, i) => {
    const draw = seed * DRAWS + i
    const positions = balancedSubset(training.labels, classes, amount, { seed: 0, draw })
    const some = pickLabelled(training, positions)
    const options = {
      groups: Array.from(positions, position => groups[position] ?? ''),
      seed: draw,
      runner: runners.forProblem(some.features, i),
    }
    const { predictions } = await linearProbe(some, test, classes, options)
    return scoreOf(predictions, test.labels, classes)
  })
  return meanScore(await Promise.all(draws)) // side by side: each is too small to keep the cores busy
}

/** @throws LacunaError (wrong usage) that names the flag */
function checkRanges({ seeds, labelled, k, temperature }: EvaluateOptions): void {
  for (const [flag, value] of Object.entries({ seeds, labelled, k }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      throw new LacunaError(`--${flag} ${value}: a whole number of at least 1 is expected`, 2)
  if (temperature !== undefined) checkTemperature(temperature)
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function raise(problem: string): never {
  throw new LacunaError(problem)
}
