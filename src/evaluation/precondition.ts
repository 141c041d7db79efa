import { addScaled, dot, rowsOf, transposed } from '../clusters/vectors.js'
import { backwards, cholesky, forwards } from './cholesky.js'

/** The directions in which features vary most: orthonormal rows [rank][width], and the covariance there [rank, rank]. */
export interface Subspace {
  readonly basis: readonly Float64Array[]
  readonly covariance: Float64Array
}

/**
 * Approximately the leading eigenspace of XᵀX / n, by orthogonal iteration.
 *
 * @param product gives XᵀX / n · basis for a basis [width, rank]
 * @param start linearly independent columns, [width, rank]
 */
export async function leadingSubspace(
  product: (basis: Float64Array) => Promise<Float64Array>,
  start: Float64Array,
  rank: number,
  rounds = 3,
): Promise<Subspace> {
  const width = start.length / rank
  const moved = async (basis: readonly Float64Array[]) => {
    const columns = new Float64Array(width * rank)
    basis.forEach((row, i) => {
      columns.set(row, i * width)
    })
    return rowsOf(transposed(await product(transposed(columns, width)), rank), width)
  }
  let basis = orthonormal(rowsOf(transposed(start, rank), width))
  for (let round = 0; round < rounds; round++) basis = orthonormal(await moved(basis))
  const images = await moved(basis)
  return { basis, covariance: Float64Array.from(basis.flatMap(row => images.map(image => dot(row, image)))) }
}

/**
 * Multiplies by an approximate inverse of curvature · XᵀX / n + decay: exact within the subspace, and beyond it as if
 * the features varied there as little as in the least direction of the subspace.
 *
 * @returns a function of matrices [width, columns]
 */
export function approximateInverse({ basis, covariance }: Subspace, curvature: number, decay: number) {
  const rank = basis.length
  const variances = basis.map((_, i) => covariance[i * (rank + 1)] ?? 0)
  const least = Math.max(1e-12, Math.min(...variances), 1e-10 * Math.max(...variances))
  const beyond = 1 / (curvature * least + decay)
  const inside = covariance.map((value, i) => curvature * value + (i % (rank + 1) === 0 ? decay + 1e-12 : 0))
  const lower = cholesky(rowsOf(inside, rank))
  return (matrix: Float64Array, columns: number): Float64Array => {
    const result = transposed(matrix, columns) // [columns, width]: sums along whole rows are fast
    for (const column of rowsOf(result, matrix.length / columns)) {
      const shares = Float64Array.from(basis, direction => dot(direction, column))
      const solved = backwards(lower, forwards(lower, shares))
      for (let j = 0; j < column.length; j++) column[j] = beyond * (column[j] as number)
      basis.forEach((direction, i) => {
        addScaled(column, (solved[i] ?? 0) - beyond * (shares[i] ?? 0), direction)
      })
    }
    return transposed(result, matrix.length / columns)
  }
}

/** Gram–Schmidt, twice for the digits; a vector that depends on those before becomes zero. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = []
  for (const vector of vectors) {
    const rest = vector.slice()
    const before = dot(rest, rest)
    for (let pass = 0; pass < 2; pass++) for (const other of done) addScaled(rest, -dot(rest, other), other)
    const square = dot(rest, rest)
    const scale = square > 1e-20 * before ? 1 / Math.sqrt(square) : 0
    done.push(rest.map(value => value * scale))
  }
  return done
}
