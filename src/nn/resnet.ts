import { maxPool } from '../tensor/pooling.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkpointed } from './checkpointed.js'
import type { Encoder, EncoderInput } from './encoder.js'
import { constantly, heFanOut, type Initial } from './initial.js'
import { batchNorm, conv2d, globalAverage, groupNorm } from './layers.js'
import { type Module, module, sequential } from './module.js'

/** Blocks in the four layers of each depth */
export type ResNetDepth = 18 | 34 | 50
const stages: Readonly<Record<ResNetDepth, readonly [number, number, number, number]>> = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
}

export interface ResNetOptions {
  readonly depth: ResNetDepth
  /**
   * `small`: 3×3 with stride 1 and no pooling, the default up to 64 pixels;
   * `imagenet`: 7×7 with stride 2, then 3×3 max-pooling with stride 2, the default above
   */
  readonly stem?: 'small' | 'imagenet'
  /** Batch statistics; groups of 32 channels ('group'); or all channels of a picture as one group ('layer') */
  readonly norm?: 'batch' | 'group' | 'layer'
  /** Starts every block as the identity: the last gain of each is 0 (Goyal et al. 2017) */
  readonly zeroInitResidual?: boolean
}

type Norm = (channels: number, gain?: Initial) => Module

const norms: { readonly [N in NonNullable<ResNetOptions['norm']>]: Norm } = {
  batch: (channels, gain) => batchNorm(channels, { gain }),
  group: (channels, gain) => groupNorm(channels, 32, { gain }),
  layer: (channels, gain) => groupNorm(channels, 1, { gain }),
}

/**
 * ResNet-18, 34 (512 numbers) and 50 (2048): names, layouts and first values of torchvision's, without the classifier.
 * @see He et al. 2016
 */
export function resnet({ size, channels }: EncoderInput, options: ResNetOptions): Encoder {
  const { depth, stem = size <= 64 ? 'small' : 'imagenet', zeroInitResidual = false } = options
  const norm = norms[options.norm ?? 'batch']
  const { build, expansion } = depth === 50 ? { build: bottleneck, expansion: 4 } : { build: basic, expansion: 1 }
  const lastGain = constantly(zeroInitResidual ? 0 : 1)

  const conv1 = stem === 'small' ? conv(channels, 64, 3) : conv2d(channels, 64, 7, { ...plain, stride: 2, padding: 3 })
  const bn1 = norm(64)
  const [layer1, layer2, layer3, layer4] = stages[depth].map((blocks, stage) => {
    const inner = 64 * 2 ** stage
    const width = inner * expansion
    const before = stage === 0 ? 64 : width / 2
    return sequential(
      ...range(blocks).map(i =>
        build({ from: i === 0 ? before : width, inner, width, stride: i === 0 && stage > 0 ? 2 : 1, norm, lastGain }),
      ),
    )
  }) as [Module, Module, Module, Module]

  const parts = { conv1, bn1, layer1, layer2, layer3, layer4 }
  const layers = ['layer1', 'layer2', 'layer3', 'layer4']
  const features = module(parts, (x: Tensor, depth?: number) => {
    const started = checkpointed(x, x => bn1(conv1(x))).relu()
    const y = stem === 'small' ? started : maxPool(started, { kernel: 3, stride: 2, padding: 1 })
    return [layer1, layer2, layer3, layer4].slice(0, depth).reduce((y, layer) => layer(y), y)
  })
  const encoder = module(parts, (x: Tensor) => globalAverage(features(x)))
  return Object.assign(encoder, {
    reads: 'image' as const,
    width: 512 * expansion,
    features,
    layers,
    pool: 'mean' as const,
  })
}

interface BlockOptions {
  /** Channels that come in, between the convolutions, and out */
  readonly from: number
  readonly inner: number
  readonly width: number
  readonly stride: number
  readonly norm: Norm
  readonly lastGain: Initial
}

/** relu(x + norm(3×3 · relu(norm(3×3 · x)))) */
export function basic({ from, inner, width, stride, norm, lastGain }: BlockOptions): Module {
  const conv1 = conv(from, inner, 3, stride)
  const bn1 = norm(inner)
  const conv2 = conv(inner, width, 3)
  const bn2 = norm(width, lastGain)
  const downsample = shortcut(from, width, stride, norm)
  return module({ conv1, bn1, conv2, bn2, downsample }, (x: Tensor) => {
    const residual = (x: Tensor) => bn2(conv2(bn1(conv1(x)).relu()))
    return joined(x, residual, downsample)
  })
}

/** 1×1 to the inner width, 3×3 with the stride (torchvision's v1.5), 1×1 to four times the inner width. */
export function bottleneck({ from, inner, width, stride, norm, lastGain }: BlockOptions): Module {
  const conv1 = conv(from, inner, 1)
  const bn1 = norm(inner)
  const conv2 = conv(inner, inner, 3, stride)
  const bn2 = norm(inner)
  const conv3 = conv(inner, width, 1)
  const bn3 = norm(width, lastGain)
  const downsample = shortcut(from, width, stride, norm)
  return module({ conv1, bn1, conv2, bn2, conv3, bn3, downsample }, (x: Tensor) => {
    const residual = (x: Tensor) => bn3(conv3(bn2(conv2(bn1(conv1(x)).relu())).relu()))
    return joined(x, residual, downsample)
  })
}

/** The last ReLU stands outside the part that is computed again: its result is the next block's input, which is kept. */
function joined(x: Tensor, residual: (x: Tensor) => Tensor, downsample: Module | undefined): Tensor {
  return checkpointed(x, x => residual(x).add(downsample === undefined ? x : downsample(x))).relu()
}

/** Brings x to the block's width and size where they differ. */
function shortcut(from: number, width: number, stride: number, norm: Norm): Module | undefined {
  return from === width && stride === 1 ? undefined : sequential(conv(from, width, 1, stride), norm(width))
}

const plain = { bias: false, weight: heFanOut, int8: true }

const conv = (from: number, to: number, kernel: number, stride = 1): Module =>
  conv2d(from, to, kernel, { ...plain, stride, padding: (kernel - 1) / 2 })
