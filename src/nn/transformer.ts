import { matmul } from '../tensor/contraction.js'
import { ShapeError } from '../tensor/scope.js'
import { range, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkpointed } from './checkpointed.js'
import { inParts } from './in-parts.js'
import { constantly, truncatedNormal } from './initial.js'
import { affine, layerNorm, linear, weightAndBias } from './layers.js'
import { type Module, module } from './module.js'

/** A function of tokens [N, L, dim], and of what is added to the scores of its attention. */
export type TokenModule = Module<[x: Tensor, mask?: Tensor]>

/** First values of timm's transformers */
const weights = { weight: truncatedNormal(0.02), biasInitial: constantly(0) }

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
  const each = range(depth).map(() => block(dim, heads, mlpRatio))
  return module(Object.fromEntries(each.map((b, i) => [`${i}`, b])), (x: Tensor, mask?: Tensor, count?: number) =>
    inParts(x, x.size(1) * dim * mlpRatio, (part, from, to) => {
      const own = mask?.rank === 4 && mask.shape[0] === x.shape[0] ? mask.slice(0, from, to) : mask
      return each.slice(0, count).reduce((y, b) => b(y, own), part)
    }),
  )
}

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
    return affine(x, own, shift)
  })
  const proj = linear(dim, dim, weights)
  const each = dim / heads
  return module({ qkv, proj }, (x: Tensor, mask?: Tensor) => {
    const [n, length] = sizes(x.shape, 2)
    // three products instead of one to take apart: the weight is smaller than what comes out
    const part = (i: number) => qkv(x, i).reshape(n, length, heads, each).transpose(0, 2, 1, 3)
    const scores = matmul(part(0).mul(each ** -0.5), part(1), false, true) // [N, heads, L, L]
    const mixed = (mask === undefined ? scores : scores.add(mask)).softmax(-1).matmul(part(2))
    return proj(mixed.transpose(0, 2, 1, 3).reshape(n, length, dim))
  })
}
