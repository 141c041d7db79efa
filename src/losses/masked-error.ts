import { ShapeError } from '../tensor/scope.js'
import { broadcast, sameShape, showShape, sizeOf } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * Mean squared error over what is hidden: what is shown counts nothing, and a small hole weighs as much as a large one.
 *
 * @param guess of any shape
 * @param truth of the same shape
 * @param weight how much each place counts, 0 where it is shown; broadcast to the guess, as [N, 1, H, W] or [N, L, 1]
 * @returns float []: Σ w·(guess − truth)² / Σ w; an error of 0.1 everywhere gives 0.01
 * @see Pathak et al. 2016, eq. 1; He et al. 2022, section 3
 */
export function maskedError(guess: Tensor, truth: Tensor, weight: Tensor): Tensor {
  if (!sameShape(guess.shape, truth.shape) || !sameShape(broadcast(guess.shape, weight.shape) ?? [], guess.shape))
    throw new ShapeError(
      'maskedError',
      `a guess and a truth of one shape and a weight that fits expected, got ${[guess, truth, weight].map(t => showShape(t.shape)).join(' · ')}`,
    )
  const repeated = sizeOf(guess.shape) / sizeOf(weight.shape)
  return guess.sub(truth).square().mul(weight).sum().div(weight.sum().mul(repeated))
}
