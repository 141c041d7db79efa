import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkpointed } from './checkpointed.js'
import { constantly, normal } from './initial.js'
import { layerNorm, linear } from './layers.js'
import { module } from './module.js'
import { attended, stacked, type TokenModule } from './transformer.js'

export interface ClipLayersOptions {
  readonly dim: number
  readonly depth: number
  readonly heads: number
  /** Width of the hidden layers; 4 · dim unless told */
  readonly hiddenWidth?: number
  /** `quick-gelu` is that of OpenAI's weights */
  readonly activation?: Activation
}

export type Activation = 'gelu' | 'quick-gelu'
export const activations = ['gelu', 'quick-gelu'] as const satisfies readonly Activation[]

/** ε of CLIP's layer norms */
export const EPSILON = 1e-5

/**
 * The pre-norm transformer of both sides of CLIP: names of Hugging Face's CLIPEncoder, first values of open_clip, which shrink
 * with the width and the depth.
 */
export function clipLayers(options: ClipLayersOptions): ReturnType<typeof stacked> {
  const { dim, depth, hiddenWidth = 4 * dim } = options
  return stacked(
    range(depth).map(() => clipLayer({ activation: 'gelu', ...options, hiddenWidth })),
    hiddenWidth,
  )
}

function clipLayer({ dim, depth, heads, hiddenWidth, activation }: Required<ClipLayersOptions>): TokenModule {
  const within = initially(dim ** -0.5)
  const outwards = initially(dim ** -0.5 * (2 * depth) ** -0.5)
  const q_proj = linear(dim, dim, within)
  const k_proj = linear(dim, dim, within)
  const v_proj = linear(dim, dim, within)
  const out_proj = linear(dim, dim, outwards)
  const projections = [q_proj, k_proj, v_proj] as const
  const self_attn = module({ k_proj, v_proj, q_proj, out_proj }, (x: Tensor, mask?: Tensor) =>
    out_proj(attended(heads, i => (projections[i] ?? q_proj)(x), mask)),
  )
  const fc1 = linear(dim, hiddenWidth, initially((2 * dim) ** -0.5))
  const fc2 = linear(hiddenWidth, dim, outwards)
  const mlp = module({ fc1, fc2 }, (x: Tensor) => fc2(activated(fc1(x), activation)))
  const [layer_norm1, layer_norm2] = [layerNorm(dim, EPSILON), layerNorm(dim, EPSILON)]
  return module({ self_attn, layer_norm1, mlp, layer_norm2 }, (x: Tensor, mask?: Tensor) =>
    checkpointed(x, x => {
      const y = x.add(self_attn(layer_norm1(x), mask))
      return y.add(mlp(layer_norm2(y)))
    }),
  )
}

const initially = (deviation: number) => ({ weight: normal(deviation), biasInitial: constantly(0), int8: true })

/** x·σ(1.702 x) in place of x·Φ(x), as OpenAI trained. */
const activated = (x: Tensor, activation: Activation): Tensor =>
  activation === 'gelu' ? x.gelu() : x.mul(x.mul(1.702).sigmoid())
