import { z } from 'zod'
import type { ChannelOf } from '../channels/channel.js'
import { logisticNoise, meanOfEach } from '../losses/future-frames.js'
import { weightedMean } from '../losses/soft-cross-entropy.js'
import type { AudioEncoder } from '../nn/audio/encoder.js'
import {
  encoderOfThePast,
  type FutureGuessOptions,
  futureGuesses,
  guessedFrames,
  nextApart,
} from '../nn/audio/future-guesses.js'
import type { Encoder } from '../nn/encoder.js'
import type { Draw } from '../program/trace.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { drawnFromOwn, type Negatives } from '../views/audio/negatives.js'
import { accuracyAhead, type Heard } from './future.js'
import type { Measure } from './method.js'

/** What wav2vec and vq-wav2vec have in common: of each frame is told whether it is the one that comes so many later. */

const positive = z.number().int().positive()

export const noiseOptions = {
  seconds: z.number().positive().default(2).describe('length of a window; shorter recordings are taken whole'),
  steps: positive.default(12).describe('frames that are guessed from each'),
  offset: z
    .union([positive, z.literal('auto')])
    .default('auto')
    .describe(
      'how far ahead the first of them is; auto, the next that shares no sound with the frame it is guessed from; the paper has 1',
    ),
  negatives: positive.default(10).describe('other frames of the same recording that stand against each'),
  bias: z.enum(['step', 'shared']).default('step').describe('of the guesses: one for each frame ahead, or one for all'),
}

interface NoiseOptions extends Pick<FutureGuessOptions, 'latentMean' | 'ahead'> {
  readonly negatives: number
  readonly bias: 'step' | 'shared'
}

/**
 * The encoder, and how far ahead each of its guesses is.
 * @throws LacunaError (2) when it knows the future, or windows have no frame so far ahead
 */
export function laterFrames(
  method: string,
  encoder: Encoder,
  channel: ChannelOf<'audio'>,
  { steps, offset }: { readonly steps: number; readonly offset: number | 'auto' },
) {
  const first = offset === 'auto' ? nextApart(encoder) : offset
  const ahead = range(steps).map(i => first + i)
  return { encoder: encoderOfThePast(method, encoder, { usual: 'wav2vec-small', ahead, channel }), ahead }
}

/** Frames, and of those that are codes what has to be known to count what was found. */
export type HeardFrames = Heard & {
  /** bool [N, T, T]: which are the same */
  readonly alike?: Tensor
  /** float [N, T]: how common each is */
  readonly common?: Tensor
}

/**
 * −Σ ln σ(z₊ᵀh(c)) − Σ Σ ln σ(−z₋ᵀh(c)) over all guesses and their negatives, divided by the number of guesses. The paper's λ is
 * the number of negatives, over which it also takes the mean: the sum.
 */
export function againstNoise(encoder: AudioEncoder, { negatives: count, bias, ahead, latentMean }: NoiseOptions) {
  const guess = futureGuesses(encoder, { ahead, bias, start: -Math.log(count), latentMean })
  const choices = 1 + count
  // who says of every frame that it is the right one once in so many
  const chance = Math.log(choices) + count * Math.log(choices / count)

  const guessed = ({ latents, context, frames, alike }: HeardFrames, draw: Draw) => {
    const asked = guessedFrames(frames, latents.size(1), ahead)
    const times = drawnFromOwn(draw, frames, latents.size(1), count)
    const given = { guesses: guess(context), frames: latents, candidates: latents }
    const { loss, found } = logisticNoise({ ...given, times })
    // a frame that is the same by its codes is not told apart, whatever the guess: it is no other one
    const others = alike === undefined ? times : times.mul(alike.not().cast('float'))
    const told = alike === undefined ? found : logisticNoise({ ...given, times: others }).found
    const negatives: Negatives = { candidates: latents, times: others }
    return { loss: weightedMean(loss, asked), found: told, asked, negatives }
  }
  return {
    guess,
    chance,
    /** The loss in nats, how often the right frame is found by each guess [K], and how often each frame is guessed [N, T] */
    told(heard: HeardFrames, draw: Draw) {
      const { loss, found, asked } = guessed(heard, draw)
      return { loss, found: meanOfEach(found, asked), asked: asked.sum(1), weight: asked.sum() }
    },
    examined(heard: HeardFrames, draw: Draw): Record<string, Measure> {
      const { loss, ...rest } = guessed(heard, draw)
      return {
        ...accuracyAhead({ ...rest, latents: heard.latents, common: heard.common, ahead, apart: nextApart(encoder) }),
        loss: { value: loss, better: 'lower', baselines: { chance, 'scores of 0': choices * Math.LN2 } },
      }
    },
  }
}
