import type { RunConfig } from '../assembly/config.js'
import type { Reads } from '../channels/channel.js'
import { feedsOf } from '../channels/gathered.js'
import { placesOf, type SampleSet } from '../data/index.js'
import type { Runner } from '../engine/runner.js'
import type { LacunaError } from '../errors.js'
import { scheduleOf } from '../optim/schedules.js'
import type { Keeper } from '../runs/keeper.js'
import { appendMetrics, Means, type MetricsLine, stepsBetweenLines, writeMetrics } from '../runs/metrics.js'
import type { SaveEvery } from '../settings/kinds.js'
import { diverged, divergenceWatch } from './divergence.js'
import { savings } from './saving.js'
import type { Step, StepInputs } from './stepper.js'
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
  readonly stepping: Step
  readonly config: RunConfig
  readonly chance: number
  readonly viewsPerSample: number
  readonly directory: string
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
  readonly save: (step: number, write: (work: () => void) => Promise<void>) => Promise<readonly string[]>
  /** Looks at the encoder now and then */
  readonly watcher?: Watcher | undefined
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: LoopProgress) => void
  readonly onStep?: (seconds: number, busy: number) => void
}

const PROGRESS_SECONDS = 0.5

/**
 * Trains step by step. While a step runs, the next batch is gathered and its random numbers are drawn, and the step before
 * is written down: between two steps nothing is left to do but to look at the loss.
 * @returns the steps taken when it ended: all, or fewer when the signal asked to stop; both are saved
 * @throws LacunaError when it diverges; what was saved before stays
 */
export async function train(task: TrainingTask): Promise<number> {
  const { runner, stepping, config, directory, folder, samples, signal, chance } = task
  const rate = scheduleOf(config)
  const logEvery = stepsBetweenLines(config.steps)
  const perEpoch = Math.floor(samples.items.length / config.batch)
  const lines = [...task.lines]
  await folder.write(lines, () => writeMetrics(directory, lines))
  const watch = divergenceWatch(chance, lines[0]?.loss)
  const saving = savings(task.saveEvery)
  let savedStep = task.from > 0 ? task.from : undefined
  const secondsBefore = lines.at(-1)?.seconds ?? 0
  const clock = stopwatch()
  const busyBefore = runner.busy
  const logged = new Means()
  let loggedAt = task.from
  let loggedSeconds = 0
  let shownSeconds = 0
  let inputs = inputsOf(task, task.from)
  let seen: Readonly<Record<string, number>> = {}
  let unwritten: (() => Promise<void>) | undefined
  const writeDown = async () => {
    await unwritten?.()
    unwritten = undefined
  }
  let step = task.from
  while (step < config.steps && !signal?.aborted) {
    const schedules = { learningRate: [rate(step)], step: [step], progress: [step / config.steps] }
    const meanwhile = async () => {
      await writeDown()
      if (step + 1 < config.steps) inputs = inputsOf(task, step + 1)
    }
    const running = stepping.take(inputs, schedules, { seed: config.seed, step })
    const [results] = await Promise.all([running, meanwhile()])
    const problem = watch.after(Number(results.loss?.[0]))
    if (problem !== undefined) throw await stopped(step, problem)
    logged.add(results)
    step++
    const seconds = clock()
    task.onStep?.(seconds, runner.busy - busyBefore)
    const looked = task.watcher?.due(step) ? await task.watcher.look() : undefined
    if (looked !== undefined) seen = looked
    if (
      looked !== undefined ||
      step % logEvery === 0 ||
      step === config.steps ||
      signal?.aborted ||
      seconds - shownSeconds > PROGRESS_SECONDS
    ) {
      const line = lineAt({ ...logged.take(), ...looked }, step - loggedAt, seconds - loggedSeconds)
      ;[loggedAt, loggedSeconds] = [step, seconds]
      const shown = seconds - shownSeconds > PROGRESS_SECONDS || step === config.steps
      if (shown) shownSeconds = seconds
      const secondsLeft = ((config.steps - step) * seconds) / (step - task.from)
      unwritten = async () => {
        await folder.write(lines, () => appendMetrics(directory, line))
        lines.push(line)
        if (shown)
          task.onProgress?.({
            ...seen,
            ...line,
            steps: config.steps,
            secondsLeft,
            viewsPerSample: task.viewsPerSample,
          })
      }
    }
    if (step < config.steps && saving.due(step, seconds)) await save()
  }
  const problem = watch.atTheEnd()
  if (problem !== undefined) throw await stopped(step, problem)
  if (step !== savedStep) await save()
  return step

  async function save(): Promise<void> {
    await writeDown()
    const start = clock()
    const broken = await task.save(step, work => folder.write(lines, work))
    if (broken.length > 0)
      throw await stopped(
        step,
        `${broken.length} variables are no finite numbers any more (${broken.slice(0, 3).join(', ')})`,
      )
    savedStep = step
    saving.done(clock(), clock() - start)
  }

  async function stopped(at: number, problem: string): Promise<LacunaError> {
    await writeDown()
    return diverged(directory, at, problem, savedStep)
  }

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

/** All that a step is given and that is known beforehand: the batch and the random numbers. */
function inputsOf({ stepping, samples, reads, config: { batch, seed } }: TrainingTask, step: number): StepInputs {
  const places = placesOf(samples, reads, batch, { seed, step })
  return { ...feedsOf(samples.gather(places)), ...stepping.draw({ seed, step }) }
}

function stopwatch(): () => number {
  const start = performance.now()
  return () => (performance.now() - start) / 1000
}
