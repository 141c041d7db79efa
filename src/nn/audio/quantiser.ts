import type { Draw } from '../../program/trace.js'
import { variable } from '../../program/trace.js'
import { straightThrough } from '../../tensor/elementwise.js'
import { oneHot } from '../../tensor/indexing.js'
import type { Tensor } from '../../tensor/tensor.js'
import { constantly, type Initial, normal, uniformWithin } from '../initial.js'
import { linear } from '../layers.js'
import { layer, type Module, module, sequential } from '../module.js'

export interface QuantiserOptions {
  /** Numbers in a frame */
  readonly inputs: number
  /** G, groups of codes: a frame gets one of each */
  readonly groups: number
  /** V, codes in a group */
  readonly codes: number
  /** Numbers in the vectors of all groups together; divides by G */
  readonly width: number
  /** Numbers in a layer with ReLU between frames and scores; none unless told */
  readonly hidden?: number
  /** One book of vectors for all groups; each has its own unless told */
  readonly shared?: boolean
}

export interface Quantised {
  /** [rows, width], the vectors of the codes, one group after the other */
  readonly vectors: Tensor
  /** int [rows, G] */
  readonly codes: Tensor
  /** [rows, G, V], how likely each code is, without noise and temperature */
  readonly probabilities: Tensor
}

/** How codes are drawn in training; without it the likeliest are taken. */
export interface Gumbel {
  readonly draw: Draw
  /** τ > 0: large makes all codes alike likely to get gradients */
  readonly temperature: Tensor
}

/**
 * Codes that are learnt: of each group the likeliest, after Gumbel noise in training. What goes on is the vector of that code
 * alone; gradients go by all codes, as likely as they were at the temperature.
 *
 * @param x [..., inputs], rows whatever stands before
 * @see Jang et al. 2017, Categorical Reparameterization with Gumbel-Softmax; Baevski et al. 2020, wav2vec 2.0, section 2
 */
export function gumbelQuantiser({
  inputs,
  groups,
  codes: size,
  width,
  hidden,
  shared = false,
}: QuantiserOptions): Module<[x: Tensor, gumbel?: Gumbel], Quantised> {
  const scores =
    hidden === undefined
      ? linear(inputs, groups * size, { weight: normal(1), biasInitial: constantly(0) })
      : sequential(
          linear(inputs, hidden),
          layer(x => x.relu()),
          linear(hidden, groups * size),
        )
  const shape = [shared ? 1 : groups, size, width / groups]
  const vectors = variable(shape, unitInterval(shape), 'token')
  return module({ scores, vectors }, (x: Tensor, gumbel?: Gumbel) => {
    const logits = scores(x).reshape(-1, groups, size)
    const rows = logits.size(0)
    const noisy =
      gumbel &&
      logits
        .add(gumbelNoise(gumbel.draw, [...x.shape.slice(0, -1), groups, size]).reshape(rows, groups, size))
        .div(gumbel.temperature)
    const chosen = (noisy ?? logits).argmax(-1) // [rows, G]
    const hard = oneHot(chosen, size)
    const weights = noisy === undefined ? hard : straightThrough(hard, noisy.softmax(-1))
    const each = weights.transpose(1, 0, 2).matmul(vectors) // [G, rows, width / G]
    return {
      vectors: each.transpose(1, 0, 2).reshape(rows, width),
      codes: chosen,
      probabilities: logits.softmax(-1),
    }
  })
}

/** −ln(−ln u): the largest of logits with such noise is drawn by their softmax. */
const gumbelNoise = (draw: Draw, shape: readonly number[]): Tensor =>
  draw.uniform(shape, 1e-7, 1).log().neg().maximum(1e-7).log().neg()

/** U(0, 1), as fairseq's. */
const unitInterval: Initial = shape => {
  const fill = uniformWithin(0.5)(shape)
  return uniform => Float64Array.from(fill(uniform), value => value + 0.5)
}
