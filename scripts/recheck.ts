import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { readMetrics } from 'lacuna'
import type { Experiment } from './experiments.js'
import { training } from './measure.js'
import type { ResultRecord } from './records.js'

/** Relative: a record keeps four digits, and sums of another order move the last. */
const TOLERANCE = 1e-3

/**
 * Whether the code as it is takes the first steps of a record still: the same command gives the losses of its curve's first
 * point, which hang on the pictures, the first weights, every draw and the gradients.
 */
export async function startsAlike(experiment: Experiment, { commands, curve }: ResultRecord): Promise<boolean> {
  const [seed = 0] = experiment.seeds
  if (commands[0] !== `lacuna ${training(experiment, seed).join(' ')}`) return false // another experiment by now
  const [step = 1] = curve.steps
  const [expected = Number.NaN] = curve.loss
  const out = join('runs', 'results', 'recheck')
  rmSync(out, { recursive: true, force: true })
  const found = await meanLoss(training(experiment, seed, out), out, step)
  rmSync(out, { recursive: true, force: true })
  console.log(`${experiment.name}: ${found?.toPrecision(4) ?? 'no'} loss after ${step} steps, recorded ${expected}`)
  return found !== undefined && Math.abs(found - expected) <= TOLERANCE * Math.abs(expected)
}

/** Trains up to a step. @returns the mean of the losses until then; nothing when no line of the metrics ends there */
async function meanLoss(command: readonly string[], out: string, step: number): Promise<number | undefined> {
  const child = spawn(process.execPath, [join('dist', 'cli', 'main.js'), ...command, '--no-report'], {
    stdio: 'ignore',
  })
  const ended = new Promise<void>(done => child.on('close', () => done()))
  while (child.exitCode === null && (readMetrics(out).at(-1)?.step ?? 0) < step)
    await Promise.race([ended, setTimeout(100)])
  const lines = readMetrics(out, step)
  child.kill('SIGKILL')
  await ended
  if (lines.at(-1)?.step !== step) return undefined
  return lines.reduce((sum, line, i) => sum + line.loss * (line.step - (lines[i - 1]?.step ?? 0)), 0) / step
}
