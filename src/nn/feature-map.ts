import type { Tensor } from '../tensor/tensor.js'
import type { Encoder } from './encoder.js'
import { isViT } from './vit.js'

/** What an encoder knows of each place: [N, C, H, W] → [N, width, h, w]; of a transformer one place a patch. */
export function featureMap(encoder: Encoder, x: Tensor): Tensor {
  const features = encoder.features(x)
  if (!isViT(encoder)) return features
  const side = Math.sqrt(encoder.patches)
  const patches = encoder.options.classToken ? features.slice(1, 1) : features
  return patches.transpose(0, 2, 1).reshape(-1, encoder.width, side, side)
}
