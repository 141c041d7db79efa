import { variable } from '../../program/trace.js'
import { ShapeError } from '../../tensor/scope.js'
import { range, sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { thereOf } from '../../tensor/there.js'
import { constantly } from '../initial.js'
import { type Module, module } from '../module.js'

/** A norm of frames [N, T, C], told how many of them are there, int [N]; all unless told. */
export type FrameNorm = Module<[x: Tensor, frames?: Tensor]>

/** Variables of a norm. */
export const frameGains = (channels: number, bias = 0) => ({
  weight: variable([channels], constantly(1)([channels]), 'gain'),
  bias: variable([channels], constantly(bias)([channels]), 'bias'),
})

/**
 * Each frame by the mean and the unbiased deviation of its channels: nothing leaks from one frame into another.
 * @see Rivière et al. 2020, Unsupervised Pretraining Transfers Well across Languages, section 3.1
 */
export function channelNorm(channels: number, epsilon = 1e-5): FrameNorm {
  const { weight, bias } = frameGains(channels)
  // of n channels, the unbiased variance is n / (n − 1) of the biased one
  const share = (channels - 1) / channels
  return module({ weight, bias }, (x: Tensor) =>
    x
      .normalize(-1, epsilon * share)
      .mul(weight.mul(Math.sqrt(share)))
      .add(bias),
  )
}

export interface FrameGroupNormOptions {
  readonly epsilon?: number
  /** First value of the bias; 0 unless told */
  readonly bias?: number
}

/**
 * Groups of channels by their mean and deviation over all frames that are there.
 * @param groups 1: all channels together; as many as channels: each by itself
 * @see Wu & He 2018
 */
export function frameGroupNorm(
  channels: number,
  groups: number,
  { epsilon = 1e-5, bias: first = 0 }: FrameGroupNormOptions = {},
): FrameNorm {
  if (channels % groups !== 0)
    throw new ShapeError('frameGroupNorm', `${channels} channels do not divide into ${groups} groups`)
  const { weight, bias } = frameGains(channels, first)
  return module({ weight, bias }, (x: Tensor, frames?: Tensor) => {
    const [n, length] = sizes(x.shape, 3)
    const there = frames === undefined ? undefined : thereOf(frames, length)
    const seen = there === undefined ? x : x.mul(there)
    const count = there === undefined ? length : there.sum(1).maximum(1) // [N, 1]
    // sums of the channels first, so that x itself is only read for them and for one scale and shift
    const meanOf = (values: Tensor) => groupMeans(values.sum(1).div(count).reshape(n, 1, channels), groups)
    const mean = meanOf(seen)
    const squares = meanOf(seen.mul(seen.stopGradient()))
    // the same number, with the gradient of a square: its factor of two goes over sums instead of over all frames
    const variance = squares.mul(2).sub(squares.stopGradient()).sub(mean.square()).maximum(0)
    const scale = weight.div(variance.add(epsilon).sqrt())
    return seen.mul(scale).add(bias.sub(mean.mul(scale)))
  })
}

/** Each channel's number, [N, 1, C], replaced by the mean over its group. */
export function groupMeans(each: Tensor, groups: number): Tensor {
  const [n, , channels] = sizes(each.shape, 3)
  const grouped = each.reshape(n, groups, channels / groups).mean(2, true)
  return grouped.expand(n, groups, channels / groups).reshape(n, 1, channels)
}

/** Zeros where no frame is, for what comes after and would see them as it sees the zeros around. */
export const silenced = (x: Tensor, frames: Tensor | undefined): Tensor =>
  frames === undefined ? x : x.mul(thereOf(frames, x.size(1)))

export const numbered = <T>(parts: readonly T[]): Record<string, T> =>
  Object.fromEntries(range(parts.length).map(i => [`${i}`, parts[i] as T]))
