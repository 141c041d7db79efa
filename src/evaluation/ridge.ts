import { dot } from '../clusters/vectors.js'
import { backwards, cholesky, forwards } from './cholesky.js'
import { type Features, rowOf, standardiser } from './features.js'

/** Numbers that belong to features, a row each: [count, width] */
export type Targets = Features

export interface RidgeOptions {
  /** λ, of the mean square of the features, each of which has a deviation of 1 */
  readonly penalty: number
}

/**
 * Linear regression with a penalty on the squares of its weights, of features that are centred and scaled first.
 *
 * @param features to learn from, @param targets a row for each row of the features
 * @returns what it says of other features
 * @see Hoerl & Kennard 1970
 */
export function ridge(
  features: Features,
  targets: Targets,
  { penalty }: RidgeOptions,
): (features: Features) => Targets {
  if (targets.count !== features.count)
    throw new RangeError(`ridge: ${features.count} targets expected, got ${targets.count}`)
  const { count, width } = features
  const scale = standardiser(features)
  const x = scale(features)
  const means = Float64Array.from({ length: targets.width }, (_, j) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += targets.values[i * targets.width + j] ?? 0
    return sum / count
  })
  const gram = Array.from({ length: width }, () => new Float64Array(width))
  const sides = Array.from({ length: targets.width }, () => new Float64Array(width))
  for (let i = 0; i < count; i++) {
    const row = rowOf(x, i)
    gram.forEach((own, a) => {
      const value = row[a] ?? 0
      for (let b = 0; b <= a; b++) own[b] = (own[b] ?? 0) + value * (row[b] ?? 0)
    })
    // about their mean or not: features sum to zero. Most words are in few of the texts, so that zeros are worth to be left out
    rowOf(targets, i).forEach((target, j) => {
      const side = sides[j]
      if (target === 0 || side === undefined) return
      for (let a = 0; a < width; a++) side[a] = (side[a] ?? 0) + target * (row[a] ?? 0)
    })
  }
  gram.forEach((row, a) => {
    row[a] = (row[a] ?? 0) + penalty * count
  })
  const lower = cholesky(gram)
  const weights = sides.map(side => backwards(lower, forwards(lower, side)))
  return given => {
    const scaled = scale(given)
    const values = new Float32Array(given.count * targets.width)
    for (let i = 0; i < given.count; i++) {
      const row = Float64Array.from(rowOf(scaled, i))
      weights.forEach((weight, j) => {
        values[i * targets.width + j] = dot(row, weight) + (means[j] ?? 0)
      })
    }
    return { values, count: given.count, width: targets.width }
  }
}

/** The share of the variance of the targets that is explained, all columns together: 1 at best, 0 for their mean, below for worse. */
export function explainedVariance(guessed: Targets, truth: Targets): number {
  let [wrong, all] = [0, 0]
  for (let j = 0; j < truth.width; j++) {
    let mean = 0
    for (let i = 0; i < truth.count; i++) mean += (truth.values[i * truth.width + j] ?? 0) / truth.count
    for (let i = j; i < truth.values.length; i += truth.width) {
      wrong += ((guessed.values[i] ?? 0) - (truth.values[i] ?? 0)) ** 2
      all += ((truth.values[i] ?? 0) - mean) ** 2
    }
  }
  return 1 - wrong / all
}
