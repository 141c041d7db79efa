import type { Tensor } from '../tensor/tensor.js'
import { checkPairs, foundIn, overRows, type Pairs, type PairsResult } from './pairs.js'

/**
 * Of every row and every one of the other side it is asked whether they belong together, each question by itself:
 * −1/N Σᵢ Σⱼ ln σ(yᵢⱼ (t·uᵢ·vⱼ + b)), y = 1 where they do and −1 elsewhere; u and v of length 1.
 *
 * @param scale t = e^t′ > 0, float []; learnt as t′
 * @param bias b, float []; begins far below 0, since nearly all answers are no
 * @returns at b = −10 about 10 at first; see `siglipChance` for what is worth nothing
 * @throws ShapeError unless both sides have one row a pair, and as many numbers in it
 * @see Zhai et al. 2023, Sigmoid Loss for Language Image Pre-Training, eq. 1
 */
export function siglipLoss(pairs: Pairs, scale: Tensor, bias: Tensor): PairsResult {
  checkPairs('siglipLoss', pairs)
  const { first, second, alike } = pairs
  const { cost, found, right } = overRows(pairs, block => ({
    cost: block.cosines
      .mul(scale)
      .add(bias)
      .mul(block.right.mul(-2).add(1)) // −ln σ(y z) = softplus(−y z)
      .softplus()
      .sum(-1),
    found: foundIn(block),
    right: block.right.mean(-1),
  }))
  const turned = overRows({ first: second, second: first, ...(alike && { alike }) }, block => ({
    found: foundIn(block),
  }))
  return { loss: cost.mean(), secondFound: found.mean(), firstFound: turned.found.mean(), chance: right.mean() }
}

/**
 * The least loss of an answer that is the same for all N² questions, N of which are answered by yes: N times the entropy of 1 in N.
 * @param n N ≥ 1
 */
export const siglipChance = (n: number): number => Math.log(n) + (n > 1 ? (n - 1) * Math.log(n / (n - 1)) : 0)
