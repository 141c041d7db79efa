import { where } from '../tensor/elementwise.js'
import { sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/** Guesses of frames, each scored by its scalar product with the right frame and with others that were drawn. */
export interface GuessedFrames {
  /** [N, K, T, D], K guesses of each frame t */
  readonly guesses: Tensor
  /** [N, T, D], the right ones */
  readonly frames: Tensor
  /** [N, F, D], frames that stand against the right ones */
  readonly candidates: Tensor
  /** [N, T, F], how often each stands against frame t; 0 for t itself */
  readonly times: Tensor
}

/** Of each guess, [N, K, T]. */
export interface Told {
  /** nats */
  readonly loss: Tensor
  /** 1 where the right frame scores higher than every other that was drawn */
  readonly found: Tensor
}

/**
 * Each guess has to tell the right frame from those that were drawn: −ln( e^{s₊} / (e^{s₊} + Σ e^{s₋}) ).
 * @param scale of the scores: 1 / D for their mean over the numbers of a frame
 * @returns ln(1 + negatives) when the guesses are 0
 * @see van den Oord et al. 2018, Representation Learning with Contrastive Predictive Coding, eq. 4
 */
export function tellingApart(given: GuessedFrames, scale = 1): Told {
  const { own, others, often, found } = scoresOf(given, scale)
  const weighted = others.add(often.maximum(1).log())
  const against = where(often.greater(0).expand(...others.shape), weighted, NEVER).logSumExp(-1)
  return { loss: against.sub(own).softplus(), found }
}

/**
 * For each guess by itself whether a frame is the right one: −( ln σ(s₊) + Σ ln σ(−s₋) ), summed over the negatives.
 * @returns (1 + negatives) · ln 2 when the guesses are 0
 * @see Schneider et al. 2019, wav2vec: Unsupervised Pre-training for Speech Recognition, eq. 2
 */
export function logisticNoise(given: GuessedFrames): Told {
  const { own, others, often, found } = scoresOf(given, 1)
  return { loss: own.neg().softplus().add(others.softplus().mul(often).sum(-1)), found }
}

/** A score that no frame has */
const NEVER = -1e9

/** How often one finds the right frame by guessing: one among the different ones drawn and itself. [N, T] */
export const chanceOfFinding = (times: Tensor): Tensor => times.greater(0).cast('float').sum(-1).add(1).pow(-1)

/**
 * How often one finds the right frame who always takes the commonest of it and those drawn.
 * @param common [N, T], how common each frame is
 * @param times [N, T, T], as in {@link GuessedFrames} where frames stand against each other
 * @returns [N, T], 1 or 0
 */
export function foundByCommonness(common: Tensor, times: Tensor): Tensor {
  const [n, length] = sizes(common.shape, 2)
  const others = common.reshape(n, 1, length).expand(n, length, length)
  return common.greater(where(times.greater(0), others, NEVER).max(-1)).cast('float')
}

/** The mean over all frames that are guessed, for each of the K guesses: [N, K, T] → [K]. @param asked [N, K, T], 1 or 0 */
export const meanOfEach = (told: Tensor, asked: Tensor): Tensor =>
  told
    .mul(asked)
    .sum([0, 2])
    .div(asked.sum([0, 2]).maximum(1))

function scoresOf({ guesses, frames, candidates, times }: GuessedFrames, scale: number) {
  const [n, steps, length, width] = sizes(guesses.shape, 4)
  const asked = guesses.mul(scale)
  const own = asked.mul(frames.reshape(n, 1, length, width)).sum(-1)
  const others = asked
    .reshape(n, steps * length, width)
    .matmul(candidates.T)
    .reshape(n, steps, length, -1)
  const often = times.reshape(n, 1, length, -1)
  const best = where(often.greater(0).expand(...others.shape), others, NEVER).max(-1)
  return { own, others, often, found: own.greater(best).cast('float') }
}
