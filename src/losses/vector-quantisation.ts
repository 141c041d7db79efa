import type { Tensor } from '../tensor/tensor.js'
import { weightedMean } from './soft-cross-entropy.js'

/**
 * Draws codes to what they stand for, and what they stand for to its codes: ‖sg(z) − q‖² + γ‖z − sg(q)‖², the mean over the numbers
 * of a row and over the rows by their weights. The first moves the codes alone, the second the network alone.
 *
 * @param z [rows, width], what is replaced
 * @param codes q [rows, width], what stands in its place
 * @param weight [rows]
 * @param commitment γ ≥ 0
 * @returns float []; 0 where all are equal
 * @see van den Oord et al. 2017, Neural Discrete Representation Learning, eq. 3; Baevski et al. 2020, vq-wav2vec, eq. 3
 */
export function codebookLoss(z: Tensor, codes: Tensor, weight: Tensor, commitment: number): Tensor {
  const apart = (a: Tensor, b: Tensor) => weightedMean(a.sub(b).square().mean(-1), weight)
  return apart(codes, z.stopGradient()).add(apart(z, codes.stopGradient()).mul(commitment))
}
