import type { Draw } from '../program/trace.js'
import { oneHot } from '../tensor/indexing.js'
import { sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

/**
 * A lens focuses green and magenta at slightly different places, more so away from the middle: the fringes tell a network where
 * in the picture a patch lies. These measures hide them.
 * @see Doersch et al. 2015, section 3.1
 */

/** From green to magenta */
const fringe = [-1, 2, -1]

/**
 * Takes away what lies between green and magenta, by the projection B = I − aᵀa / (aaᵀ) with a = (−1, 2, −1).
 * Grey pictures as they are.
 * @param x [..., C, H, W]
 */
export function withoutFringes(x: Tensor): Tensor {
  if (x.shape.at(-3) === 1) return x
  const a = constant(fringe, [3, 1, 1])
  return x.sub(x.mul(a).sum(-3, true).mul(a).div(6))
}

/** Of the channel that is kept */
const NOISE = 1 / 100

/**
 * One channel of each patch, drawn for each; the others become faint noise. Grey patches as they are.
 * @param patches [N, P, C, H, W], standardised
 */
export function keepOneChannel(patches: Tensor, draw: Draw): Tensor {
  const [n, count, channels, h, w] = sizes(patches.shape, 5)
  if (channels === 1) return patches
  const kept = oneHot(draw.integer([n, count], channels), channels).reshape(n, count, channels, 1, 1)
  const noise = draw.normal([n, 1, 1, h, w]).mul(NOISE) // one for a picture: it tells nothing of the place
  return patches.mul(kept).add(noise.mul(kept.neg().add(1)))
}
