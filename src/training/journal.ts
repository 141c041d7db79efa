import { scheduleOf } from '../optim/schedules.js'
import type { Values } from '../program/values.js'
import { appendMetrics, Means, type MetricsLine, stepsBetweenLines, writeMetrics } from '../runs/metrics.js'
import type { TrainingTask } from './task.js'

const PROGRESS_SECONDS = 0.5

/**
 * What is told of a training: a line in the metrics every so many steps, and how far it is, twice a second. A line is written
 * while the step after it runs.
 */
export async function journalOf(task: TrainingTask, clock: () => number) {
  const { config, folder, samples, from } = task
  const rate = scheduleOf(config)
  const every = stepsBetweenLines(config.steps)
  const perEpoch = Math.floor(samples.items.length / config.batch)
  const lines = [...task.lines]
  const secondsBefore = lines.at(-1)?.seconds ?? 0
  const means = new Means()
  /** Of the line before */
  let last = { step: from, seconds: 0 }
  let shownSeconds = 0
  let seen: Readonly<Record<string, number>> = {}
  let unwritten: (() => Promise<void>) | undefined
  await folder.write(lines, directory => writeMetrics(directory, lines))
  return {
    lines,
    /** What a step gave */
    add: (results: Readonly<Record<string, Values>>): void => means.add(results),
    /**
     * Makes a line where one is due.
     * @param step steps taken
     * @param looked what a look at the encoder found
     */
    tell(step: number, looked: Readonly<Record<string, number>> | undefined): void {
      const seconds = clock()
      const ends = step === config.steps
      const shown = ends || seconds - shownSeconds > PROGRESS_SECONDS
      if (looked === undefined && step % every !== 0 && !shown && !task.signal?.aborted) return
      if (looked !== undefined) seen = looked
      if (shown) shownSeconds = seconds
      const taken = means.take()
      const line: MetricsLine = {
        step,
        epoch: step / perEpoch,
        ...taken,
        ...looked,
        loss: taken.loss ?? Number.NaN,
        chance: task.chance,
        learningRate: rate(step - 1),
        picturesPerSecond: ((step - last.step) * config.batch) / (seconds - last.seconds),
        seconds: secondsBefore + seconds,
      }
      last = { step, seconds }
      const secondsLeft = ((config.steps - step) * seconds) / (step - from)
      unwritten = async () => {
        await folder.write(lines, directory => appendMetrics(directory, line))
        lines.push(line)
        const { steps } = config
        if (shown) task.onProgress?.({ ...seen, ...line, steps, secondsLeft, viewsPerSample: task.viewsPerSample })
      }
    },
    async writeDown(): Promise<void> {
      await unwritten?.()
      unwritten = undefined
    },
  }
}
