import type { Draw } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/** Which patches of each picture are shown; another choice for every picture. */
export interface Masking {
  /** int [N, kept]: the patches that are shown, in a random order */
  readonly shown: Tensor
  /** int [N, L]: where each patch stands in that order, the hidden ones behind the shown ones */
  readonly place: Tensor
  /** float [N, L]: 1 where a patch is hidden */
  readonly hidden: Tensor
}

/**
 * A random part of the patches of each picture. In the words of the MAE code, the order drawn is `ids_restore`, and
 * `ids_shuffle` is found from it: the inverse of a random order is as random, and one sort is saved.
 *
 * @param patches L, how many there are
 * @param kept how many are shown
 */
export function randomMasking(draw: Draw, n: number, patches: number, kept: number): Masking {
  const place = draw.permutation(n, patches)
  const shown = place.cast('float').neg().topK(kept) // the smallest places, so argsort(place) up to `kept`
  const hidden = place.less(kept).not().cast('float')
  return { shown, place, hidden }
}
