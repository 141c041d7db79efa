import { kMeans } from '../clusters/k-means.js'
import { nearestCentres } from '../clusters/nearest-centres.js'
import { LacunaError } from '../errors.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

/** What is found of frames: centres, how many frames are nearest to each, and what those sound like. */
export interface FoundClusters {
  /** [k][width] */
  readonly centres: readonly (readonly number[])[]
  readonly counts: readonly number[]
  /** [k][bands]: the mean of the spectra of those frames */
  readonly sounds: readonly (readonly number[])[]
}

/** Rows that the centres are found from; so many tell as much as more */
const MOST = 60_000
const ITERATIONS = 50

/**
 * Clusters of the frames that are there.
 * @param rows [frames, width] of all windows, those of padding too
 * @param spectra [frames, bands]
 * @param there [frames], 1 where a frame is there
 * @throws LacunaError when there are fewer frames than clusters
 */
export function clustersOf(
  { rows, spectra, there }: Readonly<Record<'rows' | 'spectra' | 'there', Float32Array>>,
  clusters: number,
  seed: number,
): FoundClusters {
  const [width, bands] = [rows, spectra].map(({ length }) => length / there.length) as [number, number]
  const real = range(there.length).filter(i => there[i] === 1)
  if (real.length < clusters)
    throw new LacunaError(
      `${clusters} clusters need as many frames, and there are ${real.length}; type --set clusters=${Math.max(2, Math.floor(real.length / 20))}, or give more recordings`,
      2,
    )
  const apart = Math.ceil(real.length / MOST)
  const some = taken(
    rows,
    width,
    real.filter((_, i) => i % apart === 0),
  )
  const { centres } = kMeans(some, width, { clusters, seed, iterations: ITERATIONS })
  const own = nearestCentres(taken(rows, width, real), width, centres)
  const counts = Array<number>(clusters).fill(0)
  const sums = range(clusters).map(() => new Float64Array(bands))
  own.forEach((cluster, i) => {
    counts[cluster] = (counts[cluster] ?? 0) + 1
    sums[cluster]?.forEach((_, band, sum) => {
      sum[band] = (sum[band] ?? 0) + (spectra[(real[i] ?? 0) * bands + band] ?? 0)
    })
  })
  const short = (digits: number) => (value: number) => Number(value.toPrecision(digits))
  return {
    centres: range(clusters).map(c => Array.from(centres.subarray(c * width, (c + 1) * width), short(7))),
    counts,
    sounds: sums.map((sum, c) => Array.from(sum, value => short(3)(value / Math.max(1, counts[c] ?? 0)))),
  }
}

function taken(rows: Float32Array, width: number, indices: readonly number[]): Float32Array {
  const found = new Float32Array(indices.length * width)
  indices.forEach((index, i) => {
    found.set(rows.subarray(index * width, (index + 1) * width), i * width)
  })
  return found
}

/**
 * Which centre each row is nearest to: −½‖x − c‖² but for what is the same of all centres.
 * @param x [..., width]
 * @returns int [...]
 */
export function nearestCentre(x: Tensor, centres: readonly (readonly number[])[]): Tensor {
  const width = x.size(-1)
  const all = constant(centres.flat(), [centres.length, width])
  const halves = constant(centres.map(c => c.reduce((sum, value) => sum + value * value, 0) / 2))
  return x.matmul(all.T).sub(halves).argmax(-1)
}
