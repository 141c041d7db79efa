/** A range of values and the distance between its ticks. */
export interface Axis {
  readonly low: number
  readonly high: number
  readonly step: number
}

/**
 * A round distance between ticks: 1, 2 or 5 times a power of ten.
 *
 * @param count how many intervals are wanted; the result makes between about half and four thirds as many
 */
export function tickStep(low: number, high: number, count: number): number {
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find(candidate => candidate * power >= rough * 0.75) ?? 10
  return factor * power
}

/** The multiples of the step within the range, ascending; an end that is one but for rounding counts. */
export function ticks({ low, high, step }: Axis): number[] {
  const first = Math.ceil(low / step - 1e-3)
  const last = Math.floor(high / step + 1e-3)
  return Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i, step))
}

/** The smallest axis of whole steps around the finite values; one around a single value. */
export function niceAxis(values: readonly number[], count: number): Axis {
  const { low, high } = tightAxis(values, count)
  const step = tickStep(low, high, count)
  return {
    low: multiple(Math.floor(low / step + 1e-9), step),
    high: multiple(Math.ceil(high / step - 1e-9), step),
    step,
  }
}

/** From the smallest finite value to the largest; around a single value a tenth to each side, and 0 to 1 for none. */
export function tightAxis(values: readonly number[], count: number): Axis {
  const finite = values.filter(Number.isFinite)
  const smallest = finite.reduce((a, b) => Math.min(a, b), Infinity)
  const largest = finite.reduce((a, b) => Math.max(a, b), -Infinity)
  const room = smallest === largest ? Math.abs(largest) / 10 || 0.5 : 0
  const [low, high] = finite.length > 0 ? [smallest - room, largest + room] : [0, 1]
  return { low, high, step: tickStep(low, high, count) }
}

/** A tick as text, with the decimals that its step needs: 0.25, 12, 40k. */
export function tickLabel(value: number, step: number): string {
  if (step >= 1000) return value === 0 ? '0' : `${Number((value / 1000).toFixed(3))}k`
  if (step < 1e-4) return value === 0 ? '0' : value.toExponential(1)
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
}

/** Dividing by a whole number keeps 3 × 0.1 from becoming 0.30000000000000004. */
function multiple(count: number, step: number): number {
  return step < 1 ? count / Math.round(1 / step) : count * step
}
