import type { ChannelOf } from '../../channels/channel.js'
import { variable } from '../../program/trace.js'
import { ShapeError } from '../../tensor/scope.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { atTheEnd } from '../at-the-end.js'
import { type ClipLayersOptions, clipLayers, EPSILON } from '../clip-layers.js'
import type { Encoder } from '../encoder.js'
import { normal } from '../initial.js'
import { layerNorm } from '../layers.js'
import { module } from '../module.js'

export type TextTransformerOptions = ClipLayersOptions

/** Sizes that have a name. Without what the vocabulary takes 0.8, 1.8 and 38 million parameters. */
export const textPresets = {
  'text-small': { dim: 128, depth: 4, heads: 4 },
  'text-medium': { dim: 192, depth: 4, heads: 6 },
  /** OpenAI's ViT-B/32 and B/16 have it */
  'text-base': { dim: 512, depth: 12, heads: 8, activation: 'quick-gelu' },
} as const satisfies Readonly<Record<string, TextTransformerOptions>>

/**
 * CLIP's text encoder: a causal transformer over tokens, whose last token, the end of the text, has seen all of them. Names of
 * Hugging Face's CLIPTextModel, first values of open_clip.
 *
 * Takes int [N, L] and gives [N, dim]: what stands at the end token, the largest number in a row. What follows it changes nothing.
 * @see Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision, section 2.4
 */
export function textTransformer(
  { vocabulary, length }: Pick<ChannelOf<'text'>, 'vocabulary' | 'length'>,
  options: TextTransformerOptions,
): Encoder {
  const { dim, depth } = options
  const token_embedding = embedding(vocabulary, dim, 0.02)
  const position_embedding = embedding(length, dim, 0.01)
  const embeddings = module({ token_embedding, position_embedding }, (ids: Tensor) => {
    if (ids.rank !== 2 || ids.size(1) > length)
      throw new ShapeError('textTransformer', `[N, up to ${length}] expected, got [${ids.shape.join(', ')}]`)
    return token_embedding(ids).add(position_embedding(constant(range(ids.size(1)), [ids.size(1)], 'int')))
  })
  const layers = clipLayers(options)
  const encoder = module({ layers }, layers)
  const final_layer_norm = layerNorm(dim, EPSILON)
  const parts = { embeddings, encoder, final_layer_norm }
  const features = module(parts, (ids: Tensor, count?: number) =>
    final_layer_norm(encoder(embeddings(ids), causal(ids.size(1)), count)),
  )
  return Object.assign(
    module(parts, (ids: Tensor) => atTheEnd(features(ids), ids)),
    {
      reads: 'text' as const,
      width: dim,
      features,
      frames: (lengths: Tensor) => lengths,
      layers: range(depth).map(i => `block${i + 1}`),
      pool: 'end' as const,
    },
  )
}

/** A row for each number. */
function embedding(count: number, dim: number, deviation: number) {
  const weight = variable([count, dim], normal(deviation)([count, dim]))
  return module({ weight }, (ids: Tensor) => weight.gather(ids))
}

/** Each token sees itself and those before it: [1, 1, L, L], to be added to the scores. */
const causal = (length: number): Tensor =>
  constant(
    range(length ** 2).map(i => (i % length > Math.floor(i / length) ? Number.NEGATIVE_INFINITY : 0)),
    [1, 1, length, length],
  )
