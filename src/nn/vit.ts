import { LacunaError } from '../errors.js'
import { variable } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import { ShapeError } from '../tensor/scope.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Encoder, EncoderInput } from './encoder.js'
import { type Initial, normal, truncatedNormal } from './initial.js'
import { affine, layerNorm, weightAndBias } from './layers.js'
import { type Module, module } from './module.js'
import { defaultPatch, patchesIn, patchRows } from './patches.js'
import { sinCos2d } from './positions.js'
import { blocks as transformerBlocks } from './transformer.js'
import type { Pool } from './vectors.js'

export interface ViTOptions {
  readonly dim: number
  readonly depth: number
  readonly heads: number
  /** Side of a patch in pixels; 4 up to pictures of 32 px, 8 up to 96, 16 above unless told */
  readonly patch?: number
  /** Width of the hidden layer over dim */
  readonly mlpRatio?: number
  /** The vector is a class token, as in timm (true unless told); otherwise the mean over the patches */
  readonly classToken?: boolean
}

/** Sizes that have a name; 0.45, 5.5, 22 and 86 million parameters. */
export const vitPresets = {
  mini: { dim: 96, depth: 4, heads: 3 },
  tiny: { dim: 192, depth: 12, heads: 3 },
  small: { dim: 384, depth: 12, heads: 6 },
  base: { dim: 768, depth: 12, heads: 12 },
} as const

/** The parts of a vision transformer, for methods that show it only some of the patches. */
export interface ViT extends Encoder {
  readonly options: Required<ViTOptions>
  /** Patches in a picture */
  readonly patches: number
  /** [N, C, H, W] → [N, patches, dim], positions added, no class token */
  readonly embed: (x: Tensor) => Tensor
  /** [N, any L, dim] → [N, 1 + L or L, dim]: class token, blocks (the first `depth`), final norm */
  readonly encode: (tokens: Tensor, depth?: number) => Tensor
}

export const isViT = (encoder: Encoder): encoder is ViT => 'encode' in encoder

/**
 * Vision transformer, pre-norm; names, layouts and first values of timm's VisionTransformer without its classifier
 * (without a class token: of one with fc_norm=False).
 * @throws LacunaError (2) when the pictures do not divide into patches
 * @see Dosovitskiy et al. 2021
 */
export function vit({ size, channels, positions }: EncoderInput, options: ViTOptions): ViT {
  const { dim, depth, heads, patch = defaultPatch(size), mlpRatio = 4, classToken = true } = options
  const patches = patchesIn('vit', size, patch)
  const tokens = [1, patches + (classToken ? 1 : 0), dim]
  const cls_token = classToken ? variable([1, 1, dim], normal(1e-6)([1, 1, dim]), 'token') : undefined
  const first = positions === 'sin-cos' ? sinCos(size / patch, classToken) : truncatedNormal(0.02)
  const pos_embed = variable(tokens, first(tokens), 'token')
  const patch_embed = patchEmbedding(channels, dim, patch)
  const blocks = transformerBlocks(depth, dim, heads, mlpRatio)
  const norm = layerNorm(dim)
  const parts = { cls_token, pos_embed, patch_embed, blocks, norm }

  const embed = module(parts, (x: Tensor) => {
    if (x.shape[2] !== size || x.shape[3] !== size)
      throw new ShapeError('vit', `pictures of ${size} × ${size} expected, got ${x.shape[2]} × ${x.shape[3]}`)
    return patch_embed(x).add(classToken ? pos_embed.slice(1, 1) : pos_embed)
  })
  const encode = module(parts, (x: Tensor, depth?: number) => {
    const first = cls_token?.add(pos_embed.slice(1, 0, 1)).expand(x.size(0), 1, dim)
    return norm(blocks(first === undefined ? x : concat([first, x], 1), undefined, depth))
  })
  const features = module(parts, (x: Tensor, depth?: number) => encode(embed(x), depth))
  const encoder = module(parts, (x: Tensor) => {
    const encoded = features(x)
    return classToken ? encoded.slice(1, 0, 1).reshape(-1, dim) : encoded.mean(1)
  })
  const chosen = { dim, depth, heads, patch, mlpRatio, classToken }
  const layers = range(depth).map(i => `block${i + 1}`)
  const pool: Pool = classToken ? 'class' : 'mean'
  return Object.assign(encoder, {
    reads: 'image' as const,
    width: dim,
    features,
    layers,
    pool,
    options: chosen,
    patches,
    embed,
    encode,
  })
}

/** [N, C, H, W] → [N, patches, dim]: a convolution whose stride is its kernel is one matrix product over the patches. */
function patchEmbedding(channels: number, dim: number, patch: number): Module {
  const { weight, bias } = weightAndBias([dim, channels, patch, patch])
  const proj = module({ weight, bias }, (x: Tensor) => affine(patchRows(x, patch), weight.reshape(dim, -1), bias))
  return module({ proj }, (x: Tensor) => proj(x))
}

/** Positions that tell from the first step on which patches are neighbours; a class token has none. */
function sinCos(side: number, classToken: boolean): Initial {
  return ([, , dim = 1]) => {
    if (dim % 4 !== 0)
      throw new LacunaError(`vit: positions by sines and cosines want a width that divides by 4, not ${dim}`, 2)
    return () => Float64Array.of(...Array<number>(classToken ? dim : 0).fill(0), ...sinCos2d(side, dim))
  }
}
