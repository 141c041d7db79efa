import { LacunaError } from '../errors.js'
import type { Values } from '../program/values.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { accuracyOf, type Baselines, baselines } from './baselines.js'
import { overCosines } from './cosines.js'
import { type Labelled, wantLabels } from './features.js'
import { type RunnerOptions, withRunner } from './with-runner.js'

export interface NeighbourOptions extends RunnerOptions {
  /** Neighbours that vote, default 20 (DINO); Wu et al. use 200. Small banks get fewer, see {@link neighboursFor}. */
  readonly k?: number
  /** T > 0 of the weights exp(cosine / T), default 0.07; smaller listens to the nearest only */
  readonly temperature?: number
  /** Where no runner is handed in; one per physical core unless told */
  readonly threads?: number | undefined
}

export interface NeighbourResult extends Baselines {
  /** Share of queries whose class was voted for, 0 … 1 */
  readonly accuracy: number
  /** The class voted for, per query */
  readonly predictions: Int32Array
  /** Neighbours that voted */
  readonly k: number
}

/**
 * Weighted k-nearest-neighbour classification by cosine: each of the k nearest rows of the bank votes for its class
 * with weight exp(cosine / T). Of equal cosines the earlier row of the bank counts as nearer; of equal votes the lower
 * class wins. The bank must not contain the queries.
 *
 * @param bank training features and labels, not augmented; need not be normalised
 * @param queries test features; their labels serve only to score
 * @throws RangeError when widths differ or labels are not in 0 … classes − 1
 * @see Wu, Xiong, Yu, Lin 2018, Unsupervised Feature Learning via Non-Parametric Instance Discrimination, sec. 3.4
 */
export async function nearestNeighbours(
  bank: Labelled,
  queries: Labelled,
  classes: number,
  { k: wanted = 20, temperature = 0.07, runner, threads }: NeighbourOptions = {},
): Promise<NeighbourResult> {
  wantLabels('kNN bank', bank, classes)
  wantLabels('kNN queries', queries, classes)
  if (!(Number.isSafeInteger(wanted) && wanted >= 1))
    throw new LacunaError(`k = ${wanted}: a whole number of neighbours, at least 1, is expected`, 2)
  checkTemperature(temperature)
  const k = neighboursFor(bank.features.count, classes, wanted)
  const predictions = new Int32Array(queries.features.count)
  const nearestOf = (cosines: Tensor) => {
    const nearest = cosines.topK(k)
    return { nearest, similarities: cosines.takeAlong(nearest) } // [chunk, k] both
  }
  const vote = ({ nearest, similarities }: Record<'nearest' | 'similarities', Values>, start: number, rows: number) => {
    for (let row = 0; row < rows; row++) {
      const places = range(k).map(i => row * k + i)
      const labels = places.map(place => bank.labels[Number(nearest[place])] ?? 0)
      const cosines = places.map(place => Number(similarities[place]))
      const scores = votes(cosines, labels, classes, temperature)
      predictions[start + row] = scores.indexOf(Math.max(...scores))
    }
  }
  await withRunner({ runner, threads }, runner => overCosines(runner, queries.features, bank.features, nearestOf, vote))
  return {
    accuracy: accuracyOf(predictions, queries.labels),
    ...baselines(bank.labels, queries.labels, classes),
    predictions,
    k,
  }
}

/** @throws LacunaError (wrong usage) unless cosines can be divided by it */
export function checkTemperature(temperature: number): void {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY))
    throw new LacunaError(
      `--temperature ${temperature}: a number above 0 is expected, such as 0.07; smaller listens to the nearest pictures only`,
      2,
    )
}

/** k, but at most rows / (2 · classes): half of what a class has, so that the right class can still win; at least 1. */
export function neighboursFor(rows: number, classes: number, k: number): number {
  return Math.max(1, Math.min(k, Math.floor(rows / (2 * classes))))
}

/**
 * The score of each class, Σ exp(s / T) over its neighbours, divided by exp(largest s / T) so that no temperature
 * overflows: [classes]
 */
export function votes(
  similarities: readonly number[],
  labels: readonly number[],
  classes: number,
  temperature: number,
): number[] {
  const largest = Math.max(...similarities)
  const scores = new Array<number>(classes).fill(0)
  similarities.forEach((similarity, i) => {
    const label = labels[i] ?? 0
    scores[label] = (scores[label] ?? 0) + Math.exp((similarity - largest) / temperature)
  })
  return scores
}
