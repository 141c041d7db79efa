import { isTraining, latest, update, variable } from '../../program/trace.js'
import { scatterAdd } from '../../tensor/indexing.js'
import { stack } from '../../tensor/movement.js'
import { range } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { constantly } from '../initial.js'
import { type Module, module } from '../module.js'

/** How often each code is among rows that weigh something: [V], sums to 1; zeros where nothing weighs. */
export const shareAmong = (codes: Tensor, weight: Tensor, size: number): Tensor =>
  scatterAdd(weight, codes, size).div(weight.sum().maximum(1e-12))

/** Part of the newest batch in the running share: about the last hundred steps count */
const MOMENTUM = 0.01

/** How often each code is chosen, [G, V] each. */
export interface CodeUsage
  extends Module<[codes: Tensor, weight: Tensor], { readonly batch: Tensor; readonly lately: Tensor }> {
  /** Over the last steps of the training; zeros before the first */
  readonly lately: () => Tensor
}

/**
 * How often each code is chosen: in this batch, and lately. A batch holds too few frames to tell how many codes are in use.
 * It is kept beside the network to be told of it; nothing is trained by it.
 *
 * @returns of codes int [rows, G] and their weights [rows] the shares [G, V] in the batch, and over the last steps of the training
 */
export function codeUsage(groups: number, size: number): CodeUsage {
  const share = variable([groups, size], constantly(0)([groups, size]), 'statistic')
  const lately = () => {
    const sum = latest(share)
    return sum.div(sum.sum(1, true).maximum(1e-12))
  }
  const usage = module({ share }, (codes: Tensor, weight: Tensor) => {
    const each = range(groups).map(g => shareAmong(codes.slice(1, g, g + 1).reshape(-1), weight, size))
    const batch = stack(each)
    if (isTraining())
      update(
        share,
        latest(share)
          .mul(1 - MOMENTUM)
          .add(batch.mul(MOMENTUM)),
      )
    return { batch, lately: lately() }
  })
  return Object.assign(usage, { lately })
}

/**
 * How common the codes of each frame are, together: Σ_g ln p_g.
 * @param codes int [N, T, G]
 * @param share [G, V]
 * @returns [N, T]
 */
export function commonnessOf(codes: Tensor, share: Tensor): Tensor {
  const logs = share.maximum(1e-12).log()
  const [n, length] = [codes.size(0), codes.size(1)]
  return range(codes.size(2))
    .map(g =>
      logs
        .slice(0, g, g + 1)
        .reshape(-1)
        .gather(codes.slice(2, g, g + 1).reshape(n, length)),
    )
    .reduce((sum, each) => sum.add(each))
}

/** A hundredth of what each would have if all were alike common */
const HARDLY = 0.01

/** Which codes are hardly ever chosen. @param share [G, V] @returns bool [G, V] */
export const hardlyEver = (share: Tensor): Tensor => share.greater(HARDLY / share.size(-1)).not()

/** The share of codes that are more than hardly ever chosen. @param share [G, V] @returns float [] */
export const inUse = (share: Tensor): Tensor => hardlyEver(share).not().cast('float').mean()
