import { host } from '#host'
import type { SampleSet } from './data/index.js'
import { LacunaError, messageOf } from './errors.js'
import { mediumIn } from './evaluation/labelled.js'
import { watchVectors } from './evaluation/watch.js'
import type { MethodName } from './methods/index.js'
import type { Method } from './methods/method.js'
import { writeRunReport } from './report/run.js'
import { type Verdict, verdictOf } from './report/verdict/verdict.js'
import { hasCheckpoint } from './runs/checkpoint.js'
import { readMetrics } from './runs/metrics.js'
import { openRun } from './runs/run.js'
import { methodOf } from './training/arguments.js'
import type { PretrainOptions as TrainingOptions } from './training/options.js'
import { type Run as Trained, pretrain as train } from './training/pretrain.js'

export interface PretrainOptions extends TrainingOptions {
  /** Leaves `report.html` in the run, a few seconds' work; default true. Without it the verdict knows the curve alone. */
  readonly report?: boolean
  /** What is being done once the training has ended */
  readonly onStage?: (stage: string) => void
}

/** A training that has ended, or was interrupted and can go on with `resume`. */
export interface Run extends Trained {
  /** What was learnt beside chance, and what to try next */
  readonly verdict: Verdict
  /** Path of the page, where one was written */
  readonly report: string | undefined
}

/**
 * Trains an encoder on pictures without looking at their labels, and leaves a run folder behind, with a page to look at.
 * A report that cannot be written is told by `onNote`, and ends no run.
 *
 * @throws LacunaError for unknown names, a batch larger than the data or not divisible into chunks, a folder that
 *   exists or is taken away once all is saved, a damaged checkpoint, a full disk, a loss that is no number
 */
export async function pretrain(
  method: MethodName | (string & {}) | Method,
  pictures: SampleSet,
  options: PretrainOptions,
): Promise<Run> {
  // a training ends by its own signal, after it has saved
  const run = await host.interruptible(undefined, () => train(method, pictures, { watch: watchVectors, ...options }))
  const { directory, config } = run
  const encoders = typeof options.encoder === 'object' ? [options.encoder] : []
  if (options.report !== false) {
    options.onStage?.('writing the report')
    try {
      const { file, verdict } = await writeRunReport(
        openRun(directory, { methods: [methodOf(method)], encoders }),
        pictures,
        {
          device: options.device,
          threads: options.threads,
        },
      )
      return { ...run, verdict, report: file }
    } catch (error) {
      if (!hasCheckpoint(directory))
        throw new LacunaError(
          `${directory}: was moved or removed after its ${run.step} steps were saved, and no report of it is written; where it was moved to it is whole, and \`lacuna pretext\` with that folder and the data writes one`,
        )
      options.onNote?.(
        `The run is saved, but its report could not be written: ${messageOf(error)}; \`lacuna pretext ${directory}\` with the data writes it anew`,
      )
    }
  }
  const { method: name, steps, channels } = config
  const medium = mediumIn({ channels })
  const verdict = verdictOf({ method: name, medium, metrics: readMetrics(directory), steps })
  return { ...run, verdict, report: undefined }
}
