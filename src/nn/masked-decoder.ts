import { variable } from '../program/trace.js'
import { takeRows } from '../tensor/indexing.js'
import { concat } from '../tensor/movement.js'
import { sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { constantly, normal, truncatedNormal, xavierUniform } from './initial.js'
import { layerNorm, linear } from './layers.js'
import { type Module, module } from './module.js'
import { sinCos2d } from './positions.js'
import { blocks } from './transformer.js'

export interface MaskedDecoderOptions {
  /** Numbers in a token of the encoder */
  readonly inputs: number
  /** Whether a class token comes before those of the patches */
  readonly classToken: boolean
  /** Patches in a row of the picture */
  readonly side: number
  /** Width of its own tokens; 32 a head */
  readonly dim: number
  readonly depth: number
  /** Numbers guessed for each patch */
  readonly outputs: number
}

const HEAD = 32

/**
 * The light decoder of a masked autoencoder: the encoded tokens are put back where they were taken from, one learnt token
 * stands for every hidden patch, and all get the fixed position of their place.
 *
 * encoded [N, 1 + kept or kept, inputs], place int [N, L] (see `Masking`) → [N, L, outputs]
 *
 * @see He et al. 2022, section 3; names as in the MAE code without their prefix
 */
export function maskedDecoder(options: MaskedDecoderOptions): Module<[encoded: Tensor, place: Tensor]> {
  const { inputs, side, dim, depth, outputs } = options
  const weights = { weight: xavierUniform, biasInitial: constantly(0) }
  const embed = linear(inputs, dim, weights)
  const mask_token = variable([1, 1, dim], normal(0.02)([1, 1, dim]), 'token')
  const layers = blocks(depth, dim, dim / HEAD)
  const norm = layerNorm(dim)
  // small, so that the first guess is nearly flat and the first loss is chance
  const pred = linear(dim, outputs, { ...weights, weight: truncatedNormal(0.02) })
  const positions = constant(sinCos2d(side, dim), [side ** 2, dim])
  return module({ embed, mask_token, blocks: layers, norm, pred }, (encoded: Tensor, place: Tensor) => {
    const [n, length] = sizes(encoded.shape, 2)
    const extra = options.classToken ? 1 : 0
    const tokens = embed(encoded)
    const hidden = mask_token.expand(n, side ** 2 - (length - extra), dim)
    const restored = takeRows(concat([tokens.slice(1, extra), hidden], 1), place).add(positions)
    const all = extra === 0 ? restored : concat([tokens.slice(1, 0, extra), restored], 1)
    return pred(norm(layers(all)).slice(1, extra))
  })
}
