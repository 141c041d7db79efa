import { folderOf, type RunPlace } from './folder.js'

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

const FILE = 'metrics.jsonl'

/** Lines up to a step; half a line at the end, left by a killed process, is dropped. */
export function readMetrics(run: RunPlace, upToStep = Number.POSITIVE_INFINITY): MetricsLine[] {
  return (folderOf(run).read(FILE) ?? '')
    .split('\n')
    .flatMap(parsed)
    .filter(({ step }) => step <= upToStep)
}

function parsed(text: string): MetricsLine[] {
  try {
    const line = JSON.parse(text) as Partial<MetricsLine> | null
    return typeof line?.step === 'number' ? [line as MetricsLine] : []
  } catch {
    return []
  }
}

export function writeMetrics(run: RunPlace, lines: readonly MetricsLine[]): void {
  folderOf(run).write(FILE, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
}

export function appendMetrics(run: RunPlace, line: MetricsLine): void {
  folderOf(run).append(FILE, `${JSON.stringify(line)}\n`)
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
