import { draw, isTraining, latest, update, variable } from '../program/trace.js'
import { matmul } from '../tensor/contraction.js'
import type { ProductRole } from '../tensor/primitives.js'
import { batchNormalize, channelMoments } from '../tensor/reduction.js'
import { ShapeError } from '../tensor/scope.js'
import { range, type Shape, showShape, sizeOf } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { constantly, fanIn, type Initial, torchDefault, uniformWithin } from './initial.js'
import { layer, type Module, module, sequential } from './module.js'

export interface WeightOptions {
  readonly bias?: boolean
  readonly weight?: Initial
  readonly biasInitial?: Initial
}

export interface LinearOptions extends WeightOptions {
  /** In a training in int8 its products are in int8, where that is faster: all, or those of its gradients alone */
  readonly int8?: boolean | 'gradients'
}

/** The role of x·Wᵀ in a layer, as {@link matmul} takes it. */
export const roleOf = ({ int8 = false }: Pick<LinearOptions, 'int8'>): ProductRole | undefined =>
  int8 === true ? 'forward' : int8 === 'gradients' ? int8 : undefined

/** y = x·Wᵀ + b over the last axis; weight [out, in] as torch.nn.Linear. */
export function linear(inputs: number, outputs: number, options: LinearOptions = {}): Module {
  const { weight, bias } = weightAndBias([outputs, inputs], options)
  return module({ weight, bias }, (x: Tensor) => affine(x, weight, bias, options))
}

/** x·Wᵀ + b over the last axis. @param weight [out, in] */
export function affine(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: Pick<LinearOptions, 'int8'> = {},
): Tensor {
  const y = matmul(x, weight, false, true, roleOf(options))
  return bias === undefined ? y : y.add(bias)
}

export interface ConvolutionLayerOptions extends WeightOptions {
  readonly stride?: number
  readonly padding?: number
  readonly dilation?: number
  readonly groups?: number
  /** In a training in int8 its products, and those of its gradient in the input, are in int8, where that is faster */
  readonly int8?: boolean
}

/** 2-d convolution of [N, in, H, W]; weight [out, in / groups, kernel, kernel] as torch.nn.Conv2d. */
export function conv2d(inputs: number, outputs: number, kernel: number, options: ConvolutionLayerOptions = {}): Module {
  const { weight, bias } = weightAndBias([outputs, inputs / (options.groups ?? 1), kernel, kernel], options)
  return module({ weight, bias }, (x: Tensor) => {
    const y = x.conv(weight, options)
    return bias === undefined ? y : y.add(bias.reshape(-1, 1, 1))
  })
}

export interface Convolution1dOptions extends Omit<ConvolutionLayerOptions, 'padding' | 'int8'> {
  /** Zeros at both ends, or [begin, end] */
  readonly padding?: number | readonly [begin: number, end: number]
}

/** 1-d convolution of [N, in, L]; weight [out, in / groups, kernel] as torch.nn.Conv1d. */
export function conv1d(inputs: number, outputs: number, kernel: number, options: Convolution1dOptions = {}): Module {
  const { padding = 0, groups = 1 } = options
  const { weight, bias } = weightAndBias([outputs, inputs / groups, kernel], options)
  const around = typeof padding === 'number' ? ([padding, padding] as const) : padding
  return module({ weight, bias }, (x: Tensor) => {
    const y = x.conv(weight, { ...options, padding: [around] })
    return bias === undefined ? y : y.add(bias.reshape(-1, 1))
  })
}

export interface NormOptions {
  readonly epsilon?: number
  /** First value of the gain; 1 unless told */
  readonly gain?: Initial
}

export interface BatchNormOptions extends NormOptions {
  /** Part of the new statistics in the running ones */
  readonly momentum?: number
  /** With a gain and a bias per channel */
  readonly affine?: boolean
}

/**
 * Batch normalisation of [N, C, ...]: batch statistics in training, running ones otherwise.
 * The running variance is the unbiased one, as torch's.
 * @see Ioffe & Szegedy 2015
 */
