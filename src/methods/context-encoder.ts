import { z } from 'zod'
import { image } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { adversarialLosses } from '../losses/adversarial.js'
import { maskedError } from '../losses/masked-error.js'
import { discriminator } from '../nn/discriminator.js'
import { featureMap } from '../nn/feature-map.js'
import { linear } from '../nn/layers.js'
import { pictureDecoder } from '../nn/picture-decoder.js'
import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { sizeOf } from '../tensor/shape.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { harmonicFill } from '../views/harmonic.js'
import { grown, holeShapes, randomHoles } from '../views/holes.js'
import { meanColour, meanColourOf, meanOfShown } from '../views/mean-colour.js'
import { toFloat } from '../views/picture.js'
import { cropOptions, randomCrop } from '../views/view.js'
import { defineMethod } from './method.js'

export const contextEncoder = defineMethod({
  name: 'context-encoder',
  reads: { image: image() },
  shown: 'a picture with a hole, filled with the mean colour of all pictures',
  hidden: 'the pixels in the hole',
  paper: 'Pathak et al. 2016, Context Encoders: Feature Learning by Inpainting',
  training: { optimiser: 'adamw', learningRate: 2e-3, weightDecay: 1e-4, batch: 64 },
  options: z
    .strictObject({
      hole: z
        .enum(holeShapes)
        .default('region')
        .describe('centre, blocks or region; a hole that is always in the middle teaches little about the rest'),
      area: z
        .number()
        .gt(0)
        .max(0.5)
        .default(0.25)
        .describe('share of the picture that is hidden; at most, for blocks'),
      overlap: z
        .number()
        .min(0)
        .max(0.2)
        .default(0.03)
        .describe('shown rim around the hole that is guessed too, so that the guess joins it; over the side'),
      overlapWeight: z.number().nonnegative().default(10).describe('how much a pixel of the rim counts'),
      bottleneck: z.number().int().positive().default(256).describe('numbers that the guess is made from'),
      adversary: z
        .number()
        .min(0)
        .lt(1)
        .default(0)
        .describe('λ, weight of a discriminator that sees the hole alone; sharper guesses, no better features'),
      views: cropOptions([0.2, 1]).prefault({}),
    })
    .prefault({}),

  prepared: meanColour,
  prepare: ({ values, channels }) => ({
    prepared: meanColourOf(values.image, channels.image.colours),
    notes: [],
  }),

  build({ makeEncoder, options, channels: all, prepared: { mean, variance } }) {
    const { size, colours: channels } = all.image
    if (size * Math.sqrt(options.area) < SMALLEST_HOLE) throw tooSmall(size, options.area)
    const encoder = makeEncoder('image')
    const map = featureMap(encoder, input('shape', [1, channels, size, size]))
    const bottleneck = linear(sizeOf(map.shape), options.bottleneck)
    const decoder = pictureDecoder({ inputs: options.bottleneck, size, channels })
    const judge = options.adversary > 0 ? discriminator(size, channels) : undefined
    const plain = constant(mean, [channels, 1, 1])
    const rim = Math.round(options.overlap * size)

    const cut = (x: Tensor, draw: Draw) => {
      const hole = randomHoles(draw, options.hole, x.size(0), size, options.area)
      return { hole, shown: where(hole.greater(0), plain, x) }
    }
    const fill = (shown: Tensor) => {
      const seen = featureMap(encoder, shown).reshape(shown.size(0), -1)
      return decoder(bottleneck(seen)).add(plain)
    }

    return {
      kept: { encoder },
      heads: { bottleneck, decoder, ...(judge && { judge }) },
      training: {
        step({ image }, draw) {
          const x = randomCrop(image, draw, size, options.views)
          const { hole, shown } = cut(x, draw)
          const guess = fill(shown)
          const weight = grown(hole, rim).sub(hole).mul(options.overlapWeight).add(hole)
          const loss = maskedError(guess, x, weight)
          const metrics = { hole: maskedError(guess, x, hole) }
          if (judge === undefined) return { loss, metrics, chance: variance, weight: weight.sum() }
          // it must not see what is around, or it looks for the seam
          const inside = (t: Tensor) => where(hole.greater(0), t, plain)
          const against = adversarialLosses(judge(inside(x)), judge(inside(guess)))
          const { adversary } = options
          return {
            loss: loss.mul(1 - adversary).add(against.guesser.mul(adversary)),
            metrics: { ...metrics, ...against },
            chance: (1 - adversary) * variance + adversary * Math.LN2,
            adversary: { loss: against.discriminator, modules: [judge], rate: ADVERSARY_RATE },
          }
        },
      },
      examine({ image }, draw) {
        const x = toFloat(image)
        const { hole, shown } = cut(x, draw)
        return {
          'squared error in the hole': {
            value: maskedError(fill(shown), x, hole),
            better: 'lower',
            baselines: {
              'mean fill': maskedError(plain.expand(...x.shape), x, hole),
              'the mean of what is shown': maskedError(meanOfShown(x, hole.neg().add(1)), x, hole),
              'harmonic fill': maskedError(harmonicFill(x, hole), x, hole),
            },
            boundOnNoise: 'the mean of what is shown',
          },
        }
      },
      show({ image }, draw) {
        const x = toFloat(image)
        const { hole, shown } = cut(x, draw)
        return [
          { title: 'with a hole', kind: 'image', values: shown },
          { title: 'guessed', kind: 'image', values: where(hole.greater(0), fill(shown).clip(0, 1), x), guessed: true },
          { title: 'true', kind: 'image', values: x },
        ]
      },
    }
  },
})

/** Side in pixels of a square hole, below which there is nothing to guess in it */
const SMALLEST_HOLE = 4
/** The released code trains the generator with ten times the rate of the discriminator */
const ADVERSARY_RATE = 0.1

function tooSmall(size: number, area: number): LacunaError {
  const least = Math.ceil(SMALLEST_HOLE / Math.sqrt(area))
  return new LacunaError(
    `context-encoder: a hole of ${100 * area} % in pictures of ${size} px is less than ${SMALLEST_HOLE} px wide; use --size ${least} or more, or a larger hole (--set area=0.5)`,
    2,
  )
}
