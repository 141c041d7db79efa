import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { readMetrics } from '#lacuna/runs/metrics.js'
import type { Experiment } from './experiments.js'
import { start } from './lacuna.js'
import { before, training } from './measure.js'
import { meanLossUpTo, type ResultRecord } from './records.js'

/** Relative: a record keeps some digits, and sums of another order move the last. */
const TOLERANCE = 1e-3

/**
 * Whether the code as it is takes the first steps of a record still: the same command gives the same losses, which hang on
 * the pictures, the first weights, every draw and the gradients.
 */
export async function startsAlike(
  experiment: Experiment,
  { commands, curve, start: begun }: ResultRecord,
): Promise<boolean> {
  const [seed = 0] = experiment.seeds
  if (commands[0] !== `lacuna ${training(experiment, seed).join(' ')}`) return false // another experiment by now
  const { steps = 1, loss = Number.NaN } = begun ?? { steps: curve.steps[0], loss: curve.loss[0] }
  await before(experiment, seed)
  const out = join('runs', 'results', 'recheck')
  rmSync(out, { recursive: true, force: true })
  const found = await meanLoss(training(experiment, seed, out), out, steps)
  rmSync(out, { recursive: true, force: true })
  console.log(`${experiment.name}: ${found?.toPrecision(4) ?? 'no'} loss over ${steps} steps, recorded ${loss}`)
  return found !== undefined && Math.abs(found - loss) <= TOLERANCE * Math.abs(loss)
}

/** Trains up to a step. @returns the mean of the losses until then */
async function meanLoss(command: readonly string[], out: string, step: number): Promise<number | undefined> {
  const { child, ended } = start(...command, '--no-report')
  while (child.exitCode === null && (readMetrics(out).at(-1)?.step ?? 0) < step)
    await Promise.race([ended, setTimeout(100)])
  const loss = meanLossUpTo(step, readMetrics(out))
  child.kill('SIGKILL')
  await ended
  return loss
}
