import { z } from 'zod'
import { video } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { adversarialLosses } from '../losses/adversarial.js'
import { absoluteError, gradientDifference, nextFrameLoss, pyramid } from '../losses/next-frame.js'
import { discriminator } from '../nn/discriminator.js'
import { featureMap } from '../nn/feature-map.js'
import { frameDecoder, SCALES } from '../nn/frame-decoder.js'
import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { concat, stack } from '../tensor/movement.js'
import { range } from '../tensor/shape.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { framesFrom, framesToFloat, motionBetween, movingMoment } from '../views/video/moments.js'
import { defineMethod, type Sequence } from './method.js'
import { examineFrames } from './next-frame-examined.js'

const positive = z.number().int().positive()

export const nextFrame = defineMethod({
  name: 'next-frame',
  reads: ({ frames, ahead, every }) => ({ video: video({ frames: (frames + ahead - 1) * every + 1 }) }),
  shown: 'some frames of a film',
  hidden: 'the frame after them',
  paper: 'Mathieu et al. 2016, Deep Multi-Scale Video Prediction beyond Mean Square Error',
  training: { optimiser: 'adamw', learningRate: 8e-3, weightDecay: 1e-4, batch: 32 },
  advice:
    'For films in which something moves by a pixel or two from frame to frame; a camera that stands still over a still scene has nothing to tell.',
  options: z
    .strictObject({
      frames: positive.min(2).default(4).describe('frames that a guess is made from; --frames says the same'),
      ahead: positive
        .default(8)
        .describe(
          'frames of a window after the first ones: one of them is guessed in training, all of them one after the other where the task is measured',
        ),
      every: positive
        .default(1)
        .describe('takes every so many-th frame, for films in which little moves from one to the next'),
      width: positive.default(256).describe('channels that the maps of all frames are brought to'),
      gradients: z
        .number()
        .nonnegative()
        .default(1)
        .describe('λ, weight of the gradient difference loss; sharper guesses'),
      moving: z
        .boolean()
        .default(true)
        .describe('takes moments at which more moves more often, and lets those without motion count less'),
      flip: z.number().min(0).max(1).default(0.5).describe('probability of mirroring left and right'),
      adversary: z
        .number()
        .nonnegative()
        .default(0)
        .describe(
          'λ, weight of a discriminator that sees the frames before too, such as 0.05; sharper guesses, no better features',
        ),
    })
    .prefault({}),

  prepared: z.object({
    /** Mean motion into a frame that is to be guessed */
    motion: z.number(),
    /** Loss of repeating the last frame */
    copying: z.number(),
  }),
  async prepare({ compute, count }, options) {
    const found = await compute(({ video }) => copyingIn(video, options))
    return copyingOf(found, count, options.moving)
  },

  build({ makeEncoder, options, channels, prepared: { motion: usual, copying } }) {
    const { size, colours } = channels.video
    const past = options.frames
    if (size % 2 ** (SCALES - 1) !== 0) throw unfit(size)
    const encoder = makeEncoder('video')
    const map = featureMap(encoder, input('shape', [1, colours, size, size]))
    const decoder = frameDecoder({ inputs: past * map.size(1), size, colours, width: options.width })
    const judge = options.adversary > 0 ? discriminator(size, (past + 1) * colours) : undefined

    /** What comes after frames [N, T, C, H, W], at every scale */
    const next = (frames: Tensor) => {
      const n = frames.size(0)
      const seen = featureMap(encoder, frames.reshape(n * past, colours, size, size))
      const maps = seen.reshape(n, past * seen.size(1), seen.size(2), seen.size(3))
      const last = pyramid(frameAt(frames, past - 1), SCALES)
      return decoder(maps).map((added, scale) => (last[scale] ?? added).add(added))
    }
    /** The frame after the given ones, and so on: what was guessed stands for what was seen. */
    const onwards = (frames: Tensor, count: number) => {
      const guesses: Tensor[] = []
      let seen = frames
      for (const _ of range(count)) {
        const guess = next(seen)[0]?.clip(0, 1) ?? seen
        guesses.push(guess)
        seen = concat([seen.slice(1, 1), guess.reshape(guess.size(0), 1, ...guess.shape.slice(1))], 1)
      }
      return guesses
    }

    return {
      kept: { encoder },
      heads: { decoder, ...(judge && { judge }) },
      training: {
        step({ video }, draw) {
          const { frames, there } = windowOf(video, options.every)
          const n = frames.size(0)
          const { first, motion } = options.moving
            ? movingMoment(motionBetween(frames), there, past, usual, draw)
            : movingMoment(motionBetween(frames).mul(0), there, past, 1, draw)
          const chosen = mirrored(framesFrom(frames, first, past + 1), draw, options.flip)
          const truth = frameAt(chosen, past)
          const guess = next(chosen.slice(1, 0, past))
          const each = nextFrameLoss(guess, pyramid(truth, SCALES), options.gradients)
          const weights = options.moving
            ? motion.div(usual).minimum(1)
            : there.cast('float').greater(past).cast('float')
          const weight = weights.sum().maximum(1e-6)
          const meanOf = (values: Tensor) => values.mul(weights).sum().div(weight)
          const finest = guess[0] ?? truth
          const loss = meanOf(each)
          const metrics = {
            error: meanOf(absoluteError(finest, truth)),
            edges: meanOf(gradientDifference(finest, truth)),
          }
          if (judge === undefined) return { loss, metrics, chance: copying, weight, views: n * past }
          const before = chosen.slice(1, 0, past).reshape(n, past * colours, size, size)
          const judged = (frame: Tensor) => judge(concat([before, frame], 1))
          const against = adversarialLosses(judged(truth), judged(finest))
          return {
            loss: loss.add(against.guesser.mul(options.adversary)),
            metrics: { ...metrics, ...against },
            chance: copying + options.adversary * Math.LN2,
            weight,
            views: n * past,
            adversary: { loss: against.discriminator, modules: [judge] },
          }
        },
      },
      examine({ video }) {
        const { frames, there } = windowOf(video, options.every)
        const ahead = range(options.ahead)
        return examineFrames({
          before: frameAt(frames, past - 2),
          last: frameAt(frames, past - 1),
          guesses: onwards(frames.slice(1, 0, past), options.ahead),
          truths: ahead.map(i => frameAt(frames, past + i)),
          there: ahead.map(i => there.cast('float').greater(past + i)),
        })
      },
      show({ video }) {
        const { frames } = windowOf(video, options.every)
        const truth = frames.slice(1, past)
        const guess = stack(onwards(frames.slice(1, 0, past), options.ahead), 1)
        const note = 'From the second frame on a guess is made from guesses.'
        return [
          { title: 'past', kind: 'video', values: frames.slice(1, 0, past) },
          { title: 'guessed', kind: 'video', values: guess, guessed: true, ...(options.ahead > 1 && { note }) },
          { title: 'true', kind: 'video', values: truth },
          { title: 'difference', kind: 'video', values: guess.sub(truth).abs(), guessed: true },
        ]
      },
    }
  },
})

