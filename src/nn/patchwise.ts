import { sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * Each patch by itself through one encoder.
 * @param see [M, C, patch, patch] → a vector each, [M, width]
 * @param patches [N, P, C, patch, patch]
 * @returns [N, P, width]
 */
export function eachPatch(see: (x: Tensor) => Tensor, patches: Tensor): Tensor {
  const [n, count, ...patch] = sizes(patches.shape, 2)
  return see(patches.reshape(n * count, ...patch)).reshape(n, count, -1)
}
