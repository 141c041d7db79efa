import { LacunaError } from '../errors.js'

/** Centres looked at together: each number of a row is then read once for all of them. */
const TOGETHER = 4

/** Which centre each of some rows is nearest to, and how far it is. */
export interface Nearest {
  readonly labels: Int32Array
  /** Squared distance to that centre */
  readonly distances: Float64Array
}

/**
 * The centre that each row is nearest to by the Euclidean distance; of equal ones the first.
 * @param rows [n, width], row-major
 * @param centres [k, width]
 * @returns numbers of centres, [n]
 * @throws LacunaError when there are no centres, or something is not a whole number of rows
 */
export const nearestCentres = (rows: Float32Array, width: number, centres: Float32Array): Int32Array =>
  nearestOf(rows, width, Float64Array.from(centres)).labels

/** The same with the distances, from centres in float64. */
export function nearestOf(rows: Float32Array, width: number, centres: Float64Array): Nearest {
  const n = countOf('rows', rows, width)
  const k = countOf('centres', centres, width)
  if (k === 0) throw new LacunaError('nearest centres: at least one centre is expected, got none')
  const padded = Math.ceil(k / TOGETHER) * TOGETHER
  const blocks = interleaved(centres, width, padded)
  // |x − c|² = |x|² − 2(x·c − |c|²/2): the nearest has the largest bracket; no row is nearest to padding
  const half = new Float64Array(padded).fill(Number.POSITIVE_INFINITY)
  const origin = new Float64Array(width)
  for (let c = 0; c < k; c++) half[c] = squaredDistance(centres, c * width, origin, 0, width) / 2
  const labels = new Int32Array(n)
  const distances = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const label = largest(rows, i * width, width, blocks, half)
    labels[i] = label
    distances[i] = squaredDistance(rows, i * width, centres, label * width, width)
  }
  return { labels, distances }
}

/** |x − y|² of two rows. */
export function squaredDistance(
  x: Float32Array | Float64Array,
  at: number,
  y: Float32Array | Float64Array,
  atY: number,
  width: number,
): number {
  let sum = 0
  for (let d = 0; d < width; d++) sum += ((x[at + d] as number) - (y[atY + d] as number)) ** 2
  return sum
}

/** How many rows there are. @throws LacunaError when their numbers do not divide into rows */
export function countOf(what: string, values: Float32Array | Float64Array, width: number): number {
  const count = values.length / width
  if (Number.isInteger(count) && width >= 1) return count
  throw new LacunaError(`${what} of width ${width} expected, got ${values.length} numbers`)
}

/** Centres in fours, number by number: what `largest` reads lies together. */
function interleaved(centres: Float64Array, width: number, padded: number): Float64Array {
  const blocks = new Float64Array(padded * width)
  centres.forEach((value, i) => {
    const [c, d] = [Math.floor(i / width), i % width]
    blocks[(Math.floor(c / TOGETHER) * width + d) * TOGETHER + (c % TOGETHER)] = value
  })
  return blocks
}

/** The first centre whose x·c − |c|²/2 is the largest. */
function largest(rows: Float32Array, at: number, width: number, blocks: Float64Array, half: Float64Array): number {
  let best = 0
  let most = Number.NEGATIVE_INFINITY
  for (let c = 0; c < half.length; c += TOGETHER) {
    const start = c * width
    let first = 0
    let second = 0
    let third = 0
    let fourth = 0
    for (let d = 0; d < width; d++) {
      const x = rows[at + d] as number
      const place = start + d * TOGETHER
      first += x * (blocks[place] as number)
      second += x * (blocks[place + 1] as number)
      third += x * (blocks[place + 2] as number)
      fourth += x * (blocks[place + 3] as number)
    }
    first -= half[c] as number
    second -= half[c + 1] as number
    third -= half[c + 2] as number
    fourth -= half[c + 3] as number
    const score = Math.max(first, second, third, fourth)
    if (score <= most) continue
    most = score
    best = c + (score === first ? 0 : score === second ? 1 : score === third ? 2 : 3)
  }
  return best
}