export function batchNorm(
  channels: number,
  { epsilon = 1e-5, momentum = 0.1, affine = true, gain }: BatchNormOptions = {},
): Module {
  const { weight, bias } = affine ? gainAndBias(channels, gain) : {}
  const running_mean = variable([channels], constantly(0)([channels]), 'statistic')
  const running_var = variable([channels], constantly(1)([channels]), 'statistic')
  return module({ weight, bias, running_mean, running_var }, (x: Tensor) => {
    if (!isTraining()) {
      const scale = (weight ?? constant(1)).div(running_var.add(epsilon).sqrt())
      return x.scaleShift(scale, (bias ?? constant(0)).sub(running_mean.mul(scale)))
    }
    const count = sizeOf(x.shape) / channels
    if (count === 1) throw new ShapeError('batchNorm', `one value a channel has no deviation: ${showShape(x.shape)}`)
    const { mean, inverse } = channelMoments(x, epsilon)
    const toward = (statistic: Tensor, value: Tensor) =>
      update(
        statistic,
        latest(statistic)
          .mul(1 - momentum)
          .add(value.mul(momentum)),
      )
    const variance = inverse.stopGradient().pow(-2).sub(epsilon)
    toward(running_mean, mean.stopGradient())
    toward(running_var, variance.mul(count / (count - 1)))
    const all = (value: number) => constant(value).expand(channels)
    return batchNormalize(x, weight ?? all(1), bias ?? all(0), epsilon)
  })
}

/** Layer normalisation over the last axis. @see Ba et al. 2016 */
export function layerNorm(width: number, epsilon = 1e-6): Module {
  const { weight, bias } = gainAndBias(width)
  return module({ weight, bias }, (x: Tensor) => x.normalize(-1, epsilon).mul(weight).add(bias))
}

/** Normalisation of [N, C, ...] over groups of channels and all places. @see Wu & He 2018 */
export function groupNorm(channels: number, groups: number, { epsilon = 1e-5, gain }: NormOptions = {}): Module {
  if (channels % groups !== 0)
    throw new ShapeError('groupNorm', `${channels} channels do not divide into ${groups} groups`)
  const { weight, bias } = gainAndBias(channels, gain)
  return module({ weight, bias }, (x: Tensor) => {
    const normal = x
      .reshape(x.size(0), groups, -1)
      .normalize(-1, epsilon)
      .reshape(...x.shape)
    return normal.scaleShift(weight, bias)
  })
}

/**
 * In training, zeroes each element with the given probability and scales up the others.
 * @throws ShapeError for a probability outside [0, 1)
 */
export function dropout(probability: number): Module {
  if (!(probability >= 0 && probability < 1))
    throw new ShapeError('dropout', `a probability in [0, 1) expected, got ${probability}`)
  return layer(x => {
    if (!isTraining() || probability === 0) return x
    const kept = draw.uniform(x.shape).greater(probability).cast('float')
    return x.mul(kept).div(1 - probability)
  })
}

/** x where it is positive, a share of it elsewhere. @see Maas et al. 2013 */
export const leakyRelu = (slope = 0.2): Module => layer(x => x.maximum(x.mul(slope)))

export interface MlpOptions {
  /** Batch normalisation after each linear layer but the last; 'all' also after the last, without gain and bias */
  readonly norm?: 'hidden' | 'all' | 'none'
}

/**
 * Linear layers with ReLU between, as the projectors and predictors of joint-embedding methods.
 * @param widths of the input, the hidden layers and the output
 */
export function mlp(widths: readonly number[], { norm = 'hidden' }: MlpOptions = {}): Module {
  const last = widths.length - 2
  const layers = range(widths.length - 1).flatMap(i => {
    const normed = norm === 'all' || (norm === 'hidden' && i < last)
    const { [i]: from = 1, [i + 1]: to = 1 } = widths
    return [
      linear(from, to, { bias: !normed }),
      ...(normed ? [batchNorm(to, { affine: i < last })] : []),
      ...(i < last ? [layer(x => x.relu())] : []),
    ]
  })
  return sequential(...layers)
}

/** Mean over all places: [N, C, ...] → [N, C] */
export const globalAverage = (x: Tensor): Tensor => x.mean(range(x.rank).slice(2))

function gainAndBias(width: number, gain: Initial = constantly(1)): { weight: Tensor; bias: Tensor } {
  return {
    weight: variable([width], gain([width]), 'gain'),
    bias: variable([width], constantly(0)([width]), 'bias'),
  }
}

/** Variables of a linear or convolution layer, with torch's first values unless told. */
export function weightAndBias(shape: Shape, options: WeightOptions = {}): { weight: Tensor; bias: Tensor | undefined } {
  const { bias = true, weight = torchDefault, biasInitial = uniformWithin(1 / Math.sqrt(fanIn(shape))) } = options
  const outputs = [shape[0] ?? 1]
  return {
    weight: variable(shape, weight(shape), 'weight'),
    bias: bias ? variable(outputs, biasInitial(outputs), 'bias') : undefined,
  }
}
