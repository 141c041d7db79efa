import { accuracyOf, countsOf } from './baselines.js'
import { mean, sampleDeviation } from './statistics.js'

/** The trained encoder, the same one before training, and the pixels themselves. */
export const contenders = ['trained', 'random', 'raw'] as const
export type Contender = (typeof contenders)[number]
/** A share for each, 0 … 1 */
export type Scores = Readonly<Record<Contender, number>>

export interface Summary {
  readonly mean: Scores
  /** Over the seeds; 0 where there is one value only */
  readonly sd: Scores
  /** Seed by seed, in the order of the runs */
  readonly seeds: readonly Scores[]
}

/** The same classifiers by two measures: accuracy, and balanced accuracy, to which each class adds the same. */
export interface Scored extends Summary {
  /** Mean over the classes of the test part of the share of their pictures that are told right */
  readonly balanced: Summary
}

/** How well one classifier did. */
export interface Score {
  /** Share of the samples told right */
  readonly accuracy: number
  /** The same for the samples of each class: [classes], NaN for a class without any */
  readonly recalls: readonly number[]
}

export function scoreOf(predictions: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Score {
  const right = new Array<number>(classes).fill(0)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0
    if (predictions[i] === label) right[label] = (right[label] ?? 0) + 1
  }
  const counts = countsOf(labels, classes)
  const recalls = right.map((hits, label) => hits / (counts[label] ?? 0))
  return { accuracy: accuracyOf(predictions, labels), recalls }
}

/** Of several classifiers on the same samples. */
export function meanScore(scores: readonly Score[]): Score {
  const recalls = scores[0]?.recalls.map((_, label) => mean(scores.map(score => score.recalls[label] ?? Number.NaN)))
  return { accuracy: mean(scores.map(({ accuracy }) => accuracy)), recalls: recalls ?? [] }
}

/** Balanced accuracy: the mean of the recalls of the classes that occur. */
export const balancedOf = ({ recalls }: Score): number => mean(recalls.filter(recall => !Number.isNaN(recall)))

/** @param scores of each contender, one a seed */
export function scored(scores: Readonly<Record<Contender, readonly Score[]>>): Scored {
  return { ...summary(scores, ({ accuracy }) => accuracy), balanced: summary(scores, balancedOf) }
}

/** The mean over the seeds of the share of one class that was told right. */
export const recallOf = (scores: Readonly<Record<Contender, readonly Score[]>>, label: number): Scores =>
  summary(scores, ({ recalls }) => recalls[label] ?? Number.NaN).mean

function summary(scores: Readonly<Record<Contender, readonly Score[]>>, figure: (score: Score) => number): Summary {
  const each = (from: (values: number[]) => number): Scores => {
    const [trained, random, raw] = contenders.map(contender => from(scores[contender].map(figure)))
    return { trained: trained ?? Number.NaN, random: random ?? Number.NaN, raw: raw ?? Number.NaN }
  }
  const seeds = scores.trained.map((_, seed) => each(values => values[seed] ?? Number.NaN))
  return { mean: each(mean), sd: each(values => (values.length < 2 ? 0 : sampleDeviation(values))), seeds }
}
