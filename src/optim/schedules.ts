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

/** The shortest rate for a batch of 256 that gives a rate for this batch, to the last bit. */
export function baseRate(rate: number, batch: number): number {
  const whole = (rate * 256) / batch
  const rounded = Array.from({ length: 17 }, (_, i) => Number(whole.toPrecision(i + 1)))
  return rounded.find(base => scaledRate(base, batch) === rate) ?? whole
}
