import type { Tensor } from '../tensor/tensor.js'
import { checkpointed } from './checkpointed.js'
import type { Encoder, EncoderInput } from './encoder.js'
import { heFanOut } from './initial.js'
import { batchNorm, conv2d, globalAverage, groupNorm } from './layers.js'
import { module } from './module.js'

export interface C4Options {
  /** Multiplies the channels; 0.5 is the half-size variant */
  readonly scale?: number
  /** Batch statistics; or 8 groups of channels of each picture by itself ('group') */
  readonly norm?: 'batch' | 'group'
}

/**
 * Four 3×3 convolutions of 32, 64, 128 and 256 channels with a norm and ReLU, then the mean over places: 256 numbers.
 * The first has stride 1 up to 32 pixels and 2 above; 0.39 M parameters.
 */
export function c4({ size, channels }: EncoderInput, { scale = 1, norm = 'batch' }: C4Options = {}): Encoder {
  const widths = [32, 64, 128, 256].map(width => Math.round(width * scale))
  const stages = widths.map((width, i) => {
    const stride = i === 0 && size <= 32 ? 1 : 2
    const options = { stride, padding: 1, bias: false, weight: heFanOut, int8: true }
    return {
      conv: conv2d(i === 0 ? channels : (widths[i - 1] ?? 1), width, 3, options),
      norm: norm === 'batch' ? batchNorm(width) : groupNorm(width, 8),
    }
  })
  // numbered as in a torch.nn.Sequential of convolution, norm and ReLU in turn
  const parts = stages.flatMap(({ conv, norm }, i) => [[`${3 * i}`, conv] as const, [`${3 * i + 1}`, norm] as const])
  const body = module(Object.fromEntries(parts), (x: Tensor, depth?: number) =>
    stages.slice(0, depth).reduce((y, { conv, norm }) => checkpointed(y, y => norm(conv(y))).relu(), x),
  )
  const features = module({ body }, (x: Tensor, depth?: number) => body(x, depth))
  const encoder = module({ body }, (x: Tensor) => globalAverage(features(x)))
  const layers = stages.map((_, i) => `conv${i + 1}`)
  return Object.assign(encoder, {
    reads: 'image' as const,
    width: widths.at(-1) ?? 1,
    features,
    layers,
    pool: 'mean' as const,
  })
}
