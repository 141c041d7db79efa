import { variable } from '../../program/trace.js'
import { range } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { checkpointed } from '../checkpointed.js'
import { constantly, normal } from '../initial.js'
import { dropout, layerNorm, linear } from '../layers.js'
import { type Module, module } from '../module.js'
import { attended, hidingPadding, stacked, type TokenModule } from '../transformer.js'
import { silenced } from './norms.js'

export interface TransformerOptions {
  readonly dim: number
  readonly depth: number
  readonly heads: number
  /** Width of the hidden layers; 4 · dim unless told */
  readonly hiddenWidth?: number
  /** Taps of the convolution that tells positions, and its groups of channels */
  readonly positions: { readonly kernel: number; readonly groups: number }
  /** Norms stand before attention and the hidden layers (`pre`), or after each sum (`post`), as in BASE */
  readonly order?: 'pre' | 'post'
  /** Probability at which a number is dropped in training, after the positions and after each half of a layer */
  readonly drops?: number
}

export const EPSILON = 1e-5
const first = { weight: normal(0.02), biasInitial: constantly(0), int8: true }

/** Transformer over frames [N, T, dim], its positions told by a convolution; names of Hugging Face's Wav2Vec2Encoder. */
export function frameTransformer(options: TransformerOptions): Module<[x: Tensor, frames?: Tensor, depth?: number]> {
  const { dim, depth, heads, hiddenWidth = 4 * dim, positions, order = 'post', drops = 0 } = options
  const pos_conv_embed = convolvedPositions(dim, positions)
  const layer_norm = layerNorm(dim, EPSILON)
  const layers = stacked(
    range(depth).map(() => transformerLayer({ dim, heads, hiddenWidth, order, drops })),
    hiddenWidth,
  )
  const dropped = dropout(drops)
  return module({ pos_conv_embed, layer_norm, layers }, (x: Tensor, frames?: Tensor, count?: number) => {
    const heard = silenced(x, frames) // the convolution reaches from padding into what is there
    const placed = heard.add(pos_conv_embed(heard))
    const mask = frames && hidingPadding(frames, x.size(1))
    return order === 'post'
      ? layers(dropped(layer_norm(placed)), mask, count)
      : layer_norm(layers(dropped(placed), mask, count))
  })
}

/** Positions relative to the frames around: a convolution over many of them with a normed weight, the same length, and GELU. */
function convolvedPositions(dim: number, { kernel, groups }: TransformerOptions['positions']): Module {
  const deviation = 2 / Math.sqrt(kernel * dim)
  const shape = [dim, dim / groups, kernel]
  const original1 = variable(shape, normal(deviation)(shape), 'weight')
  // the norm of each tap, to a thousandth: each is of so many random numbers
  const norm = constantly(deviation * dim * Math.sqrt(1 / groups))
  const original0 = variable([1, 1, kernel], norm([1, 1, kernel]), 'gain')
  const bias = variable([dim], constantly(0)([dim]), 'bias')
  const weight = module({ original0, original1 }, () =>
    original1.mul(original0.div(original1.square().sum([0, 1], true).sqrt())),
  )
  const parametrizations = module({ weight }, () => weight())
  const before = Math.floor(kernel / 2)
  const conv = module({ bias, parametrizations }, (x: Tensor) => {
    const y = x.transpose(0, 2, 1).conv(parametrizations(), { groups, padding: [[before, kernel - 1 - before]] })
    return y.transpose(0, 2, 1).add(bias)
  })
  return module({ conv }, (x: Tensor) => conv(x).gelu())
}

type LayerOptions = Required<Pick<TransformerOptions, 'dim' | 'heads' | 'hiddenWidth' | 'order' | 'drops'>>

function transformerLayer({ dim, heads, hiddenWidth, order, drops }: LayerOptions): TokenModule {
  const [q_proj, k_proj, v_proj, out_proj] = range(4).map(() => linear(dim, dim, first)) as [
    Module,
    Module,
    Module,
    Module,
  ]
  const projections = [q_proj, k_proj, v_proj] as const
  const attention = module({ k_proj, v_proj, q_proj, out_proj }, (x: Tensor, mask?: Tensor) =>
    out_proj(attended(heads, i => (projections[i] ?? q_proj)(x), mask)),
  )
  const intermediate_dense = linear(dim, hiddenWidth, first)
  const output_dense = linear(hiddenWidth, dim, first)
  const feed_forward = module({ intermediate_dense, output_dense }, (x: Tensor) =>
    output_dense(intermediate_dense(x).gelu()),
  )
  const [layer_norm, final_layer_norm] = [layerNorm(dim, EPSILON), layerNorm(dim, EPSILON)]
  const dropped = dropout(drops)
  const parts = { attention, layer_norm, feed_forward, final_layer_norm }
  return module(parts, (x: Tensor, mask?: Tensor) =>
    checkpointed(x, x => {
      if (order === 'pre') {
        const y = x.add(dropped(attention(layer_norm(x), mask)))
        return y.add(dropped(feed_forward(final_layer_norm(y))))
      }
      const y = layer_norm(x.add(dropped(attention(x, mask))))
      return final_layer_norm(y.add(dropped(feed_forward(y))))
    }),
  )
}
