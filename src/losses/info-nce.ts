import { matmul } from '../tensor/contraction.js'
import { concat } from '../tensor/movement.js'
import { ShapeError } from '../tensor/scope.js'
import { showShape } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { blocksOf } from './blocks.js'
import type { ContrastiveResult } from './ntxent.js'

/**
 * Each prediction must find its own among all candidates, by the exponential of the scalar product:
 * −ln( exp(ẑᵢᵀz₊) / Σₗ exp(ẑᵢᵀzₗ) ).
 *
 * @param predictions ẑ [M, D]
 * @param candidates z [C, D]
 * @param right which candidate each prediction has to find, M numbers from 0 to C − 1
 * @returns loss in nats, mean over the predictions; ln C when they say nothing
 * @throws ShapeError when the widths differ, or not every prediction has its own
 * @see van den Oord et al. 2018, Representation Learning with Contrastive Predictive Coding, eq. 4
 */
export function infoNce(predictions: Tensor, candidates: Tensor, right: readonly number[]): ContrastiveResult {
  if (predictions.shape[0] !== right.length || predictions.shape[1] !== candidates.shape[1])
    throw new ShapeError(
      'infoNce',
      `${showShape(predictions.shape)} and ${showShape(candidates.shape)} with ${right.length} right answers`,
    )
  const own = candidates.gather(whole(right))
  const blocks = blocksOf(right.length, candidates.size(0)).map(rows => {
    const [first, count] = [rows[0] ?? 0, rows.length]
    const scores = matmul(predictions.slice(0, first, first + count), candidates, false, true) // [count, C]
    const found = scores.argmax(-1).equal(whole(right.slice(first, first + count)))
    return { total: scores.logSumExp(-1), found: found.cast('float') }
  })
  return {
    loss: concat(blocks.map(({ total }) => total))
      .sub(predictions.mul(own).sum(-1))
      .mean(),
    accuracy: concat(blocks.map(({ found }) => found)).mean(),
  }
}

const whole = (values: readonly number[]) => constant(values, [values.length], 'int')
