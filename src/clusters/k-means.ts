import { LacunaError } from '../errors.js'
import { uniforms } from '../program/draws.js'
import { countOf, nearestOf, squaredDistance } from './nearest-centres.js'

export interface KMeansOptions {
  /** How many centres */
  readonly clusters: number
  /** Of the first centres and of the batches; equal seeds give equal centres */
  readonly seed?: number
  /** Steps, each over one batch; fewer where nothing moves any more */
  readonly iterations?: number
  /** Rows a step; where there are no more than that, each step is over all of them */
  readonly batch?: number
}

export interface KMeans {
  /** [clusters, width], row-major */
  readonly centres: Float32Array
  /** Sum over all rows of the squared distance to the nearest centre */
  readonly inertia: number
}

type Uniform = () => number

/**
 * Centres such that rows lie near one of them. The first are drawn by greedy k-means++; then each step moves every
 * centre to the mean of the rows that it has been given, over all of them (Lloyd) when there are few, otherwise over
 * batches, where a centre moves the less the more rows it has seen (Sculley). A centre that no row is nearest to is put
 * where the worst-placed row is. Sums are in float64.
 *
 * @param rows [n, width], row-major; of columns with other units the largest decide, so normalise them
 * @throws LacunaError when there are fewer rows than clusters, or a number is not finite
 * @see Arthur & Vassilvitskii 2007 (k-means++); Sculley 2010 (batches)
 */
export function kMeans(
  rows: Float32Array,
  width: number,
  { clusters, seed = 0, iterations = 100, batch = 10_000 }: KMeansOptions,
): KMeans {
  const n = checked(rows, width, clusters)
  const next = uniforms(seed, 0, 'k-means')
  const first = n <= FIRST_FROM * batch ? rows : sample(rows, width, FIRST_FROM * batch, next)
  const centres = plusPlus(first, width, clusters, next)
  const counts = new Float64Array(clusters)
  let before: Int32Array | undefined
  for (let step = 0; step < iterations; step++) {
    if (n > batch) {
      move(sample(rows, width, batch, next), width, centres, counts)
      continue
    }
    const labels = move(rows, width, centres, counts.fill(0))
    if (before?.every((label, i) => label === labels[i])) break
    before = labels
  }
  const inertia = nearestOf(rows, width, centres).distances.reduce((sum, distance) => sum + distance, 0)
  return { centres: Float32Array.from(centres), inertia }
}

/** Batches of rows that the first centres are drawn from */
const FIRST_FROM = 3

function checked(rows: Float32Array, width: number, clusters: number): number {
  const n = countOf('k-means: rows', rows, width)
  if (!(Number.isSafeInteger(clusters) && clusters >= 1))
    throw new LacunaError(`k-means: a whole number of clusters, at least 1, is expected, got ${clusters}`, 2)
  if (n < clusters)
    throw new LacunaError(
      `k-means: ${clusters} clusters need as many rows, got ${n}; ask for fewer, or give more data`,
      2,
    )
  const bad = rows.findIndex(value => !Number.isFinite(value))
  if (bad >= 0) throw new LacunaError(`k-means: row ${Math.floor(bad / width)} holds ${rows[bad]}, which is no number`)
  return n
}

/** Rows drawn at random, with replacement. */
function sample(rows: Float32Array, width: number, count: number, next: Uniform): Float32Array {
  const drawn = new Float32Array(count * width)
  for (let i = 0; i < count; i++) {
    const row = Math.floor(next() * (rows.length / width))
    drawn.set(rows.subarray(row * width, (row + 1) * width), i * width)
  }
  return drawn
}

/**
 * First centres: rows, each drawn with a chance in proportion to its squared distance from those drawn before; of a few
 * such draws the one after which the rows lie nearest.
 */
function plusPlus(rows: Float32Array, width: number, clusters: number, next: Uniform): Float64Array {
  const n = rows.length / width
  const centres = new Float64Array(clusters * width)
  const draws = 2 + Math.floor(Math.log(clusters))
  let distances = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  const closer = (row: number) =>
    distances.map((before, i) => Math.min(before, squaredDistance(rows, i * width, rows, row * width, width)))
  for (let c = 0; c < clusters; c++) {
    const candidates = c === 0 ? [Math.floor(next() * n)] : rowsByDistance(distances, draws, next)
    let best = { row: 0, total: Number.POSITIVE_INFINITY, distances }
    for (const row of candidates) {
      const after = closer(row)
      const total = after.reduce((sum, distance) => sum + distance, 0)
      if (total < best.total) best = { row, total, distances: after }
    }
    distances = best.distances
    centres.set(rows.subarray(best.row * width, (best.row + 1) * width), c * width)
  }
  return centres
}

/** Rows drawn with chances in proportion to the distances; any rows where all of those are 0. */
function rowsByDistance(distances: Float64Array, draws: number, next: Uniform): number[] {
  let sum = 0
  const upTo = distances.map(distance => (sum += distance))
  return Array.from({ length: draws }, () => {
    const drawn = next()
    const row = sum > 0 ? upTo.findIndex(total => total > drawn * sum) : Math.floor(drawn * distances.length)
    return Math.max(0, row)
  })
}

/**
 * Every centre becomes the mean of the rows it has been given: of `part` and, where `counts` says so, of earlier parts.
 * @param counts rows that each centre stands for, brought up to date
 * @returns which centre each row was given to
 */
function move(part: Float32Array, width: number, centres: Float64Array, counts: Float64Array): Int32Array {
  const { labels, distances } = nearestOf(part, width, centres)
  const sums = centres.map((value, i) => value * (counts[Math.floor(i / width)] ?? 0))
  labels.forEach((label, row) => {
    counts[label] = (counts[label] ?? 0) + 1
    for (let d = 0; d < width; d++)
      sums[label * width + d] = (sums[label * width + d] ?? 0) + (part[row * width + d] ?? 0)
  })
  let farthest: number[] | undefined
  counts.forEach((count, c) => {
    if (count > 0) {
      for (let d = c * width; d < (c + 1) * width; d++) centres[d] = (sums[d] ?? 0) / count
      return
    }
    farthest ??= [...distances.keys()].sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0))
    const row = farthest.pop() ?? 0
    centres.set(part.subarray(row * width, (row + 1) * width), c * width)
  })
  return labels
}
