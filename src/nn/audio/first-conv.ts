import { matmul } from '../../tensor/contraction.js'
import { concat } from '../../tensor/movement.js'
import { sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { thereOf } from '../../tensor/there.js'
import { type WeightOptions, weightAndBias } from '../layers.js'
import { type AnyModule, module } from '../module.js'
import { patchesOf, type Ringed } from './frame-conv.js'
import { frameGains, groupMeans } from './norms.js'

/** A convolution of waves and the norm behind it: their variables, and what they do together. */
export interface NormedConv {
  readonly conv: AnyModule
  readonly norm: AnyModule
  /** Waves [N, L, 1] → frames [N, T, channels] */
  readonly run: (waves: Tensor, frames?: Tensor) => Tensor
}

/**
 * A convolution of single numbers without bias and the `frameGroupNorm` behind it. The frames are a linear map of the few
 * numbers that each sees, so the mean and deviation of each channel follow from those of the numbers: the norm becomes part of
 * the weight, of each wave for itself, and costs nothing where the frames are many.
 */
export function normedConv(
  channels: number,
  groups: number,
  steps: Ringed,
  { weight: initial, epsilon = 1e-5 }: Pick<WeightOptions, 'weight'> & { readonly epsilon?: number } = {},
): NormedConv {
  const { weight } = weightAndBias([channels, 1, steps.kernel], { bias: false, weight: initial })
  const gains = frameGains(channels)
  const run = (waves: Tensor, frames?: Tensor): Tensor => {
    const seen = patchesOf(waves, steps) // [N, T, kernel]
    const [n, length, taps] = sizes(seen.shape, 3)
    const there = frames === undefined ? constant(1).expand(n, length, 1) : thereOf(frames, length)
    const count = frames === undefined ? constant(length) : frames.cast('float').maximum(1).reshape(n, 1, 1)
    // one number a tap for all frames that are there: ONNX Runtime takes rows of a few numbers beside one each very slowly
    const ofTaps = (each: Tensor) => matmul(there, each)
    const heard = seen.mul(ofTaps(constant(1).expand(n, 1, taps)))
    const mean = heard.sum(1, true).div(count) // [N, 1, kernel]
    const centred = heard.sub(ofTaps(mean))
    const covariance = matmul(centred, centred, true).div(count) // [N, kernel, kernel]
    const matrix = weight.reshape(channels, taps)

    const means = matmul(mean, matrix, false, true) // [N, 1, channels]
    const variances = matmul(matrix.reshape(1, channels, taps), covariance)
      .mul(matrix)
      .sum(2)
      .reshape(n, 1, channels)
    const ofGroup = groupMeans(means, groups)
    const variance = groupMeans(variances.add(means.sub(ofGroup).square()), groups)
    const scale = gains.weight.div(variance.add(epsilon).sqrt())
    const shift = gains.bias.sub(ofGroup.mul(scale))
    const ones = constant(1).expand(n, length, 1)
    const own = concat([matrix.mul(scale.reshape(n, channels, 1)), shift.reshape(n, channels, 1)], 2)
    return matmul(concat([seen, ones], 2), own, false, true)
  }
  return { conv: module({ weight }, () => weight), norm: module(gains, () => gains.weight), run }
}
