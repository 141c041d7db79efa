import { range } from './shape.js'
import { constant, type Tensor } from './tensor.js'

/**
 * Which of `length` frames are there, and which are padding.
 * @param frames int [N], how many there are of each
 * @returns bool [N, length]
 */
export const isThere = (frames: Tensor, length: number): Tensor =>
  constant(range(length), [1, length]).less(frames.cast('float').reshape(-1, 1))

/**
 * The same as numbers to multiply by: 1 there, 0 in the padding.
 * @returns float [N, length, 1]
 */
export const thereOf = (frames: Tensor, length: number): Tensor =>
  isThere(frames, length).cast('float').reshape(-1, length, 1)

/**
 * The mean over the frames that are there.
 * @param x [N, T, width]
 * @param frames int [N], at least 1 each for a mean that means something
 * @returns [N, width]
 */
export function meanOfThere(x: Tensor, frames: Tensor): Tensor {
  const there = thereOf(frames, x.size(1))
  return x.mul(there).sum(1).div(there.sum(1).maximum(1))
}

/**
 * The standard deviation (divisor n) over the frames that are there: 0 of a single one.
 * @param x [N, T, width]
 * @param frames int [N]
 * @returns [N, width]
 */
export function deviationOfThere(x: Tensor, frames: Tensor): Tensor {
  const there = thereOf(frames, x.size(1))
  const count = there.sum(1, true).maximum(1)
  const mean = x.mul(there).sum(1, true).div(count)
  return x.sub(mean).square().mul(there).sum(1, true).div(count).sum(1).sqrt()
}
