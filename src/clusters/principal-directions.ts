import { uniforms } from '../program/draws.js'
import { addScaled, dot } from './vectors.js'

const MOST_SWEEPS = 100
/** Directions beside those asked for: the wanted ones then settle faster, even where two hold nearly the same */
const SPARE = 4
const SETTLED = 1e-7

/**
 * The directions in which rows differ most (PCA), by orthogonal iteration: about 4 · count · width operations a direction and
 * sweep, without a matrix of width × width.
 *
 * @param rows about their mean
 * @returns of length 1 and at right angles, widest first; as many as asked for, or as rows or numbers in one
 * @see Golub & Van Loan 2013, Matrix Computations, 8.2.4
 */
export function principalDirections(rows: readonly Float64Array[], directions: number): Float64Array[] {
  const width = rows[0]?.length ?? 0
  const next = uniforms(0, 0, 'principal')
  let basis = Array.from({ length: Math.min(directions + SPARE, width, rows.length) }, () =>
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
  return basis.slice(0, directions)
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
