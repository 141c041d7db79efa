import { batchPositions, type PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import type { Runner } from '../program/engine.js'
import type { RunConfig } from './config.js'
import { appendMetrics, Means, type MetricsLine, readMetrics, writeMetrics } from './metrics.js'
import { warmupCosine } from './schedules.js'
import type { Step, StepInputs } from './stepper.js'

/** How far a training is, about twice a second. */
export interface LoopProgress extends MetricsLine {
  readonly steps: number
  readonly secondsLeft: number
  /** Times that the encoder sees a picture in a step */
  readonly viewsPerPicture: number
}

export interface TrainingTask {
  readonly runner: Pick<Runner, 'busy'>
  readonly stepping: Step
  readonly config: RunConfig
  readonly chance: number
  readonly viewsPerPicture: number
  readonly directory: string
  readonly pictures: PictureSet
  /** Steps already taken */
  readonly from: number
  /** Writes a checkpoint after the given number of steps */
  readonly save: (step: number) => Promise<void>
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: LoopProgress) => void
  readonly onStep?: (seconds: number, busy: number) => void
}

const LINES = 400
const CHECKPOINT_SECONDS = 120
const PROGRESS_SECONDS = 0.5

/**
 * Trains step by step. While a step runs, the next batch is gathered and its random numbers are drawn, and the step before
 * is written down: between two steps nothing is left to do but to look at the loss.
 * @returns the steps taken when it ended: all, or fewer when the signal asked to stop; both are saved
 */
export async function train(task: TrainingTask): Promise<number> {
  const { runner, stepping, config, directory, pictures, signal } = task
  const rate = warmupCosine({ peak: config.learningRate, warmupSteps: config.warmupSteps, totalSteps: config.steps })
  const logEvery = Math.max(1, Math.floor(config.steps / LINES))
  const perEpoch = Math.floor(pictures.items.length / config.batch)
  const before = readMetrics(directory, task.from)
  writeMetrics(directory, before)
  const secondsBefore = before.at(-1)?.seconds ?? 0
  const clock = stopwatch()
  const busyBefore = runner.busy
  const logged = new Means()
  let loggedAt = task.from
  let loggedSeconds = 0
  let [savedSeconds, shownSeconds] = [0, 0]
  let inputs = inputsOf(task, task.from)
  let unwritten: (() => void) | undefined
  const writeDown = () => {
    unwritten?.()
    unwritten = undefined
  }
  let step = task.from
  while (step < config.steps && !signal?.aborted) {
    const schedules = { learningRate: [rate(step)], step: [step], progress: [step / config.steps] }
    const meanwhile = async () => {
      writeDown()
      if (step + 1 < config.steps) inputs = inputsOf(task, step + 1)
    }
    const running = stepping.take(inputs, schedules, { seed: config.seed, step })
    const [results] = await Promise.all([running, meanwhile()])
    const loss = Number(results.loss?.[0])
    if (!Number.isFinite(loss)) throw diverged(task, step)
    logged.add(results)
    step++
    const seconds = clock()
    task.onStep?.(seconds, runner.busy - busyBefore)
    if (
      step % logEvery === 0 ||
      step === config.steps ||
      signal?.aborted ||
      seconds - shownSeconds > PROGRESS_SECONDS
    ) {
      const line = lineAt(logged.take(), step - loggedAt, seconds - loggedSeconds)
      ;[loggedAt, loggedSeconds] = [step, seconds]
      const shown = seconds - shownSeconds > PROGRESS_SECONDS || step === config.steps
      if (shown) shownSeconds = seconds
      const secondsLeft = ((config.steps - step) * seconds) / (step - task.from)
      unwritten = () => {
        appendMetrics(directory, line)
        if (shown)
          task.onProgress?.({ ...line, steps: config.steps, secondsLeft, viewsPerPicture: task.viewsPerPicture })
      }
    }
    if (seconds - savedSeconds > CHECKPOINT_SECONDS) {
      writeDown()
      await task.save(step)
      savedSeconds = clock()
    }
  }
  writeDown()
  await task.save(step)
  return step

  function lineAt(means: Record<string, number>, steps: number, seconds: number): MetricsLine {
    return {
      step,
      epoch: step / perEpoch,
      ...means,
      loss: means.loss ?? Number.NaN,
      chance: task.chance,
      learningRate: rate(step - 1),
      picturesPerSecond: (steps * config.batch) / seconds,
      seconds: secondsBefore + clock(),
    }
  }
}

/** All that a step is given and that is known beforehand: the pictures and the random numbers. */
function inputsOf({ stepping, pictures, config: { batch, seed } }: TrainingTask, step: number): StepInputs {
  const image = pictures.gather(batchPositions(pictures.items.length, batch, seed, step))
  return { image, ...stepping.draw({ seed, step }) }
}

function diverged({ directory }: TrainingTask, step: number): LacunaError {
  return new LacunaError(
    `${directory}: the loss is no number any more at step ${step}; the last checkpoint is kept; try a lower --lr or --clip 1`,
  )
}

function stopwatch(): () => number {
  const start = performance.now()
  return () => (performance.now() - start) / 1000
}
