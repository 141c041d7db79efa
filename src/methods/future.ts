import { chanceOfFinding, foundByCommonness, meanOfEach } from '../losses/future-frames.js'
import type { AudioEncoder } from '../nn/audio/encoder.js'
import { foundByCopying } from '../nn/audio/future-guesses.js'
import type { Tensor } from '../tensor/tensor.js'
import { guessesFrom, heardUpTo, lookedFor, middleOf, whereTheyAre } from '../views/audio/future-shown.js'
import type { Negatives } from '../views/audio/negatives.js'
import type { Measure, Sequence, Shown } from './method.js'

/** What the methods that guess later frames of a recording have in common: the frames, and what becomes of the guesses. */

/** Of each recording; one row a sample. */
export type Heard = {
  /** [N, T, latentWidth] */
  readonly latents: Tensor
  /** [N, T, width] */
  readonly context: Tensor
  /** float [N]: how many frames are there */
  readonly frames: Tensor
}

export function heardBy(encoder: AudioEncoder, { values, lengths }: Sequence): Heard {
  const [latents, frames] = [encoder.latents(values, lengths), encoder.frames(lengths)]
  return { latents, context: encoder.context(latents, { frames }), frames: frames.cast('float') }
}

interface Guessed {
  /** [N, K, T] each: what was found, and what was asked for */
  readonly found: Tensor
  readonly asked: Tensor
  readonly negatives: Negatives
  readonly latents: Tensor
  readonly ahead: readonly number[]
  /** How many frames ahead the first is that shares no sound with the one it is guessed from: nothing of it is told in white noise */
  readonly apart: number
  /** float [N, T]: how common the code of each frame is, where frames are codes */
  readonly common?: Tensor
}

/**
 * How often the right frame is found by the first, the middle and the last guess, beside what chance finds among the different
 * frames that were drawn, and who guesses that nothing changes. Of codes not all are alike likely: there who always guesses the
 * commonest of those that were drawn takes the place of chance.
 */
export function accuracyAhead({
  found,
  asked,
  negatives,
  latents,
  ahead,
  apart,
  common,
}: Guessed): Record<string, Measure> {
  const [nothing, without] =
    common === undefined
      ? (['chance', chanceOfFinding(negatives.times)] as const)
      : (['the commonest code', foundByCommonness(common, negatives.times)] as const)
  const copied = foundByCopying(latents, ahead, negatives)
  const which = [...new Set([0, Math.floor((ahead.length - 1) / 2), ahead.length - 1])]
  const measures = which.map(i => {
    const mean = (of: Tensor) =>
      meanOfEach(of, asked)
        .slice(0, i, i + 1)
        .reshape()
    const guessed = without.reshape(latents.size(0), 1, -1).expand(...found.shape)
    const baselines = { [nothing]: mean(guessed), 'the last frame again': mean(copied) }
    const by = ahead[i] ?? 0
    return [
      `accuracy, ${by} frame${by === 1 ? '' : 's'} ahead`,
      { value: mean(found), better: 'higher', baselines, ...(by >= apart && { boundOnNoise: nothing }) },
    ] as const
  })
  return Object.fromEntries(measures)
}

interface Looked extends Heard {
  /** [N, K, T, D] */
  readonly guesses: Tensor
  readonly ahead: readonly number[]
  readonly encoder: AudioEncoder
}

/** What is heard up to the middle of a recording, and where in it the frames that follow are looked for. */
export function shownAhead({ values }: Sequence, { latents, frames, guesses, ahead, encoder }: Looked): Shown[] {
  const now = middleOf(frames)
  return [
    { title: 'heard', kind: 'audio', values: heardUpTo(values, now, encoder) },
    { title: 'all of it', kind: 'audio', values },
    {
      title: 'where each next frame is looked for',
      kind: 'image',
      values: lookedFor(guessesFrom(guesses, now, ahead), latents, frames),
      guessed: true,
      note: 'A row for each frame ahead, a column for each frame of the window: the lighter, the likelier.',
    },
    { title: 'where they are', kind: 'image', values: whereTheyAre(now, ahead, latents.size(1)) },
  ]
}
