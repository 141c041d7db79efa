/** What frames are in the mean, and how they differ from it. */
export interface Moments {
  readonly count: number
  /** [width] */
  readonly mean: Float64Array
  /** Sum of the squared differences from the mean, [width] */
  readonly squares: Float64Array
}

/**
 * The moments of two lots of frames together, exactly.
 * @see Chan, Golub & LeVeque 1983, Algorithms for computing the sample variance
 */
export function combined(a: Moments, b: Moments): Moments {
  const count = a.count + b.count
  const mean = a.mean.map((value, i) => value + (((b.mean[i] ?? 0) - value) * b.count) / count)
  const squares = a.squares.map(
    (value, i) =>
      value + (b.squares[i] ?? 0) + (((b.mean[i] ?? 0) - (a.mean[i] ?? 0)) ** 2 * a.count * b.count) / count,
  )
  return { count, mean, squares }
}

/** √(Σ(x − mean)² / n): of one frame 0 */
export const deviationOf = ({ squares, count }: Moments): Float64Array =>
  squares.map(value => Math.sqrt(Math.max(0, value) / count))
