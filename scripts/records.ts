import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Evaluation, MetricsLine, Pretext } from 'lacuna'
import type { AcrossEvaluation, FrameEvaluation } from '#lacuna/evaluation/index.js'
import { stepsBetweenLines } from '#lacuna/runs/metrics.js'
import type { Experiment, sources } from './experiments.js'
import { fingerprintOf } from './fingerprint.js'

/** What is kept of an experiment: `docs/results/NAME.json`. The page is written from these alone. */
export interface ResultRecord {
  readonly name: string
  readonly method: string
  readonly on: keyof typeof sources
  /** Of the experiment and of the code that the figures hang on, see {@link fingerprintOf} */
  readonly fingerprint: string
  /** As they are typed, for the first seed */
  readonly commands: readonly string[]
  readonly seeds: readonly number[]
  readonly run: {
    readonly encoder: string
    /** Of pictures */
    readonly size?: number
    readonly channels?: number
    /** Of sound: length of a window */
    readonly seconds?: number
    readonly steps: number
    readonly batch: number
    /** Pictures or recordings trained on */
    readonly pictures: number
  }
  readonly minutes: {
    /** Of each training, on one thread */
    readonly trainings: readonly number[]
    /** Of the task on held-out pictures and of the scores, for all seeds */
    readonly scoring: number
  }
  /** Loss and norm of the gradient of the first seed, some steps of it, and the loss of a network that knows nothing */
  readonly curve: {
    readonly steps: readonly number[]
    readonly loss: readonly number[]
    readonly gradientNorm?: readonly number[]
    readonly chance: number
  }
  /** Means over the last tenth of the steps, one a seed */
  readonly last?: { readonly loss: readonly number[]; readonly gradientNorm: readonly number[] }
  /** Mean loss of the first steps of the first seed, up to one that every training writes a line at: see `startsAlike` */
  readonly start?: { readonly steps: number; readonly loss: number }
  /** One a seed */
  readonly pretexts: readonly Pretext[]
  readonly evaluation?: Evaluation
  /** Of methods that compare channels */
  readonly across?: AcrossEvaluation
  /** On other data, see {@link Experiment.tasks} */
  readonly asked?: readonly Asked[]
  readonly measured: {
    readonly day: string
    readonly commit: string
    readonly lacuna: string
    readonly onnxruntime: string
    readonly node: string
    readonly processor: string
    readonly cores: number
    /** Processes that wanted a core when it ended: above the cores, the minutes are longer than on a quiet machine */
    readonly load: number
  }
  /** When and at which commit the code had changed, and still took the first steps that it was measured with */
  readonly rechecked?: { readonly day: string; readonly commit: string }
}

/** What an encoder was asked on other data, and told: by vectors of recordings, or by their frames where there are alignments. */
export type Asked = { readonly title: string; readonly command: string } & (
  | { readonly evaluation: Evaluation }
  | { readonly frames: FrameEvaluation }
)

export function writeRecord(record: ResultRecord): void {
  writeFileSync(join(recordsFolder, `${record.name}.json`), `${JSON.stringify(record, undefined, 1)}\n`)
}

export const recordsFolder = join('docs', 'results')

/** @returns nothing when it has not been measured */
export function readRecord(name: string, folder = recordsFolder): ResultRecord | undefined {
  const path = join(folder, `${name}.json`)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ResultRecord) : undefined
}

export type State = 'measured' | 'stale' | 'missing'

export function stateOf(experiment: Experiment, record: ResultRecord | undefined): State {
  if (record === undefined) return 'missing'
  return record.fingerprint === fingerprintOf(experiment) ? 'measured' : 'stale'
}

/** Minutes of one core that a record took. */
export const minutesOf = ({ minutes }: ResultRecord): number =>
  minutes.trainings.reduce((sum, training) => sum + training, minutes.scoring)

/**
 * How long it will take, in minutes of one core: of what has been measured before as long as then, of the rest as long as
 * the median of what has.
 */
export function minutesNeeded(
  experiments: readonly Experiment[],
  recordOf: (name: string) => ResultRecord | undefined,
  all: readonly ResultRecord[],
): number {
  const known = all.map(minutesOf).sort((a, b) => a - b)
  const typical = known[Math.floor(known.length / 2)] ?? Number.NaN
  return experiments
    .map(({ name }) => recordOf(name))
    .reduce((sum, record) => sum + (record === undefined ? typical : minutesOf(record)), 0)
}

/** The mean of the losses up to a step. @returns nothing when no line of the metrics ends there */
export function meanLossUpTo(step: number, metrics: readonly Pick<MetricsLine, 'step' | 'loss'>[]): number | undefined {
  const lines = metrics.filter(line => line.step <= step)
  if (lines.at(-1)?.step !== step) return undefined
  return lines.reduce((sum, line, i) => sum + line.loss * (line.step - (lines[i - 1]?.step ?? 0)), 0) / step
}

/** @see ResultRecord.start */
export function startOf(steps: number, metrics: readonly Pick<MetricsLine, 'step' | 'loss'>[]) {
  const first = stepsBetweenLines(steps)
  const loss = meanLossUpTo(first, metrics)
  return loss === undefined ? undefined : { steps: first, loss: Number(loss.toPrecision(5)) }
}
