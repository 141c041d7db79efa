import { takeRows } from '../tensor/indexing.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * What stands at the end token of each text: the first of the largest numbers, since it is the last of the vocabulary.
 * @param features [N, L, width]
 * @param ids int [N, L]
 * @returns [N, width]
 */
export const atTheEnd = (features: Tensor, ids: Tensor): Tensor =>
  takeRows(features, ids.argmax(-1).reshape(-1, 1)).reshape(-1, features.size(2))
