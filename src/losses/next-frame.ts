import { ShapeError } from '../tensor/scope.js'
import { range, sameShape, showShape } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * Mean of |guess − truth| over all pixels and colours.
 * @param guess [N, C, H, W], as the truth
 * @returns float [N]
 */
export function absoluteError(guess: Tensor, truth: Tensor): Tensor {
  wantPair('absoluteError', guess, truth)
  return guess.sub(truth).abs().mean([1, 2, 3])
}

/**
 * Gradient difference loss: by how much the steepness between neighbours is wrong, in both directions. The absolute values inside are
 * part of it: a picture and its negative have the same edges, so it never stands alone.
 *
 * @param guess [N, C, H, W], as the truth; at least 2 × 2
 * @returns float [N]: Σ over both directions of the mean of ||Δtruth| − |Δguess||; the paper has the sum over all pixels
 * @see Mathieu et al. 2016, eq. 6, with α = 1
 */
export function gradientDifference(guess: Tensor, truth: Tensor): Tensor {
  wantPair('gradientDifference', guess, truth)
  const steep = (x: Tensor, axis: number) =>
    x
      .slice(axis, 1)
      .sub(x.slice(axis, 0, -1))
      .abs()
  const along = (axis: number) => steep(truth, axis).sub(steep(guess, axis)).abs().mean([1, 2, 3])
  return along(2).add(along(3))
}

/** A frame at some scales, the finest first. */
export type Pyramid = readonly Tensor[]

/** A frame and its halves, each pixel the mean of 2 × 2: [N, C, H, W], [N, C, H/2, W/2], … @param scales how many */
export function pyramid(x: Tensor, scales: number): Pyramid {
  const found = [x]
  for (const _ of range(scales - 1)) found.push(halved(found.at(-1) ?? x))
  return found
}

/** Each pixel the mean of 2 × 2. @throws ShapeError for an odd side */
export function halved(x: Tensor): Tensor {
  const [n = 1, c = 1, h = 1, w = 1] = x.shape
  if (x.rank !== 4 || h % 2 === 1 || w % 2 === 1)
    throw new ShapeError('halved', `[N, C, H, W] with even sides expected, got ${showShape(x.shape)}`)
  return x.reshape(n, c, h / 2, 2, w / 2, 2).mean([3, 5])
}

/**
 * How wrong frames are that were guessed at several scales: the sum over the scales of the absolute error and λ times the gradient
 * difference, each a mean over its scale, so that λ means the same at every size.
 *
 * @param guess of each scale [N, C, h, w]
 * @param truth of the same scales
 * @param gradients λ
 * @returns float [N]
 * @see Mathieu et al. 2016, eq. 5 and 7, with p = 1
 */
export function nextFrameLoss(guess: Pyramid, truth: Pyramid, gradients: number): Tensor {
  const each = guess.map((own, i) => {
    const right = truth[i] ?? own
    const error = absoluteError(own, right)
    return gradients === 0 ? error : error.add(gradientDifference(own, right).mul(gradients))
  })
  return each.reduce((sum, loss) => sum.add(loss))
}

function wantPair(where: string, guess: Tensor, truth: Tensor): void {
  if (guess.rank !== 4 || !sameShape(guess.shape, truth.shape))
    throw new ShapeError(
      where,
      `two batches of pictures of one shape expected, got ${showShape(guess.shape)} and ${showShape(truth.shape)}`,
    )
}
