import { matmul } from '../tensor/contraction.js'
import { where } from '../tensor/elementwise.js'
import { ShapeError } from '../tensor/scope.js'
import { range, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { isThere } from '../tensor/there.js'
import { checkpointed } from './checkpointed.js'
import { inParts } from './in-parts.js'
import { constantly, truncatedNormal } from './initial.js'
import { affine, layerNorm, linear, weightAndBias } from './layers.js'
import { type Module, module } from './module.js'

/** A function of tokens [N, L, dim], and of what is added to the scores of its attention. */
export type TokenModule = Module<[x: Tensor, mask?: Tensor]>

/** First values of timm's transformers */
const weights = { weight: truncatedNormal(0.02), biasInitial: constantly(0), int8: true }

/** Pre-norm transformer block: x + attention(norm(x)), then + MLP(norm(·)) with GELU; named as timm's Block. */
export function block(dim: number, heads: number, mlpRatio = 4): TokenModule {
  const norm1 = layerNorm(dim)
  const attn = attention(dim, heads)
  const norm2 = layerNorm(dim)
  const fc1 = linear(dim, dim * mlpRatio, weights)
  const fc2 = linear(dim * mlpRatio, dim, weights)
  const mlp = module({ fc1, fc2 }, (x: Tensor) => fc2(fc1(x).gelu()))
  return module({ norm1, attn, norm2, mlp }, (x: Tensor, mask?: Tensor) =>
    checkpointed(x, x => {
      const attended = x.add(attn(norm1(x), mask))
      return attended.add(mlp(norm2(attended)))
    }),
  )
}

/** Blocks one after the other, named 0, 1, 2, …; all get the same mask, and the first `count` are run. */
export function blocks(
  depth: number,
  dim: number,
  heads: number,
  mlpRatio = 4,
): Module<[x: Tensor, mask?: Tensor, count?: number]> {
  return stacked(
    range(depth).map(() => block(dim, heads, mlpRatio)),
    dim * mlpRatio,
  )
}

/** @param widest numbers of a token in the widest tensor inside */
export function stacked(
  each: readonly TokenModule[],
  widest: number,
): Module<[x: Tensor, mask?: Tensor, count?: number]> {
  return module(Object.fromEntries(each.map((b, i) => [`${i}`, b])), (x: Tensor, mask?: Tensor, count?: number) => {
    const length = x.size(1)
    const forward = (part: Tensor, from: number, to: number) => {
      const own = mask?.rank === 4 && mask.shape[0] === x.shape[0] ? mask.slice(0, from, to) : mask
      return each.slice(0, count).reduce((y, b) => b(y, own), part)
    }
    return inParts(x, length * widest, forward, Math.ceil(widest / WIDEST_A_TOKEN / length))
  })
}
/** A part has a token for so many numbers of the widest tensor: for each number of a token, where that is four times as wide. */
const WIDEST_A_TOKEN = 4

/**
 * Multi-head self-attention over [N, L, dim]. Its `mask` is added to the scores before the softmax, broadcast to
 * [N, heads, L, L]; −Infinity hides.
 * @see Vaswani et al. 2017
 */
export function attention(dim: number, heads: number): TokenModule {
  if (dim % heads !== 0) throw new ShapeError('attention', `a width of ${dim} does not divide into ${heads} heads`)
  const { weight, bias } = weightAndBias([3 * dim, dim], weights)
  // taken apart once, so that the gradients of all uses are added up before they are put together
  const thirds = range(3).map(i => [weight, bias].map(t => t?.slice(0, i * dim, (i + 1) * dim)))
  const qkv = module({ weight, bias }, (x: Tensor, i: number) => {
    const [own = weight, shift] = thirds[i] ?? []
    return affine(x, own, shift, weights)
  })
  const proj = linear(dim, dim, weights)
  return module({ qkv, proj }, (x: Tensor, mask?: Tensor) =>
    // three products instead of one to take apart: the weight is smaller than what comes out
    proj(attended(heads, i => qkv(x, i), mask)),
  )
}

/**
 * What attention mixes, before its last projection: [N, L, dim].
 * @param part queries (0), keys (1) and values (2), [N, L, dim] each, the numbers of a head beside each other
 * @param mask added to the scores, broadcast to [N, heads, L, L]
 */
export function attended(heads: number, part: (i: number) => Tensor, mask?: Tensor): Tensor {
  const apart = (i: number) => {
    const x = part(i)
    const [n, length, dim] = sizes(x.shape, 3)
    return x.reshape(n, length, heads, dim / heads).transpose(0, 2, 1, 3)
  }
  const queries = apart(0)
  const scores = matmul(queries.mul(queries.size(3) ** -0.5), apart(1), false, true) // [N, heads, L, L]
  const mixed = (mask === undefined ? scores : scores.add(mask)).softmax(-1).matmul(apart(2))
  const [n, , length, each] = sizes(mixed.shape, 4)
  return mixed.transpose(0, 2, 1, 3).reshape(n, length, heads * each)
}

/**
 * A mask that hides padding from attention: [N, 1, 1, length], −Infinity from the lengths on.
 * @param frames int [N]; where there is none, the first one is seen, for a softmax wants one
 */
export const hidingPadding = (frames: Tensor, length: number): Tensor =>
  where(isThere(frames.maximum(1), length), 0, Number.NEGATIVE_INFINITY).reshape(-1, 1, 1, length)
