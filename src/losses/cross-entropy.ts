import type { Tensor } from '../tensor/tensor.js'
import type { ContrastiveResult } from './ntxent.js'

/**
 * Cross entropy with the right class given by its index.
 *
 * @param logits [N, C]
 * @param target int [N]
 * @returns loss in nats, mean over the rows; ln C when all logits are equal
 */
export function crossEntropy(logits: Tensor, target: Tensor): ContrastiveResult {
  const rows = target.size(0)
  const right = logits.logSoftmax(-1).takeAlong(target.reshape(rows, 1), 1)
  return { loss: right.mean().neg(), accuracy: logits.argmax(-1).equal(target).cast('float').mean() }
}
