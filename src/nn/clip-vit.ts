import { variable } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import { ShapeError } from '../tensor/scope.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { type ClipLayersOptions, clipLayers, EPSILON } from './clip-layers.js'
import type { Encoder, EncoderInput } from './encoder.js'
import { normal } from './initial.js'
import { affine, layerNorm } from './layers.js'
import { module } from './module.js'
import { defaultPatch, patchesIn, patchRows } from './patches.js'

export interface ClipViTOptions extends ClipLayersOptions {
  /** Side of a patch in pixels; as of `vit` unless told */
  readonly patch?: number | undefined
}

/** Sizes that have a name: those of OpenAI's ViT-B and ViT-L. */
export const clipVitPresets = {
  base: { dim: 768, depth: 12, heads: 12, activation: 'quick-gelu' },
  large: { dim: 1024, depth: 24, heads: 16, activation: 'quick-gelu' },
} as const satisfies Readonly<Record<string, Omit<ClipViTOptions, 'patch'>>>

/** Mean and deviation of the colours that CLIP was trained on */
const MEAN = [0.48145466, 0.4578275, 0.40821073]
const DEVIATION = [0.26862954, 0.26130258, 0.27577711]

/**
 * CLIP's vision transformer: a norm before the blocks too, no bias in its patches, colours about their mean. Names of Hugging
 * Face's CLIPVisionModel, so that released weights fit; the vector is its class token, before the projection.
 * @throws LacunaError (2) when the pictures do not divide into patches
 * @see Radford et al. 2021, section 2.4
 */
export function clipVit(
  { size, channels }: EncoderInput,
  { patch = defaultPatch(size), ...options }: ClipViTOptions,
): Encoder {
  const { dim, depth } = options
  const patches = patchesIn('clip-vit', size, patch)
  const around = normal(dim ** -0.5)
  const class_embedding = variable([dim], around([dim]), 'token')
  const kernel = [dim, channels, patch, patch]
  const weight = variable(kernel, normal((channels * patch * patch) ** -0.5)(kernel))
  const patch_embedding = module({ weight }, (x: Tensor) =>
    affine(patchRows(x, patch), weight.reshape(dim, -1), undefined),
  )
  const places = variable([1 + patches, dim], around([1 + patches, dim]), 'token')
  const position_embedding = module({ weight: places }, () => places)
  const embeddings = module({ class_embedding, patch_embedding, position_embedding }, (x: Tensor) => {
    if (x.shape[2] !== size || x.shape[3] !== size)
      throw new ShapeError('clipVit', `pictures of ${size} × ${size} expected, got ${x.shape[2]} × ${x.shape[3]}`)
    const first = class_embedding.expand(x.size(0), 1, dim)
    return concat([first, patch_embedding(centred(x))], 1).add(position_embedding())
  })
  const pre_layrnorm = layerNorm(dim, EPSILON) // so spelt in the files
  const layers = clipLayers(options)
  const encoder = module({ layers }, layers)
  const post_layernorm = layerNorm(dim, EPSILON)
  const parts = { embeddings, pre_layrnorm, encoder, post_layernorm }
  const features = module(parts, (x: Tensor, count?: number) =>
    post_layernorm(encoder(pre_layrnorm(embeddings(x)), undefined, count)),
  )
  return Object.assign(
    module(parts, (x: Tensor) => features(x).slice(1, 0, 1).reshape(-1, dim)),
    {
      reads: 'image' as const,
      width: dim,
      features,
      layers: range(depth).map(i => `block${i + 1}`),
      pool: 'class' as const,
    },
  )
}

/** Pictures in [0, 1] as CLIP takes them; grey ones about the mean of all colours. */
function centred(x: Tensor): Tensor {
  const channels = x.size(1)
  const of = (values: readonly number[]) =>
    constant(channels === values.length ? values : Array<number>(channels).fill(mean(values)), [channels, 1, 1])
  return x.sub(of(MEAN)).div(of(DEVIATION))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
