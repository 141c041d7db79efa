import { uniforms } from '../program/draws.js'
import { type Features, rowOf } from './features.js'
import { addScaled, dot } from './vectors.js'

export interface Principal {
  /** Where each row lies along each direction, from the mean of all: [directions][count] */
  readonly places: readonly Float64Array[]
  /** Share of all variance that each direction holds, 0 … 1, largest first */
  readonly shares: readonly number[]
}

const MOST_SWEEPS = 100
/** Directions beside those asked for: the wanted ones then settle faster, even where two hold nearly the same */
const SPARE = 4
const SETTLED = 1e-7

/**
 * The directions in which rows differ most (PCA), by orthogonal iteration: about 4 · count · width operations a
 * direction and sweep, without a matrix of width × width. Signs are fixed: what lies farthest out is on the positive
 * side.
 *
 * @param features rows as they are to be compared; they are centred here, not scaled
 * @see Golub & Van Loan 2013, Matrix Computations, 8.2.4
 */
export function principal(features: Features, directions: number): Principal {
  const { count, width } = features
  const rows = centred(features)
  const total = rows.reduce((sum, row) => sum + dot(row, row), 0)
  const next = uniforms(0, 0, 'principal')
  let basis = Array.from({ length: Math.min(directions + SPARE, width, count) }, () =>
    Float64Array.from({ length: width }, () => next() - 0.5),
  )
  orthonormalise(basis)
  let before: number[] = []
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    const images = basis.map(() => new Float64Array(width))
    for (const row of rows)
      for (const [k, direction] of basis.entries()) addScaled(images[k] ?? direction, dot(row, direction), row)
    const lengths = orthonormalise(images).slice(0, directions)
    basis = images
    if (lengths.every((length, k) => Math.abs(length - (before[k] ?? 0)) <= SETTLED * length)) break
    before = lengths
  }
  const found = basis.slice(0, directions).map(direction => {
    const along = Float64Array.from(rows, row => dot(row, direction))
    const farthest = along.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
    return { places: farthest < 0 ? along.map(value => -value) : along, variance: dot(along, along) }
  })
  while (found.length < directions) found.push({ places: new Float64Array(count), variance: 0 })
  found.sort((a, b) => b.variance - a.variance)
  return {
    places: found.map(({ places }) => places),
    shares: found.map(({ variance }) => (total > 0 ? variance / total : 0)),
  }
}

function centred(features: Features): Float64Array[] {
  const { count, width } = features
  const mean = new Float64Array(width)
  const rows = Array.from({ length: count }, (_, i) => Float64Array.from(rowOf(features, i)))
  for (const row of rows) addScaled(mean, 1 / count, row)
  for (const row of rows) addScaled(row, -1, mean)
  return rows
}

/** Gram-Schmidt, in place; @returns the length of each before it was made 1. What depends on those before becomes 0. */
function orthonormalise(vectors: readonly Float64Array[]): number[] {
  return vectors.map((vector, k) => {
    const given = Math.sqrt(dot(vector, vector))
    for (const other of vectors.slice(0, k)) addScaled(vector, -dot(vector, other), other)
    const length = Math.sqrt(dot(vector, vector))
    const scale = length > 1e-9 * given ? 1 / length : 0
    for (let i = 0; i < vector.length; i++) vector[i] = scale * (vector[i] ?? 0)
    return length
  })
}
