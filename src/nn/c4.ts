import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Encoder, EncoderInput } from './encoder.js'
import { heFanOut } from './initial.js'
import { batchNorm, conv2d, globalAverage } from './layers.js'
import { layer, module, sequential } from './module.js'

/**
 * Four 3×3 convolutions of 32, 64, 128 and 256 channels with batch norm and ReLU, then the mean over places: 256 numbers.
 * The first has stride 1 up to 32 pixels and 2 above; 0.39 M parameters.
 * @param scale multiplies the channels; 0.5 is the half-size variant
 */
export function c4({ size, channels }: EncoderInput, scale = 1): Encoder {
  const widths = [32, 64, 128, 256].map(width => Math.round(width * scale))
  const body = sequential(
    ...range(4).flatMap(i => [
      conv2d(i === 0 ? channels : (widths[i - 1] ?? 1), widths[i] ?? 1, 3, {
        stride: i === 0 && size <= 32 ? 1 : 2,
        padding: 1,
        bias: false,
        weight: heFanOut,
      }),
      batchNorm(widths[i] ?? 1),
      layer(x => x.relu()),
    ]),
  )
  const features = module({ body }, (x: Tensor) => body(x))
  const encoder = module({ body }, (x: Tensor) => globalAverage(features(x)))
  return Object.assign(encoder, { width: widths.at(-1) ?? 1, features })
}
