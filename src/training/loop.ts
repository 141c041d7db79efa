import { feedsOf } from '../channels/gathered.js'
import { placesOf } from '../data/index.js'
import type { LacunaError } from '../errors.js'
import { scheduleOf } from '../optim/schedules.js'
import { diverged, divergenceWatch } from './divergence.js'
import { journalOf } from './journal.js'
import { savings } from './saving.js'
import type { StepInputs } from './stepper.js'
import type { TrainingTask } from './task.js'

/**
 * Trains step by step. While a step runs, the next batch is gathered and its random numbers are drawn, and the step before
 * is written down: between two steps nothing is left to do but to look at the loss.
 * @returns the steps taken when it ended: all, or fewer when the signal asked to stop; both are saved
 * @throws LacunaError when it diverges; what was saved before stays
 */
export async function train(task: TrainingTask): Promise<number> {
  const { runner, stepping, config, signal } = task
  const rate = scheduleOf(config)
  const clock = stopwatch()
  const journal = await journalOf(task, clock)
  const saver = saverOf(task, journal, clock)
  const watch = divergenceWatch(task.chance, task.lines[0]?.loss)
  const busyBefore = runner.busy
  let inputs = inputsOf(task, task.from)
  let step = task.from
  while (step < config.steps && !signal?.aborted) {
    const schedules = { learningRate: [rate(step)], step: [step], progress: [step / config.steps] }
    const meanwhile = async () => {
      await journal.writeDown()
      if (step + 1 < config.steps) inputs = inputsOf(task, step + 1)
    }
    const running = stepping.take(inputs, schedules, { seed: config.seed, step })
    const [results] = await Promise.all([running, meanwhile()])
    const problem = watch.see(Number(results.loss?.[0]), results.gradientNorm && Number(results.gradientNorm[0]))
    if (problem !== undefined) throw await saver.stopped(step, problem)
    journal.add(results)
    step++
    task.onStep?.(clock(), runner.busy - busyBefore)
    journal.tell(step, task.watcher?.due(step) ? await task.watcher.look() : undefined)
    if (step < config.steps) await saver.saveWhereDue(step)
  }
  const problem = watch.atTheEnd()
  if (problem !== undefined) throw await saver.stopped(step, problem)
  await saver.saveLast(step)
  return step
}

type Journal = Awaited<ReturnType<typeof journalOf>>

/** Saves now and then, after what was told of the steps before is written. */
function saverOf({ from, saveEvery, folder, save }: TrainingTask, journal: Journal, clock: () => number) {
  const times = savings(saveEvery)
  let saved = from > 0 ? from : undefined
  const stopped = async (step: number, problem: string): Promise<LacunaError> => {
    await journal.writeDown()
    return diverged(folder.directory, step, problem, saved)
  }
  const saveNow = async (step: number) => {
    await journal.writeDown()
    const start = clock()
    const broken = await save(step, work => folder.write(journal.lines, work))
    const some = broken.slice(0, 3).join(', ')
    if (broken.length > 0)
      throw await stopped(step, `${broken.length} variables are no finite numbers any more (${some})`)
    saved = step
    times.done(clock(), clock() - start)
  }
  return {
    /** What to throw where a training cannot go on: what was saved before stays */
    stopped,
    async saveWhereDue(step: number): Promise<void> {
      if (times.due(step, clock())) await saveNow(step)
    },
    async saveLast(step: number): Promise<void> {
      if (step !== saved) await saveNow(step)
    },
  }
}

/** All that a step is given and that is known beforehand: the batch and the random numbers. */
function inputsOf(
  { stepping, samples, reads, config: { batch, batchAlike, seed } }: TrainingTask,
  step: number,
): StepInputs {
  const places = placesOf(samples, reads, batch, { seed, step, alike: batchAlike })
  return { ...feedsOf(samples.gather(places)), ...stepping.draw({ seed, step }) }
}

function stopwatch(): () => number {
  const start = performance.now()
  return () => (performance.now() - start) / 1000
}
