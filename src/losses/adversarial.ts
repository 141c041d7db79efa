import type { Tensor } from '../tensor/tensor.js'

export interface AdversarialLosses {
  /** −ln D(true) − ln(1 − D(guessed)): what the discriminator makes small; 2 ln 2 when it cannot tell */
  readonly discriminator: Tensor
  /** −ln D(guessed): what the guesser makes small; ln 2 when the discriminator cannot tell */
  readonly guesser: Tensor
}

/**
 * A discriminator D, the sigmoid of its logits, tells true from guessed; the guesser learns to be taken for true. The
 * guesser maximises ln D in place of minimising ln(1 − D), whose gradient vanishes when D is sure.
 *
 * @param onTrue logits of the discriminator on what is true, any shape
 * @param onGuessed on what was guessed
 * @returns in nats, means over the logits
 * @see Goodfellow et al. 2014, section 3
 */
export function adversarialLosses(onTrue: Tensor, onGuessed: Tensor): AdversarialLosses {
  return {
    discriminator: onTrue.neg().softplus().mean().add(onGuessed.softplus().mean()),
    guesser: onGuessed.neg().softplus().mean(),
  }
}
