import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { isThere, readError, writeError, writeFileAtomic, textOf } from '../files.js'
import { checkedRun } from './config.js'

/** One line of `metrics.jsonl`: means over the steps since the line before. */
export interface MetricsLine {
  /** Steps taken so far */
  readonly step: number
  readonly epoch: number
  readonly loss: number
  /** The loss of a network that knows nothing */
  readonly chance: number
  readonly learningRate: number
  readonly picturesPerSecond: number
  /** Time spent training, over all resumes */
  readonly seconds: number
  /** The method's own numbers, such as `accuracy`, and `gradientNorm` */
  readonly [metric: string]: number
}

const pathIn = (directory: string) => join(checkedRun(directory), 'metrics.jsonl')

/** Lines up to a step; half a line at the end, left by a killed process, is dropped. */
export function readMetrics(directory: string, upToStep = Number.POSITIVE_INFINITY): MetricsLine[] {
  const path = pathIn(directory)
  if (!isThere(path)) return []
  return contentOf(path)
    .split('\n')
    .flatMap(parsed)
    .filter(({ step }) => step <= upToStep)
}

function contentOf(path: string): string {
  try {
    return textOf(path)
  } catch (error) {
    throw readError(path, error)
  }
}

function parsed(text: string): MetricsLine[] {
  try {
    const line = JSON.parse(text) as Partial<MetricsLine> | null
    return typeof line?.step === 'number' ? [line as MetricsLine] : []
  } catch {
    return []
  }
}

export function writeMetrics(directory: string, lines: readonly MetricsLine[]): void {
  writeFileAtomic(pathIn(directory), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
}

export function appendMetrics(directory: string, line: MetricsLine): void {
  try {
    appendFileSync(pathIn(directory), `${JSON.stringify(line)}\n`)
  } catch (error) {
    throw writeError(pathIn(directory), error)
  }
}

/** A training writes a line so many steps apart, and others when half a second has gone by. */
export const stepsBetweenLines = (steps: number): number => Math.max(1, Math.floor(steps / LINES))
const LINES = 400

/** Means of the numbers that each step gives. */
export class Means {
  private readonly sums = new Map<string, number>()
  private count = 0

  add(values: Readonly<Record<string, ArrayLike<number | bigint>>>): void {
    this.count++
    for (const [name, value] of Object.entries(values))
      this.sums.set(name, (this.sums.get(name) ?? 0) + Number(value[0]))
  }

  /** The means since the last call; what is not finite, such as an exploded norm of the gradient, JSON cannot say. */
  take(): Record<string, number> {
    const means = Object.fromEntries(
      [...this.sums]
        .map(([name, sum]) => [name, sum / this.count] as const)
        .filter(([, mean]) => Number.isFinite(mean)),
    )
    this.sums.clear()
    this.count = 0
    return means
  }
}
