import { codeDiversity } from '../../losses/codes.js'
import { type Draw, isTraining, scheduled } from '../../program/trace.js'
import type { Tensor } from '../../tensor/tensor.js'
import { type Module, module } from '../module.js'
import { codeUsage } from './code-usage.js'
import { type Gumbel, gumbelQuantiser, type Quantised, type QuantiserOptions } from './quantiser.js'

export interface LearntCodesOptions extends QuantiserOptions {
  /** τ at the end of the run, and at its beginning: it falls by an even share in every step, however many there are */
  readonly temperature: readonly [end: number, start: number]
}

export interface LearntCodes extends Pick<Quantised, 'vectors' | 'codes'> {
  /** What unused codes cost, float [] */
  readonly diversity: Tensor
  /** [G, V], how often each is chosen: in the batch, and lately */
  readonly batch: Tensor
  readonly lately: Tensor
}

/**
 * A quantiser, and what is known of its codes: drawn in training, the likeliest otherwise. Rows of no weight tell nothing of them.
 * x [..., inputs], weight [rows]
 */
export function learntCodes({
  temperature: [end, start],
  ...options
}: LearntCodesOptions): Module<[x: Tensor, weight: Tensor, draw: Draw], LearntCodes> {
  const quantiser = gumbelQuantiser(options)
  const usage = codeUsage(options.groups, options.codes)
  return module({ quantiser, usage }, (x: Tensor, weight: Tensor, draw: Draw) => {
    const { probabilities, ...found } = quantiser(x, drawnInTraining(draw, [end, start]))
    return { ...found, diversity: codeDiversity(weightedShare(probabilities, weight)), ...usage(found.codes, weight) }
  })
}

/** Noise at a temperature that falls from the second to the first over the run; none outside of training. */
export function drawnInTraining(draw: Draw, [end, start]: LearntCodesOptions['temperature']): Gumbel | undefined {
  if (!isTraining()) return undefined
  // 2 · .999995^step reaches .5 after 277 000 steps: by the share that is done, it does so in any run
  const temperature = scheduled('progress')
    .mul(Math.log(end / start))
    .exp()
    .mul(start)
  return { draw, temperature }
}

/** How likely each code is on the whole. @param probabilities [rows, G, V] @param weight [rows] @returns [G, V] */
export const weightedShare = (probabilities: Tensor, weight: Tensor): Tensor =>
  probabilities
    .mul(weight.reshape(-1, 1, 1))
    .sum(0)
    .div(weight.sum().maximum(1e-12))
