/** What a classifier that sees no sample reaches. */
export interface Baselines {
  /** 1 / classes */
  readonly chance: number
  /** The share of test labels that are the commonest training label (of equals the lowest) */
  readonly majority: number
}

export function baselines(training: ArrayLike<number>, test: ArrayLike<number>, classes: number): Baselines {
  const counts = countsOf(training, classes)
  const commonest = counts.indexOf(Math.max(...counts))
  return { chance: 1 / classes, majority: accuracyOf(new Int32Array(test.length).fill(commonest), test) }
}

/** How often each class occurs: [classes] */
export function countsOf(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (let i = 0; i < labels.length; i++) counts[labels[i] ?? 0] = (counts[labels[i] ?? 0] ?? 0) + 1
  return counts
}

/** The share of predictions that are right; NaN when there are none. */
export function accuracyOf(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) right++
  return right / labels.length
}
