import { concat } from '../../tensor/movement.js'
import { sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { type Module, module } from '../module.js'
import { assembled } from './assembled.js'
import type { AudioEncoder } from './encoder.js'
import { normedConv } from './first-conv.js'
import { chain, frameConv, type Steps } from './frame-conv.js'
import { channelNorm, type FrameNorm, frameGroupNorm, numbered } from './norms.js'

const strided = [
  { kernel: 10, stride: 5 },
  { kernel: 8, stride: 4 },
  { kernel: 4, stride: 2 },
  { kernel: 4, stride: 2 },
  { kernel: 4, stride: 2 },
] as const satisfies readonly Steps[]
const pointwise = { kernel: 1, stride: 1 } as const

export interface Wav2vecOptions {
  readonly channels: number
  /** Convolutions of kernel and stride 1 after those that shorten the wave */
  readonly pointwise?: number
  /** Kernels of the aggregator's convolutions */
  readonly aggregator: readonly number[]
  /** Each convolution of the aggregator adds to what goes into it, times √½ */
  readonly skips?: boolean
  /** The latents are ln(1 + |z|) */
  readonly logCompression?: boolean
  /**
   * `group`, as published: over all channels and frames, so that its statistics tell a little of the future;
   * `channel`: of each frame by itself, strictly causal
   */
  readonly norm?: 'group' | 'channel'
}

const threes = (count: number): number[] => Array<number>(count).fill(3)

export const wav2vecPresets = {
  'wav2vec-small': { channels: 128, aggregator: threes(5) },
  wav2vec: { channels: 512, aggregator: threes(9) },
  'wav2vec-large': {
    channels: 512,
    pointwise: 2,
    aggregator: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    skips: true,
    logCompression: true,
  },
} as const satisfies Record<string, Wav2vecOptions>

/**
 * wav2vec's two convolutional networks: frames of 465 numbers every 160, and an aggregator that sees frames up to each one
 * (19 in the base size, 79 in the large one). Names and layouts of fairseq's Wav2VecModel.
 * @see Schneider et al. 2019
 */
export function wav2vecEncoder(options: Wav2vecOptions): AudioEncoder {
  const { channels, aggregator, skips = false, logCompression = false, norm = 'group' } = options
  const convolutions: readonly Steps[] = [...strided, ...Array<Steps>(options.pointwise ?? 0).fill(pointwise)]
  const makeNorm = (): FrameNorm => (norm === 'group' ? frameGroupNorm(channels, 1) : channelNorm(channels))

  const extractor = convolutions.map(({ kernel, stride }, i) => {
    if (i === 0 && norm === 'group') {
      const { conv, norm, run } = normedConv(channels, 1, { kernel, stride })
      return module({ 0: conv, 2: norm }, (x: Tensor, frames?: Tensor) => run(x, frames).relu())
    }
    const conv = frameConv(i === 0 ? 1 : channels, channels, kernel, { stride, bias: false, int8: true })
    const behind = makeNorm()
    return module({ 0: conv, 2: behind }, (x: Tensor, frames?: Tensor) => behind(conv(x), frames).relu())
  })
  const convolved = chain(extractor, convolutions)
  const feature_extractor = named(extractor, (waves: Tensor, lengths?: Tensor) => {
    const z = convolved(waves, lengths)
    return logCompression ? z.abs().add(1).log() : z
  })

  const aggregating = aggregator.map(kernel => {
    const conv = frameConv(channels, channels, kernel, { int8: true })
    const norm = makeNorm()
    return module({ 1: conv, 3: norm }, (x: Tensor, frames?: Tensor) => {
      const y = norm(conv(firstRepeated(x, kernel - 1)), frames).relu()
      return skips ? y.add(x).mul(Math.SQRT1_2) : y
    })
  })
  const feature_aggregator = named(aggregating, (z: Tensor, frames?: Tensor, count?: number) =>
    aggregating.slice(0, count).reduce((x, layer) => layer(x, frames), z),
  )

  return assembled({ feature_extractor, feature_aggregator }, convolutions, {
    latentWidth: channels,
    width: channels,
    causal: true,
    masks: false,
    layers: ['latents', ...aggregator.map((_, i) => `aggregator${i + 1}`)],
    latents: feature_extractor,
    context: (latents, { frames, depth } = {}) =>
      feature_aggregator(latents, frames, depth === undefined ? undefined : depth - 1),
  })
}

const named = <Inputs extends readonly unknown[]>(
  layers: readonly Module<[x: Tensor, frames?: Tensor]>[],
  forward: (...inputs: Inputs) => Tensor,
): Module<Inputs> => {
  const conv_layers = module(numbered(layers), forward)
  return module({ conv_layers }, (...inputs: Inputs) => conv_layers(...inputs))
}

/** As many frames before the first as are told, all like it. */
function firstRepeated(x: Tensor, count: number): Tensor {
  if (count === 0) return x
  const [n, , channels] = sizes(x.shape, 3)
  return concat([x.slice(1, 0, 1).expand(n, count, channels), x], 1)
}
