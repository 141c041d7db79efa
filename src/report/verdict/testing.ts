import type { MetricsLine } from '../../runs/metrics.js'

/** A made curve: a line a step, the loss a function of the share of the training that is done. */
export const curveOf = (
  loss: (share: number, step: number) => number,
  { steps = 10_000, chance = 4, lines = 400, ...counted }: MadeCurve = {},
): MetricsLine[] =>
  Array.from({ length: Math.min(lines, steps) }, (_, i) => {
    const step = Math.round(((i + 1) * steps) / Math.min(lines, steps))
    return {
      step,
      epoch: step / 10,
      loss: loss(step / steps, step),
      chance,
      learningRate: 1e-3,
      picturesPerSecond: 100,
      seconds: step / 10,
      ...counted,
    }
  })

interface MadeCurve {
  readonly steps?: number
  readonly chance?: number
  readonly lines?: number
  readonly accuracy?: number
  readonly accuracyChance?: number
}

/** Noise that is the same every time: −1 … 1 by step. */
export const noise = (step: number): number => Math.sin(step * 12.9898) * Math.cos(step * 78.233)
