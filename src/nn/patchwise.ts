import type { Tensor } from '../tensor/tensor.js'
import type { Encoder } from './encoder.js'

/**
 * Each patch by itself through one encoder.
 * @param patches [N, P, C, patch, patch]
 * @returns [N, P, width]
 */
export function eachPatch(encoder: Encoder, patches: Tensor): Tensor {
  const [n = 1, count = 1, ...patch] = patches.shape
  return encoder(patches.reshape(n * count, ...patch)).reshape(n, count, encoder.width)
}
