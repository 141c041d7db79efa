import { where } from '../../tensor/elementwise.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'

/**
 * For every frame the nearest one that is shown; of two the earlier. Sound changes slowly: to copy it is a good guess without any
 * learning.
 *
 * @param shown bool [N, T]
 * @returns int [N, T]; 0 where a recording shows no frame
 */
export function nearestShown(shown: Tensor): Tensor {
  const [n, length] = sizes(shown.shape, 2)
  const nearness = range(length).flatMap(t => range(length).map(s => -Math.abs(t - s)))
  return where(shown.reshape(n, 1, length), constant(nearness, [1, length, length]), -length).argmax(-1)
}
