import type { Tensor } from '../tensor/tensor.js'
import { checkPairs, foundIn, overRows, type Pairs, type PairsResult } from './pairs.js'

/**
 * Each row must find the one that belongs to it among all of the other side, by cosine, and the other way round:
 * ½ (cross entropy of the rows + cross entropy of the columns) of e^s·u vᵀ. Where several belong to a row, they share its target:
 * with equal captions the loss cannot fall below the mean of ln(how many are equal), but none is pushed away from its own.
 *
 * @param scale e^s > 0, float []: how sharp, learnt as s
 * @returns ln N when the embeddings say nothing
 * @throws ShapeError unless both sides have one row a pair, and as many numbers in it
 * @see Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision, figure 3; the shared targets as
 *   Yang et al. 2022, Unified Contrastive Learning in Image-Text-Label Space
 */
export function clipLoss(pairs: Pairs, scale: Tensor): PairsResult {
  checkPairs('clipLoss', pairs)
  const { first, second, alike } = pairs
  const rows = crossEntropies(pairs, scale)
  const columns = crossEntropies({ first: second, second: first, ...(alike && { alike }) }, scale)
  return {
    loss: rows.cost.mean().add(columns.cost.mean()).div(2),
    secondFound: rows.found.mean(),
    firstFound: columns.found.mean(),
    chance: rows.right.mean(),
  }
}

const crossEntropies = (pairs: Pairs, scale: Tensor) =>
  overRows(pairs, block => {
    const logits = block.cosines.mul(scale)
    const own = logits.mul(block.right).sum(-1).div(block.right.sum(-1))
    return { cost: logits.logSumExp(-1).sub(own), found: foundIn(block), right: block.right.mean(-1) }
  })
