import type { Medium } from '../data/media.js'
import { accuracyOf, countsOf } from './baselines.js'
import { mean, sampleDeviation } from './statistics.js'

const always = ['trained', 'random', 'raw'] as const satisfies readonly (keyof Each<unknown>)[]
/** MFCC of sound, the histogram of pictures in colour */
const sometimes = ['mfcc', 'colours'] as const satisfies readonly (keyof Each<unknown>)[]
/** The trained encoder, the same one before training, and what is known without one: one or two kinds of it. */
export const contenders = [...always, ...sometimes] as const
export type Contender = (typeof contenders)[number]
/** Something for each that takes part. */
export type Each<T> = Readonly<Record<'trained' | 'random' | 'raw', T> & Partial<Record<'mfcc' | 'colours', T>>>
/** A share for each, 0 … 1 */
export type Scores = Each<number>

/** What contenders are called, by what is evaluated. */
export const contenderNames: { readonly [M in Medium]: Each<string> } = {
  image: { trained: 'trained', random: 'random init', raw: 'raw pixels', colours: 'colours' },
  audio: { trained: 'trained', random: 'random init', raw: 'log-mel + Δ', mfcc: 'MFCC + Δ + ΔΔ' },
}

/** Those that take part, in their order. */
export const contendersIn = (each: Each<unknown>): Contender[] =>
  contenders.filter(contender => each[contender] !== undefined)

/** The same for each that takes part. */
export function eachOf<T, U>(each: Each<T>, make: (value: T, contender: Contender) => U): Each<U> {
  const { trained, random, raw } = each
  const more = sometimes.flatMap(contender => {
    const value = each[contender]
    return value === undefined ? [] : [[contender, make(value, contender)] as const]
  })
  const those = { trained: make(trained, 'trained'), random: make(random, 'random'), raw: make(raw, 'raw') }
  return { ...those, ...Object.fromEntries(more) }
}

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
export function scored(scores: Each<readonly Score[]>): Scored {
  const by = (figure: (score: Score) => number) => summaryOf(eachOf(scores, seeds => seeds.map(figure)))
  return { ...by(({ accuracy }) => accuracy), balanced: by(balancedOf) }
}

/** The mean over the seeds of the share of one class that was told right. */
export const recallOf = (scores: Each<readonly Score[]>, label: number): Scores =>
  eachOf(scores, seeds => mean(seeds.map(({ recalls }) => recalls[label] ?? Number.NaN)))

/** @param values of each contender, one a seed */
export function summaryOf(values: Each<readonly number[]>): Summary {
  return {
    mean: eachOf(values, mean),
    sd: eachOf(values, seeds => (seeds.length < 2 ? 0 : sampleDeviation(seeds))),
    seeds: values.trained.map((_, seed) => eachOf(values, seeds => seeds[seed] ?? Number.NaN)),
  }
}
