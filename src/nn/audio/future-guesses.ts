import type { ChannelOf } from '../../channels/channel.js'
import { LacunaError } from '../../errors.js'
import { tellingApart } from '../../losses/future-frames.js'
import { unit } from '../../losses/ntxent.js'
import { variable } from '../../program/trace.js'
import { stack } from '../../tensor/movement.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { isThere } from '../../tensor/there.js'
import type { Negatives } from '../../views/audio/negatives.js'
import type { Encoder } from '../encoder.js'
import { constantly, uniformWithin } from '../initial.js'
import { linear } from '../layers.js'
import { type Module, module } from '../module.js'
import { type AudioEncoder, isAudioEncoder } from './encoder.js'

export interface FutureGuessOptions {
  /** How many frames ahead each of the K guesses is, rising */
  readonly ahead: readonly number[]
  /** A bias for each of them, one for all, or none */
  readonly bias: 'step' | 'shared' | 'none'
  /**
   * What each guess is to score with any latents before the first step, by its bias; 0 unless told. Where most frames are wrong,
   * a start at their odds: scores that are far too high are lowered by making all latents alike.
   */
  readonly start?: number
  /** The mean of a latent's numbers before the first step; where it is 0, no bias gives a score. That of normal ones behind ReLU unless told */
  readonly latentMean?: number
}

/** The mean of a normal number where it is positive and of 0 elsewhere: of latents behind a norm and ReLU */
const RECTIFIED = 1 / Math.sqrt(2 * Math.PI)

/**
 * Linear guesses of later latents from each frame of the context.
 * @returns a module [N, T, width] → [N, K, T, latentWidth], each guess where the frame is that it guesses; zeros for the first
 *   frames, which are guessed from none
 */
export function futureGuesses(
  { width, latentWidth }: Pick<AudioEncoder, 'width' | 'latentWidth'>,
  { ahead, bias, start = 0, latentMean = RECTIFIED }: FutureGuessOptions,
): Module {
  const weight = uniformWithin(1 / Math.sqrt(width * ahead.length)) // small: no guess is sure at the start
  const biasInitial = constantly(latentMean === 0 ? 0 : start / (latentMean * latentWidth))
  const map = linear(width, ahead.length * latentWidth, { bias: bias === 'step', weight, biasInitial })
  const shared = bias === 'shared' ? variable([latentWidth], biasInitial([latentWidth]), 'bias') : undefined
  return module({ map, shared }, (context: Tensor) => {
    const all = map(context)
    const guesses = ahead.map((_, i) => all.slice(2, i * latentWidth, (i + 1) * latentWidth))
    return atTheirFrames(shared === undefined ? guesses : guesses.map(guess => guess.add(shared)), ahead)
  })
}

/** Moves what each frame says of a later one to that one: K times [N, T, D] → [N, K, T, D]. */
export const atTheirFrames = (said: readonly Tensor[], ahead: readonly number[]): Tensor =>
  stack(
    said.map((guess, i) => {
      const by = ahead[i] ?? 0
      return guess.slice(1, 0, guess.size(1) - by).pad(1, by, 0)
    }),
    1,
  )

/**
 * Which frames are guessed from one that is so far before them.
 * @param frames int [N]: how many are there
 * @returns float [N, K, T]: 1 or 0
 */
export function guessedFrames(frames: Tensor, length: number, ahead: readonly number[]): Tensor {
  const [n] = sizes(frames.shape, 1)
  const late = constant(
    ahead.flatMap(by => range(length).map(t => (t < by ? 0 : 1))),
    [1, ahead.length, length],
  )
  return isThere(frames, length).cast('float').reshape(n, 1, length).mul(late)
}

/**
 * How often one finds each frame who guesses that nothing changes: the latents of the moment that it is guessed from, by their
 * cosine.
 * @returns [N, K, T]
 */
export function foundByCopying(latents: Tensor, ahead: readonly number[], { candidates, times }: Negatives): Tensor {
  const now = unit(latents)
  const guesses = atTheirFrames(
    ahead.map(() => now),
    ahead,
  )
  return tellingApart({ guesses, frames: now, candidates: unit(candidates), times }).found
}

/** Frames from one to the next that shares no sound with it. */
export const nextApart = (encoder: Encoder): number =>
  isAudioEncoder(encoder) ? Math.ceil(encoder.receptiveField / encoder.hop) : 1

interface Future {
  /** An encoder that would do, by its name */
  readonly usual: string
  readonly ahead: readonly number[]
  readonly channel: ChannelOf<'audio'>
}

/**
 * The encoder of a method that guesses what comes later.
 * @throws LacunaError (2) when it knows the future, or windows have no frame so far ahead
 */
export function encoderOfThePast(method: string, encoder: Encoder, { usual, ahead, channel }: Future): AudioEncoder {
  if (!isAudioEncoder(encoder) || !encoder.causal)
    throw new LacunaError(
      `${method} guesses what comes later, which this encoder has heard already; use one whose frames know of no later one, such as --encoder ${usual}`,
      2,
    )
  const farthest = Math.max(...ahead)
  const frames = encoder.framesOf(channel.length)
  if (frames > farthest) return encoder
  const needed = (encoder.receptiveField + farthest * encoder.hop) / channel.rate
  throw new LacunaError(
    `${method}: windows of ${channel.length / channel.rate} s have ${frames} frames, and the farthest guess is ${farthest} ahead; use --set seconds=${Math.ceil(100 * needed) / 100} or more, or fewer --set steps`,
    2,
  )
}
