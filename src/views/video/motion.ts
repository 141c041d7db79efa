import { where } from '../../tensor/elementwise.js'
import { stack } from '../../tensor/movement.js'
import { displacementsWithin, movable, widened } from '../../tensor/neighbours.js'
import { averagePool, maxPool } from '../../tensor/pooling.js'
import type { Tensor } from '../../tensor/tensor.js'

/** What a pixel changes by at least, of 1, to be one that moves: less is noise of the camera or of the coding */
const MOVES = 0.05

/**
 * Pixels where something moves: they differ from the last frame to the next one or did so from the frame before to the last, and those
 * beside them. Where it is looked for is the same for every guess.
 *
 * @param before float [N, C, H, W] in [0, 1]; as `last` and `next`
 * @returns float [N, 1, H, W], 1 where it moves
 */
export function movingPixels(before: Tensor, last: Tensor, next: Tensor): Tensor {
  const changed = (a: Tensor, b: Tensor) => a.sub(b).abs().max(1, true)
  const either = changed(before, last).maximum(changed(last, next)).greater(MOVES).cast('float')
  return maxPool(either, { kernel: 3, stride: 1, padding: 1 })
}

/** Each pixel goes on as it has changed: 2·last − before, within [0, 1]. */
export const goingOn = (before: Tensor, last: Tensor): Tensor => last.mul(2).sub(before).clip(0, 1)

/** How far block motion looks, in pixels in each direction */
const REACH = 4
/** Side of the block that has to agree */
const BLOCK = 7
/** What a pixel of displacement has to win at least: of two that fit equally, the shorter is meant */
const PREFERENCE = 1e-4

/**
 * The next frame where everything moves on at its own constant speed. For a block of 7 × 7 around each pixel it is looked up where it
 * has come from, up to 4 pixels away in the frame before, and the pixel is taken from as far away in the last frame: block matching,
 * with a block around every pixel.
 *
 * @param before float [N, C, H, W] in [0, 1]; as `last`
 * @returns [N, C, H, W]
 */
export function blockMotion(before: Tensor, last: Tensor): Tensor {
  const reach = Math.min(REACH, last.size(2) - 1)
  const [lastMoved, beforeMoved] = [movable(last, reach), movable(before, reach)]
  const shifts = displacementsWithin(reach)
  const costs = shifts.map(by => {
    const off = last.sub(beforeMoved(by)).abs().mean(1, true)
    const around = averagePool(widened(off, (BLOCK - 1) / 2), { kernel: BLOCK, stride: 1 })
    return around.add(PREFERENCE * Math.hypot(by.dy, by.dx))
  })
  const best = stack(costs).min(0)
  // of the displacements that of the cheapest; the last one where two cost the same to the last bit
  return shifts.reduce((guess, by, i) => {
    const cost = costs[i] ?? best
    return where(cost.greater(best), guess, lastMoved(by))
  }, last)
}
