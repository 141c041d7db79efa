/** The learning rate at each step, counted from 0. */
export type Schedule = (step: number) => number

export interface WarmupCosineOptions {
  readonly peak: number
  /** Steps until the peak; the first has peak / warmupSteps, so that it learns already */
  readonly warmupSteps: number
  readonly totalSteps: number
  /** Rate of the last step */
  readonly final?: number
}

/** Rises linearly, then falls along half a cosine. @see Loshchilov & Hutter 2017, SGDR */
export function warmupCosine({ peak, warmupSteps, totalSteps, final = 0 }: WarmupCosineOptions): Schedule {
  return step => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps
    const done = (step - warmupSteps) / Math.max(1, totalSteps - 1 - warmupSteps)
    return final + ((peak - final) * (1 + Math.cos(Math.PI * Math.min(1, done)))) / 2
  }
}

/** The linear rule: rates are given for a batch of 256. @see Goyal et al. 2017 */
export const scaledRate = (base: number, batch: number): number => (base * batch) / 256

/**
 * The learning rate of a training.
 * @param learningRate at its highest, for a batch of 256
 * @param warmup share of the steps over which it rises
 */
export const scheduleOf = ({ learningRate, batch, warmup, steps }: Pace): Schedule =>
  warmupCosine({
    peak: scaledRate(learningRate, batch),
    warmupSteps: warmupSteps(warmup, steps),
    totalSteps: steps,
  })

interface Pace {
  readonly learningRate: number
  readonly batch: number
  readonly warmup: number
  readonly steps: number
}

export const warmupSteps = (warmup: number, steps: number): number => Math.round(warmup * steps)