interface Windowed {
  readonly frames: number
  readonly ahead: number
  readonly every: number
  readonly gradients: number
}

/** Frame number t of each window, [N, C, H, W] */
const frameAt = (frames: Tensor, t: number): Tensor => {
  const [n = 1, , ...frame] = frames.shape
  return frames.slice(1, t, t + 1).reshape(n, ...frame)
}

/** Frames as they are guessed, float [N, T, C, H, W], and how many of them are there, int [N]. */
function windowOf({ values, lengths }: Sequence, every: number) {
  const frames = framesToFloat(every === 1 ? values : values.slice(1, 0, values.size(1), every))
  const there =
    every === 1
      ? lengths
      : lengths
          .cast('float')
          .add(every - 1)
          .div(every)
          .floor()
          .cast('int')
  return { frames, there }
}

/** All frames of a window left and right, or none. */
function mirrored(frames: Tensor, draw: Draw, probability: number): Tensor {
  if (probability === 0) return frames
  const turned = draw.uniform([frames.size(0), 1, 1, 1, 1]).less(probability)
  return where(turned, frames.flip(4), frames)
}

/** For every moment of every window: how much moves, what it costs to repeat the last frame, and whether it is there. */
function copyingIn(given: Sequence, { frames: past, ahead, every, gradients }: Windowed) {
  const { frames, there } = windowOf(given, every)
  const motion = motionBetween(frames).slice(1, past - 1)
  const costs = range(ahead).map(i => {
    const [last, next] = [past + i - 1, past + i].map(t => pyramid(frameAt(frames, t), SCALES))
    return nextFrameLoss(last ?? [], next ?? [], gradients)
  })
  return { motion, copying: stack(costs, 1), there: there.cast('float').reshape(-1, 1).sub(past) }
}

/** What is usual in the data, over the moments that are there as a training draws them. */
function copyingOf(
  { motion, copying, there }: Readonly<Record<'motion' | 'copying' | 'there', Float32Array>>,
  count: number,
  moving: boolean,
) {
  const moments = motion.length / count
  const known = Array.from(motion.keys()).filter(i => i % moments < (there[Math.floor(i / moments)] ?? 0))
  if (known.length === 0)
    throw new LacunaError(
      'next-frame: no film has as many frames as a guess takes; give longer films, or take fewer (--frames 2)',
      2,
    )
  const meanOf = (values: Float32Array, weights: (i: number) => number) => {
    const total = known.reduce((sum, i) => sum + weights(i), 0)
    return known.reduce((sum, i) => sum + weights(i) * (values[i] ?? 0), 0) / total
  }
  const usual = meanOf(motion, () => 1)
  if (!(usual > 0))
    throw new LacunaError('next-frame: nothing moves in these films; give films in which something does', 2)
  const weightOf = (i: number) => ((motion[i] ?? 0) + 0.1 * usual) * Math.min(1, (motion[i] ?? 0) / usual)
  const copied = meanOf(copying, moving ? weightOf : () => 1)
  const still = known.filter(i => (motion[i] ?? 0) < 0.1 * usual).length
  const notes =
    still > known.length / 2
      ? [
          `In ${Math.round((100 * still) / known.length)} % of the moments next to nothing moves: they are taken seldom, and count little.`,
        ]
      : []
  return { prepared: { motion: usual, copying: copied }, notes }
}

function unfit(size: number): LacunaError {
  return new LacunaError(
    `next-frame: frames are guessed at their size, half of it and a quarter, and ${size} px cannot be halved twice; use --size ${4 * Math.round(size / 4) || 4}`,
    2,
  )
}
