/** NaN for no values */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard deviation with divisor n − 1; NaN for fewer than two values */
export function sampleDeviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN
  if (values.every(value => value === values[0])) return 0 // their mean may differ in the last digit
  const centre = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}

/** The middle value, or the mean of the two in the middle; NaN for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2
}

/**
 * Shares 0 … 1 of several seeds or draws as 'mean ± standard deviation' in percent: '71.3 ± 0.4 %'; one alone has no
 * deviation: '71.3 %'.
 */
export function showPercent(shares: readonly number[], digits = 1): string {
  const percent = (share: number) => (100 * share).toFixed(digits)
  if (shares.length < 2) return `${percent(mean(shares))} %`
  return `${percent(mean(shares))} ± ${percent(sampleDeviation(shares))} %`
}
