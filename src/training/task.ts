import type { RunConfig } from '../assembly/config.js'
import type { Reads } from '../channels/channel.js'
import type { SampleSet } from '../data/index.js'
import type { Runner } from '../engine/runner.js'
import type { RunPlace } from '../runs/folder.js'
import type { Keeper } from '../runs/keeper.js'
import type { MetricsLine } from '../runs/metrics.js'
import type { SaveEvery } from '../settings/kinds.js'
import type { LoadedStep } from './stepper.js'
import type { Watcher } from './watch.js'

/** How far a training is, about twice a second. */
export interface LoopProgress extends MetricsLine {
  readonly steps: number
  readonly secondsLeft: number
  /** Times that the encoder sees a picture in a step */
  readonly viewsPerSample: number
}

export interface TrainingTask {
  readonly runner: Pick<Runner, 'busy'>
  readonly stepping: LoadedStep
  readonly config: RunConfig
  readonly chance: number
  readonly viewsPerSample: number
  /** As the method reads them */
  readonly samples: SampleSet
  readonly reads: Reads
  /** Steps already taken */
  readonly from: number
  readonly saveEvery?: SaveEvery
  /** Of the steps already taken */
  readonly lines: readonly MetricsLine[]
  readonly folder: Keeper
  /** Writes a checkpoint after the given number of steps; names the variables that are not finite, and writes nothing where there are any */
  readonly save: (
    step: number,
    write: (work: (directory: RunPlace) => void) => Promise<void>,
  ) => Promise<readonly string[]>
  /** Looks at the encoder now and then */
  readonly watcher?: Watcher | undefined
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: LoopProgress) => void
  readonly onStep?: (seconds: number, busy: number) => void
}
