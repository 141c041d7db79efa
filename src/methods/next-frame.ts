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
import { coveredByTiles, joined, motionInTiles, squareAround, tilesOf } from '../views/video/tiles.js'
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
      patch: positive
        .default(32)
        .describe(
          'side in pixels of the part of a frame that is guessed, at a place where something moves; frames up to this size are guessed whole',
        ),
      reach: z
        .number()
        .int()
        .nonnegative()
        .max(4)
        .default(2)
        .describe(
          'pixels that a guess may move what is in the last frame by, in each direction and at each scale; 0 draws all that changes anew',
        ),
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
  async prepare({ compute }, options) {
    const found = await compute(({ video }) => copyingIn(video, options))
    return copyingOf(found, options.moving)
  },

  build({ makeEncoder, options, channels, prepared: { motion: usual, copying } }) {
    const { size: whole, colours } = channels.video
    const past = options.frames
    const side = Math.min(options.patch, whole)
    if (side % 2 ** (SCALES - 1) !== 0) throw unfit(side)
    const encoder = makeEncoder('video', { size: side })
    const map = featureMap(encoder, input('shape', [1, colours, side, side]))
    const { width, reach } = options
    const decoder = frameDecoder({ inputs: past * map.size(1), size: side, colours, width, reach })
    const judge = options.adversary > 0 ? discriminator(side, (past + 1) * colours) : undefined

    /** What comes after frames [N, T, C, side, side], at every scale */
    const next = (frames: Tensor) => {
      const n = frames.size(0)
      const seen = featureMap(encoder, frames.reshape(n * past, colours, side, side))
      const maps = seen.reshape(n, past * seen.size(1), seen.size(2), seen.size(3))
      const last = pyramid(frameAt(frames, past - 1), SCALES)
      return decoder(maps, last).map((added, scale) => (last[scale] ?? added).add(added))
    }
    const tiles = Math.floor(whole / side)
    /** The frame after whole ones, and so on: what was guessed stands for what was seen. Each tile is guessed by itself. */
    const onwards = (frames: Tensor, count: number) => {
      const guesses: Tensor[] = []
      let seen = tilesOf(frames, side)
      for (const _ of range(count)) {
        const guess = next(seen)[0]?.clip(0, 1) ?? seen
        guesses.push(joined(guess, tiles))
        seen = concat([seen.slice(1, 1), guess.reshape(guess.size(0), 1, ...guess.shape.slice(1))], 1)
      }
      return guesses
    }
    /** Whole frames as far as they are guessed, and how many of them are there */
    const guessable = (video: Sequence) => {
      const { frames, there } = windowOf(video, options.every)
      return { frames: coveredByTiles(frames, side), there }
    }

    return {
      kept: { encoder },
      heads: { decoder, ...(judge && { judge }) },
      training: {
        step({ video }, draw) {
          const { frames, there } = windowOf(video, options.every)
          const n = frames.size(0)
          const moves = motionInTiles(frames, side)
          const { first, place, motion } = options.moving
            ? movingMoment(moves, there, past, usual, draw)
            : movingMoment(moves.mul(0), there, past, 1, draw)
          const moment = framesFrom(frames, first, past + 1)
          const square = side === whole ? moment : squareAround(moment, place, side, draw)
          const chosen = mirrored(square, draw, options.flip)
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
          const before = chosen.slice(1, 0, past).reshape(n, past * colours, side, side)
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
        const { frames, there } = guessable(video)
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
        const { frames } = guessable(video)
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
  readonly patch: number
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
function copyingIn(given: Sequence, { frames: past, ahead, every, gradients, patch }: Windowed) {
  const { frames: whole, there } = windowOf(given, every)
  const frames = tilesOf(whole, Math.min(patch, whole.size(3)))
  const motion = motionBetween(frames).slice(1, past - 1)
  const costs = range(ahead).map(i => {
    const [last, next] = [past + i - 1, past + i].map(t => pyramid(frameAt(frames, t), SCALES))
    return nextFrameLoss(last ?? [], next ?? [], gradients)
  })
  const [n, tiles] = [whole.size(0), frames.size(0) / whole.size(0)]
  const known = there.cast('float').reshape(-1, 1).sub(past).expand(n, tiles)
  return { motion: motion.reshape(n, -1), copying: stack(costs, 1).reshape(n, -1), there: known }
}

/** What is usual in the data, over the moments that are there as a training draws them. */
function copyingOf(
  { motion, copying, there }: Readonly<Record<'motion' | 'copying' | 'there', Float32Array>>,
  moving: boolean,
) {
  const moments = motion.length / there.length
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

function unfit(side: number): LacunaError {
  const near = 4 * Math.round(side / 4) || 4
  return new LacunaError(
    `next-frame: what is guessed is guessed at its size, half of it and a quarter, and ${side} px cannot be halved twice; use --size ${near} or --set patch=${near}`,
    2,
  )
}
