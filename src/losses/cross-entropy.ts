import type { Tensor } from '../tensor/tensor.js'
import type { ContrastiveResult } from './ntxent.js'
import { weightedMean } from './soft-cross-entropy.js'

/**
 * Cross entropy with the right class given by its index.
 *
 * @param logits [N, C]
 * @param target int [N]
 * @param weight [N], how much each row counts; all alike unless told
 * @returns loss in nats, mean over the rows; ln C when all logits are equal, 0 when no row has a weight
 */
export function crossEntropy(logits: Tensor, target: Tensor, weight?: Tensor): ContrastiveResult {
  const rows = target.size(0)
  const right = logits.logSoftmax(-1).takeAlong(target.reshape(rows, 1), 1)
  const found = logits.argmax(-1).equal(target).cast('float')
  const mean = (x: Tensor) => (weight === undefined ? x.mean() : weightedMean(x.reshape(rows), weight))
  return { loss: mean(right).neg(), accuracy: mean(found) }
}
