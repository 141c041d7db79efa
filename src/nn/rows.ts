import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

/**
 * Rows of each sample by their numbers.
 *
 * @param x [N, L, D]
 * @param rows int [N, K]
 * @returns [N, K, D]
 */
export function takeRows(x: Tensor, rows: Tensor): Tensor {
  const [n = 1, length = 1, width = 1] = x.shape
  const starts = constant(
    range(n).map(i => i * length),
    [n, 1],
    'int',
  )
  return x.reshape(n * length, width).gather(rows.add(starts))
}
