import { where } from '../tensor/elementwise.js'
import type { Tensor } from '../tensor/tensor.js'
import { type ContrastiveResult, unit } from './ntxent.js'
import { weightedMean } from './soft-cross-entropy.js'

export interface OwnFrameOptions {
  /** bool [N, T, T]: which frames s stand beside the right one for frame t; never t itself */
  readonly distractors: Tensor
  /** [N, T], how much each frame counts, 0 where it was not hidden */
  readonly weight: Tensor
  /** κ > 0 */
  readonly temperature: number
}

/**
 * Each frame has to find its own target among those of some other frames of the same recording:
 * −ln( e^{cos(c_t, q_t)/κ} / Σ_{q ∈ {q_t} ∪ Q_t} e^{cos(c_t, q)/κ} ).
 *
 * @param context c [N, T, D]
 * @param targets q [N, T, D]
 * @returns loss in nats, the weighted mean; ln(K + 1) when all cosines are equal and each frame has K distractors, 0 when it has
 *   none. A frame counts as found when its own target is strictly nearer than all others.
 * @see Baevski et al. 2020, wav2vec 2.0, eq. 3
 */
export function ownFrame(
  context: Tensor,
  targets: Tensor,
  { distractors, weight, temperature }: OwnFrameOptions,
): ContrastiveResult {
  const [c, q] = [unit(context), unit(targets)]
  const own = c.mul(q).sum(-1).div(temperature) // [N, T]
  const others = where(distractors, c.matmul(q.T).div(temperature), -1e9) // [N, T, T]
  const best = others.max(-1)
  const most = own.maximum(best).stopGradient()
  const total = own
    .sub(most)
    .exp()
    .add(
      others
        .sub(most.reshape(...most.shape, 1))
        .exp()
        .sum(-1),
    )
    .log()
    .add(most)
  return {
    loss: weightedMean(total.sub(own), weight),
    accuracy: weightedMean(best.less(own).cast('float'), weight),
  }
}

/**
 * The frame whose target each context is nearest to, its own among them.
 * @param among bool [N, T]: frames to choose from
 * @returns int [N, T]
 */
export function nearestTarget(context: Tensor, targets: Tensor, among: Tensor): Tensor {
  const [n, length] = [among.size(0), among.size(1)]
  return where(among.reshape(n, 1, length), unit(context).matmul(unit(targets).T), -2).argmax(-1)
}
