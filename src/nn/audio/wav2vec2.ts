import { variable } from '../../program/trace.js'
import { where } from '../../tensor/elementwise.js'
import { range } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { thereOf } from '../../tensor/there.js'
import { fanIn, type Initial, normal } from '../initial.js'
import { dropout, layerNorm, linear } from '../layers.js'
import { module } from '../module.js'
import { assembled } from './assembled.js'
import type { AudioEncoder, ContextOptions } from './encoder.js'
import { normedConv } from './first-conv.js'
import { frameConv, ringChain, type Steps } from './frame-conv.js'
import { type FrameNorm, numbered } from './norms.js'
import { EPSILON, frameTransformer, type TransformerOptions } from './wav2vec2-transformer.js'

export interface Wav2vec2Options extends TransformerOptions {
  /** Channels of the convolutions */
  readonly channels: number
  /** Those of wav2vec 2.0 unless told */
  readonly convolutions?: readonly Omit<Steps, 'padding'>[]
  /** Each channel over time after the first convolution (`group`, as BASE), or all channels after each, with biases (`layer`, as LARGE) */
  readonly norm?: 'group' | 'layer'
  /** Waves to mean 0 and deviation 1 first, as files with `do_normalize` want it */
  readonly levels?: boolean
  /** Factor of the gradients that reach the convolutions; 1 unless told */
  readonly convolutionGradients?: number
}

const convolutions = [
  { kernel: 10, stride: 5 },
  ...Array<Steps>(4).fill({ kernel: 3, stride: 2 }),
  ...Array<Steps>(2).fill({ kernel: 2, stride: 2 }),
]

export const wav2vec2Presets = {
  'wav2vec2-small': { channels: 96, dim: 192, depth: 4, heads: 4, positions: { kernel: 32, groups: 16 } },
  'wav2vec2-base': {
    ...{ channels: 512, dim: 768, depth: 12, heads: 12, positions: { kernel: 128, groups: 16 } },
    ...{ drops: 0.1, convolutionGradients: 0.1 },
  },
  'wav2vec2-large': {
    ...{ channels: 512, dim: 1024, depth: 24, heads: 16, positions: { kernel: 128, groups: 16 } },
    ...{ norm: 'layer', order: 'pre', levels: true },
  },
} as const satisfies Record<string, Wav2vec2Options>

/** The parts of wav2vec 2.0 beside those of every encoder of sound. */
export interface Wav2vec2Encoder extends AudioEncoder {
  /** What comes out of the convolutions, [N, T, latentWidth], before the norm that makes it the latents: for a penalty of its size */
  readonly convolved: (waves: Tensor, lengths?: Tensor) => Tensor
}

export const isWav2vec2 = (encoder: AudioEncoder): encoder is Wav2vec2Encoder => 'convolved' in encoder

/**
 * The encoder of wav2vec 2.0 and of HuBERT: convolutions that see 400 numbers every 320, and a transformer over them. The
 * latents are the normed results of the convolutions; hidden ones are replaced by one learnt vector after their projection.
 * Names and layouts of Hugging Face's Wav2Vec2Model and HubertModel.
 * @see Baevski et al. 2020, wav2vec 2.0; Hsu et al. 2021, HuBERT
 */
export function wav2vec2Encoder(options: Wav2vec2Options): Wav2vec2Encoder {
  const { channels, dim, depth, levels = false, convolutionGradients = 1, drops = 0 } = options
  const steps = options.convolutions ?? convolutions
  const masked_spec_embed = variable([dim], uniform => Float64Array.from(range(dim), () => uniform()), 'token')
  const feature_extractor = extractor(channels, steps, options.norm ?? 'group')
  const layer_norm = layerNorm(channels, EPSILON)
  const projection = linear(channels, dim)
  const feature_projection = module({ layer_norm, projection }, (z: Tensor) => projection(z))
  const encoder = frameTransformer(options)
  const dropped = dropout(drops)

  const convolved = (waves: Tensor, lengths?: Tensor) =>
    scaledGradient(feature_extractor(levels ? levelled(waves, lengths) : waves, lengths), convolutionGradients)
  const context = (latents: Tensor, { frames, hidden, depth }: ContextOptions = {}) => {
    const x = dropped(feature_projection(latents))
    const shown = hidden === undefined ? x : where(hidden.reshape(...hidden.shape, 1), masked_spec_embed, x)
    return encoder(shown, frames, depth)
  }
  const parts = { masked_spec_embed, feature_extractor, feature_projection, encoder }
  const made = assembled(parts, steps, {
    latentWidth: channels,
    width: dim,
    causal: false,
    masks: true,
    layers: range(depth).map(i => `block${i + 1}`),
    latents: (waves, lengths) => layer_norm(convolved(waves, lengths)),
    context,
  })
  return Object.assign(made, { convolved: module(parts, convolved) })
}

/** He et al. 2015 for ReLU by what comes in, as torch's kaiming_normal_. */
const heFanIn: Initial = shape => normal(Math.sqrt(2 / fanIn(shape)))(shape)

function extractor(channels: number, steps: readonly Steps[], norm: 'group' | 'layer') {
  const layers = steps.map((own, i): FrameNorm => {
    if (i === 0 && norm === 'group') {
      const {
        conv,
        norm: layer_norm,
        run,
      } = normedConv(channels, channels, { ...own, ring: true }, { weight: heFanIn })
      return module({ conv, layer_norm }, (x: Tensor, frames?: Tensor) => run(x, frames).gelu())
    }
    // without norms between them, what int8 rounds in the forward pass grows from layer to layer, to half of the gradient
    const options = {
      stride: own.stride,
      ring: true,
      bias: norm === 'layer',
      weight: heFanIn,
      int8: 'gradients',
    } as const
    const conv = frameConv(i === 0 ? 1 : channels, channels, own.kernel, options)
    const layer_norm = norm === 'layer' ? layerNorm(channels, EPSILON) : undefined
    return module({ conv, layer_norm }, (x: Tensor) => {
      const y = conv(x)
      return (layer_norm?.(y) ?? y).gelu()
    })
  })
  const conv_layers = module(numbered(layers), ringChain(layers, steps))
  return module({ conv_layers }, (waves: Tensor, lengths?: Tensor) => conv_layers(waves, lengths))
}

/** The same values, with gradients times a factor. */
const scaledGradient = (x: Tensor, factor: number): Tensor =>
  factor === 1 ? x : x.mul(factor).add(x.mul(1 - factor).stopGradient())

/** Each wave to mean 0 and deviation 1 over what is there, zeros after it. */
function levelled(waves: Tensor, lengths?: Tensor): Tensor {
  if (lengths === undefined) return waves.normalize(1, 1e-7)
  const there = thereOf(lengths, waves.size(1)).reshape(-1, waves.size(1))
  const count = lengths.cast('float').maximum(1).reshape(-1, 1)
  const centred = waves.sub(waves.sum(1, true).div(count)).mul(there)
  return centred.div(centred.square().sum(1, true).div(count).add(1e-7).sqrt())
}
