import { range } from '../tensor/shape.js'
import { countsOf } from './baselines.js'
import { eachCosines } from './cosines.js'
import type { Features, Labelled } from './features.js'
import { mean, median } from './statistics.js'
import { type RunnerOptions, withRunner } from './with-runner.js'

/** Cosines this close are equal: float32 rounds alike vectors apart by less. */
const rounding = 1e-6

export interface RetrievalResult {
  /** R@K for each K: the share of queries with something relevant among the first K, 0 … 1 */
  readonly recall: ReadonlyMap<number, number>
  /** R@K of a random order; K / N when one item is relevant */
  readonly chance: ReadonlyMap<number, number>
  /** Mean average precision, 0 … 1; about the share of relevant items for a random order */
  readonly meanAveragePrecision: number
  /** The median over the queries of the rank of the first relevant item; 1 is best, and halves occur */
  readonly medianRank: number
  /** Queries with something relevant in the gallery; the others do not count */
  readonly queries: number
}

/**
 * Retrieval by cosine: a gallery item is relevant to a query of the same label.
 *
 * Equal cosines are not ordered by chance of position: the rank of an item is 1 + the number of items strictly nearer
 * + half the number of others equally near. Of several relevant items the nearest counts, and only irrelevant ones
 * before it. So a collapsed encoder has the middle rank everywhere and finds nothing.
 *
 * @param ks the K of R@K
 */
export async function retrieve(
  queries: Labelled,
  gallery: Labelled,
  ks: readonly number[] = [1, 5, 10],
  options: RunnerOptions = {},
): Promise<RetrievalResult> {
  const labels = Int32Array.from(gallery.labels)
  const counts = countsOf(labels, labels.reduce((most, label) => Math.max(most, label), 0) + 1)
  const ranks: number[] = []
  const precisions: number[] = []
  const relevant: number[] = []
  const rank = (cosines: ArrayLike<number>, query: number) => {
    const label = queries.labels[query] ?? -1
    const count = counts[label] ?? 0
    if (count === 0) return
    ranks.push(firstRank(cosines, labels, label))
    precisions.push(averagePrecision(cosines, labels, label, count))
    relevant.push(count)
  }
  await withRunner(options, runner => eachCosines(runner, queries.features, gallery.features, rank))
  return {
    recall: new Map(ks.map(k => [k, mean(ranks.map(rank => (rank <= k ? 1 : 0)))])),
    chance: new Map(ks.map(k => [k, mean(relevant.map(count => chanceOfHit(k, count, labels.length)))])),
    meanAveragePrecision: mean(precisions),
    medianRank: median(ranks),
    queries: ranks.length,
  }
}

export interface PairOptions extends RunnerOptions {
  /** Of the rows, where some say the same: rows of one label belong to each other. Without, each row has one of its own */
  readonly labels?: ArrayLike<number>
}

/**
 * Retrieval between two sides of the same things (pictures and captions): row i of one belongs to row i of the other.
 * @returns both directions
 */
export async function retrievePairs(
  left: Features,
  right: Features,
  ks?: readonly number[],
  { labels = range(left.count), ...options }: PairOptions = {},
): Promise<{ readonly leftToRight: RetrievalResult; readonly rightToLeft: RetrievalResult }> {
  if (left.count !== right.count)
    throw new RangeError(`retrievePairs: as many rows on both sides expected, got ${left.count} and ${right.count}`)
  const [a, b] = [
    { features: left, labels },
    { features: right, labels },
  ] as const
  return withRunner(options, async runner => ({
    leftToRight: await retrieve(a, b, ks, { runner }),
    rightToLeft: await retrieve(b, a, ks, { runner }),
  }))
}

/** 1 + irrelevant items nearer than the nearest relevant one + half of those as near. */
function firstRank(cosines: ArrayLike<number>, labels: Int32Array, label: number): number {
  let best = Number.NEGATIVE_INFINITY
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) best = Math.max(best, cosines[i] as number)
  let rank = 1
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === label) continue
    const ahead = (cosines[i] as number) - best
    if (ahead > rounding) rank += 1
    else if (ahead >= -rounding) rank += 0.5
  }
  return rank
}

/** Mean over the relevant items of (relevant items up to it) / (items up to it), both by the rule for equal cosines. */
function averagePrecision(cosines: ArrayLike<number>, labels: Int32Array, label: number, count: number): number {
  const all = Float32Array.from(cosines).sort()
  const relevant = new Float32Array(count)
  let filled = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) relevant[filled++] = cosines[i] as number
  relevant.sort()
  const rankAmongAll = ranker(all)
  const rankAmongRelevant = ranker(relevant)
  let sum = 0
  for (let i = count - 1; i >= 0; i--)
    sum += rankAmongRelevant(relevant[i] as number) / rankAmongAll(relevant[i] as number)
  return sum / count
}

/** Ranks of members of an ascending list, for falling values: 1 + those above + half of the others equal. */
function ranker(ascending: Float32Array): (value: number) => number {
  let above = ascending.length // index of the first one above
  let equal = ascending.length // index of the first one equal
  return value => {
    while (above > 0 && (ascending[above - 1] as number) > value + rounding) above--
    while (equal > 0 && (ascending[equal - 1] as number) >= value - rounding) equal--
    return 1 + (ascending.length - above) + (above - equal - 1) / 2
  }
}

/** 1 − the chance that none of `relevant` items is among the first k of n in random order (hypergeometric). */
function chanceOfHit(k: number, relevant: number, n: number): number {
  let miss = 1
  for (let i = 0; i < Math.min(k, n); i++) miss *= Math.max(0, n - relevant - i) / (n - i)
  return 1 - miss
}
