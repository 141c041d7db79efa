import { eachCosines } from './cosines.js'
import { type Features, l2Normalised, wantWidth } from './features.js'
import { rankMe } from './rank.js'
import { type RunnerOptions, withRunner } from './with-runner.js'

/**
 * Mean squared distance of the two views of each sample on the unit sphere: 0 when views agree, 2 when they have
 * nothing in common, at most 4.
 *
 * @param first rows i of both are views of one sample; need not be normalised
 * @see Wang & Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity
 */
export function alignment(first: Features, second: Features): number {
  wantWidth('alignment', second, first.width)
  if (first.count !== second.count)
    throw new RangeError(`alignment: ${first.count} second views expected, got ${second.count}`)
  const [a, b] = [l2Normalised(first).values, l2Normalised(second).values]
  return a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / first.count
}

/**
 * ln of the mean over all pairs i < j of exp(−2‖f_i − f_j‖²) on the unit sphere: 0 for a collapsed encoder, and for
 * embeddings spread evenly ln(e⁻⁴ · ₀F₁(; D/2; 4)), which is −3.8752 for D = 64 and tends to −4.
 *
 * @param embeddings two rows at least; need not be normalised. The work grows with their square: a few thousand do
 * @see Wang & Isola 2020
 */
export async function uniformity(embeddings: Features, options: RunnerOptions = {}): Promise<number> {
  let sum = 0
  const add = (cosines: ArrayLike<number>, row: number) => {
    for (let j = row + 1; j < embeddings.count; j++) sum += Math.exp(4 * (cosines[j] as number) - 4) // ‖a − b‖² = 2 − 2 cos
  }
  await withRunner(options, runner => eachCosines(runner, embeddings, embeddings, add))
  return Math.log(sum / ((embeddings.count * (embeddings.count - 1)) / 2))
}

export interface Collapse {
  /** Mean over the dimensions of the standard deviation of L2-normalised rows: 1/√D when healthy, 0 when collapsed */
  readonly deviation: number
  /** Mean cosine of two different rows: near 0 when healthy, 1 when collapsed */
  readonly cosine: number
  /** See {@link rankMe} */
  readonly rank: number
  readonly width: number
  /** Mean cosine of the samples themselves, where that of their vectors asked for it */
  readonly alike?: number
  /** What is wrong, one sentence each; empty when healthy */
  readonly alarms: readonly string[]
}

/**
 * Whether an encoder says the same of everything (complete collapse) or uses few of its dimensions (dimensional
 * collapse). The thresholds of the alarms are rules of thumb: deviation below a quarter of 1/√D, RankMe below 5
 * (in fewer than 10 dimensions, below D/2) or below 5 % of D; D is the number of rows where that is smaller.
 */
export async function collapse(embeddings: Features, options: RunnerOptions = {}): Promise<Collapse> {
  const { count, width } = embeddings
  const { values } = l2Normalised(embeddings)
  const sums = new Float64Array(width)
  values.forEach((value, i) => {
    sums[i % width] = (sums[i % width] ?? 0) + value
  })
  const squares = new Float64Array(width)
  values.forEach((value, i) => {
    squares[i % width] = (squares[i % width] ?? 0) + (value - (sums[i % width] ?? 0) / count) ** 2
  })
  const deviation = squares.reduce((sum, square) => sum + Math.sqrt(square / count), 0) / width
  const cosine = meanCosine(embeddings)
  const rank = await rankMe(embeddings, options)

  const healthy = 1 / Math.sqrt(width)
  const alarms: string[] = []
  if (saysTheSame({ deviation, width }))
    alarms.push(
      `collapse: embeddings of different samples are nearly equal (deviation ${deviation.toFixed(4)}, healthy ${healthy.toFixed(4)})`,
    )
  const room = Math.min(width, count) // no more dimensions than rows can be filled
  const least = Math.max(Math.min(5, room / 2), 0.05 * room)
  if (rank < least)
    alarms.push(
      `dimensional collapse: the embeddings fill ${rank.toFixed(1)} of ${room} dimensions (below ${least.toFixed(1)})`,
    )
  return { deviation, cosine, rank, width, alarms }
}

/** Mean cosine of two different rows. */
export function meanCosine(rows: Features): number {
  const { count, width } = rows
  const { values } = l2Normalised(rows)
  const sums = new Float64Array(width)
  let lengths = 0 // of rows that are not zero
  values.forEach((value, i) => {
    sums[i % width] = (sums[i % width] ?? 0) + value
    lengths += value * value
  })
  return (sums.reduce((sum, s) => sum + s * s, 0) - lengths) / (count * (count - 1))
}

/** Complete collapse: the same is said of everything, though it is not the same. */
export const isCollapsed = (found: Pick<Collapse, 'deviation' | 'width' | 'cosine' | 'alike'>): boolean =>
  saysTheSame(found) && !areAlike(found)

/** The vectors are nearly equal, and so is what they are of: pictures of a camera that stands still. */
export const areAlike = ({ cosine, alike = -1 }: Pick<Collapse, 'cosine' | 'alike'>): boolean => alike >= cosine

/** The vectors are nearly equal. */
export const saysTheSame = ({ deviation, width }: Pick<Collapse, 'deviation' | 'width'>): boolean =>
  deviation < 1 / Math.sqrt(width) / 4

export interface CodeUsage {
  /** exp of the entropy of the codes: 1 when there is one, `vocabulary` when all are equally frequent */
  readonly perplexity: number
  /** Share of the vocabulary that occurs, 0 … 1 */
  readonly used: number
  readonly alarms: readonly string[]
}

/**
 * How much of a codebook, a set of prototypes or a teacher's classes is in use.
 * @param counts of each code over a whole epoch: a batch bounds the perplexity by its size
 */
export function codeUsage(counts: readonly number[]): CodeUsage {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const entropy = counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log(count / total)),
    0,
  )
  const perplexity = total === 0 ? 0 : Math.exp(entropy)
  const vocabulary = counts.length
  const alarms =
    perplexity < 0.1 * vocabulary
      ? [`codes collapse: perplexity ${perplexity.toFixed(1)} of ${vocabulary} (below 10 %)`]
      : []
  return { perplexity, used: counts.filter(count => count > 0).length / vocabulary, alarms }
}
