import { ShapeError } from '../tensor/scope.js'
import { showShape, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Encoder } from './encoder.js'

/**
 * What an encoder sees at each place, before it is pooled: the map of a convolutional encoder as it is, the tokens of a
 * transformer put back where their patches were, without the class token.
 *
 * @param x [N, C, H, W]
 * @returns [N, width, h, w]
 */
export const featureMap = (encoder: Encoder, x: Tensor): Tensor => asMap(encoder.features(x))

/** [N, C, h, w] as it is; tokens [N, h·h or 1 + h·h, C] → [N, C, h, h] */
export function asMap(features: Tensor): Tensor {
  if (features.rank === 4) return features
  const [n, tokens = 0, width = 1] = sizes(features.shape, 1)
  const side = Math.floor(Math.sqrt(tokens))
  const others = tokens - side * side
  if (features.rank !== 3 || others > 1)
    throw new ShapeError(
      'featureMap',
      `a map, or tokens of a square of patches expected, got ${showShape(features.shape)}`,
    )
  return features.slice(1, others).transpose(0, 2, 1).reshape(n, width, side, side)
}
