import type { Tensor } from '../../tensor/tensor.js'
import { thereOf } from '../../tensor/there.js'

/** Added to the variance: a band that stands still becomes 0 */
const EPSILON = 1e-5

/**
 * Every number with mean 0 and deviation 1 over the frames of its own utterance that are there; frames that are not
 * become 0. An utterance of one frame becomes 0 altogether.
 * @param x [N, T, width]
 * @param frames int [N]: how many are there; all unless told
 */
export function perUtterance(x: Tensor, frames?: Tensor): Tensor {
  if (frames === undefined) return x.normalize(1, EPSILON)
  const there = thereOf(frames, x.size(1))
  const count = there.sum(1, true).maximum(1)
  const centred = x.sub(x.mul(there).sum(1, true).div(count)).mul(there)
  const variance = centred.square().sum(1, true).div(count)
  return centred.div(variance.add(EPSILON).sqrt())
}
