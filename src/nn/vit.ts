import { variable } from '../program/trace.js'
import { matmul } from '../tensor/contraction.js'
import { concat } from '../tensor/movement.js'
import { ShapeError } from '../tensor/scope.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Encoder, EncoderInput } from './encoder.js'
import { constantly, normal, truncatedNormal } from './initial.js'
import { conv2d, layerNorm, linear } from './layers.js'
import { type Module, module, sequential } from './module.js'

export interface ViTOptions {
  readonly dim: number
  readonly depth: number
  readonly heads: number
  /** Side of a patch in pixels */
  readonly patch: number
  /** Width of the hidden layer over dim */
  readonly mlpRatio?: number
  /** With a class token the vector is that token, as timm's default; otherwise the mean over the patches */
  readonly classToken?: boolean
}

/** The parts of a vision transformer, for methods that show it only some of the patches. */
export interface ViT extends Encoder {
  readonly options: ViTOptions
  /** Patches in a picture */
  readonly patches: number
  /** [N, C, H, W] → [N, L, dim], positions added, no class token */
  readonly embed: (x: Tensor) => Tensor
  /** [N, any L, dim] → [N, 1 + L or L, dim]: class token, blocks, final norm */
  readonly encode: (tokens: Tensor) => Tensor
}

/**
 * Vision transformer, pre-norm; parameter names and layouts of timm's VisionTransformer.
 * @see Dosovitskiy et al. 2021
 */
export function vit({ size, channels }: EncoderInput, options: ViTOptions): ViT {
  const { dim, depth, heads, patch, mlpRatio = 4, classToken = false } = options
  const side = size / patch
  if (!Number.isInteger(side))
    throw new ShapeError('vit', `pictures of ${size} px do not divide into patches of ${patch} px`)
  const patches = side * side
  const tokens = patches + (classToken ? 1 : 0)
  const cls_token = classToken ? variable([1, 1, dim], normal(1e-6)([1, 1, dim]), 'token') : undefined
  const pos_embed = variable([1, tokens, dim], truncatedNormal(0.02)([1, tokens, dim]), 'token')
  const proj = conv2d(channels, dim, patch, { stride: patch })
  const patch_embed = module({ proj }, (x: Tensor) => patchProjection(x, proj, patch))
  const blocks = sequential(...range(depth).map(() => block(dim, heads, mlpRatio)))
  const norm = layerNorm(dim)
  const positions = classToken ? pos_embed.slice(1, 1) : pos_embed

  const embed = (x: Tensor) => {
    if (x.shape[2] !== size || x.shape[3] !== size)
      throw new ShapeError('vit', `pictures of ${size} × ${size} expected, got ${x.shape[2]} × ${x.shape[3]}`)
    return patch_embed(x).add(positions)
  }
  const encode = (x: Tensor) => {
    const first = cls_token?.add(pos_embed.slice(1, 0, 1)).expand(x.shape[0] ?? 1, 1, dim)
    return norm(blocks(first === undefined ? x : concat([first, x], 1)))
  }
  const features = (x: Tensor) => encode(embed(x))
  const encoder = module({ cls_token, pos_embed, patch_embed, blocks, norm }, (x: Tensor) => {
    const encoded = features(x)
    return classToken ? encoded.slice(1, 0, 1).reshape(-1, dim) : encoded.mean(1)
  })
  return Object.assign(encoder, { width: dim, features, options, patches, embed, encode })
}

/** A convolution whose stride is its kernel is one matrix product over the patches. */
function patchProjection(x: Tensor, proj: Module, patch: number): Tensor {
  const [n = 1, c = 1, h = 1, w = 1] = x.shape
  const { weight, bias } = proj.parts as { weight: Tensor; bias: Tensor }
  const rows = x
    .reshape(n, c, h / patch, patch, w / patch, patch)
    .transpose(0, 2, 4, 1, 3, 5)
    .reshape(n, (h / patch) * (w / patch), c * patch * patch)
  return matmul(rows, weight.reshape(weight.shape[0] ?? 1, -1), false, true).add(bias)
}

function block(dim: number, heads: number, mlpRatio: number): Module {
  const norm1 = layerNorm(dim)
  const attn = attention(dim, heads)
  const norm2 = layerNorm(dim)
  const weights = { weight: truncatedNormal(0.02), biasInitial: constantly(0) }
  const fc1 = linear(dim, dim * mlpRatio, weights)
  const fc2 = linear(dim * mlpRatio, dim, weights)
  const mlp = module({ fc1, fc2 }, (x: Tensor) => fc2(fc1(x).gelu()))
  return module({ norm1, attn, norm2, mlp }, (x: Tensor) => {
    const attended = x.add(attn(norm1(x)))
    return attended.add(mlp(norm2(attended)))
  })
}

/**
 * Multi-head self-attention over [N, L, dim]. @see Vaswani et al. 2017
 * @param mask added to the scores before the softmax, broadcast to [N, heads, L, L]
 */
export function attention(dim: number, heads: number): Module<[x: Tensor, mask?: Tensor]> {
  if (dim % heads !== 0) throw new ShapeError('attention', `a width of ${dim} does not divide into ${heads} heads`)
  const weights = { weight: truncatedNormal(0.02), biasInitial: constantly(0) }
  const qkv = linear(dim, 3 * dim, weights)
  const proj = linear(dim, dim, weights)
  const each = dim / heads
  return module({ qkv, proj }, (x: Tensor, mask?: Tensor) => {
    const [n = 1, length = 1] = x.shape
    const split = qkv(x).reshape(n, length, 3, heads, each).transpose(2, 0, 3, 1, 4)
    const [q, k, v] = [0, 1, 2].map(i => split.slice(0, i, i + 1).reshape(n, heads, length, each)) as [
      Tensor,
      Tensor,
      Tensor,
    ]
    const scores = matmul(q.mul(each ** -0.5), k, false, true)
    const weighted = (mask === undefined ? scores : scores.add(mask)).softmax(-1).matmul(v)
    return proj(weighted.transpose(0, 2, 1, 3).reshape(n, length, dim))
  })
}
