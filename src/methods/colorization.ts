import { z } from 'zod'
import { type ChannelOf, image } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { entropy, rebalancingWeights, softCrossEntropy, weightedMean } from '../losses/soft-cross-entropy.js'
import { dilatedHead } from '../nn/dilated-head.js'
import { featureMap } from '../nn/feature-map.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import {
  annealedMean,
  COLOUR_STRIDE,
  countsOf,
  mapOf,
  pointColours,
  recoloured,
  rowsOf,
  softEncode,
} from '../views/colour-bins.js'
import { randomResizedCrop } from '../views/crop.js'
import { lightness } from '../views/lab.js'
import { binOptions, paletteOf } from '../views/palette.js'
import { toFloat } from '../views/picture.js'
import { resize } from '../views/resample.js'
import { cropOptions } from '../views/view.js'
import { defineMethod } from './method.js'

/** The colours that the training pictures have, and how common each is. */
const palette = z.object({
  bins: z
    .array(z.tuple([z.number(), z.number()]).readonly())
    .min(1)
    .readonly(),
  prior: z.array(z.number().positive()).readonly(),
})

export const colorization = defineMethod({
  name: 'colorization',
  reads: { image: image() },
  shown: 'how light each pixel is',
  hidden: 'its colour, at every fourth pixel',
  paper: 'Zhang, Isola and Efros 2016, Colorful Image Colorization',
  training: { optimiser: 'adamw', learningRate: 4e-3, weightDecay: 1e-4, batch: 128 },
  options: z
    .strictObject({
      ...binOptions,
      lambda: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe('λ of the rebalancing: 1 weighs all colours alike, 0 lifts the rare ones in full'),
      temperature: z
        .number()
        .positive()
        .default(0.38)
        .describe('T of the annealed mean that makes one colour of a guess: 1 is greyish, towards 0 spotted'),
      hidden: z.number().int().positive().default(64).describe('channels of the head'),
      skipGrey: z.boolean().default(true).describe('pictures without any colour do not count'),
      views: cropOptions([0.6, 1]).prefault({}),
    })
    .prefault({}),
  prepared: palette,
  prepare({ values, count, channels: { image } }, options) {
    wantFitting(image)
    const { grey, ...found } = paletteOf(values.image, count, image.size, options)
    if (grey === count)
      throw new LacunaError(`colorization needs colour pictures (--channels 3); all ${count} looked at are grey`, 2)
    const share = `${Number(((100 * grey) / count).toPrecision(2))} % of the pictures are grey`
    return { prepared: found, notes: grey === 0 ? [] : [options.skipGrey ? `${share} and do not count` : share] }
  },
  build({ makeEncoder, options, channels, prepared: { bins, prior } }) {
    const { size } = channels.image
    wantFitting(channels.image)
    const weights = rebalancingWeights(prior, options.lambda)
    const rebalanced = prior.map((p, q) => p * (weights[q] ?? 0)) // sums to 1: the prior where rows are weighted
    const encoder = makeEncoder('image', { channels: 1 })
    const head = dilatedHead({
      width: encoder.width,
      hidden: options.hidden,
      outputs: bins.length,
      biasInitial: () => () => Float64Array.from(rebalanced, Math.log), // begins with the prior, and learns the rest
    })
    const side = size / COLOUR_STRIDE
    const shown = (x: Tensor) => lightness(x).div(50).sub(1) // [N, 1, H, W] in [−1, 1]
    const guess = (x: Tensor) => rowsOf(head(resize(featureMap(encoder, shown(x)), side, 'bilinear')))

    /** One row for each point: what is guessed, what is true, and how much it counts. */
    const ask = (x: Tensor) => {
      const colour = pointColours(x)
      const truth = rowsOf(colour)
      const target = softEncode(truth, bins, options)
      const counts = countsOf(colour, options.skipGrey)
      const weight = constant(weights).gather(target.argmax(-1)).mul(counts)
      return { logits: guess(x), truth, target, counts, weight }
    }
    return {
      kept: { encoder },
      heads: { head },
      training: {
        step({ image }, draw) {
          const { crop: area, ...views } = options.views
          const { logits, target, weight } = ask(randomResizedCrop(toFloat(image), draw, size, { area, ...views }))
          return { loss: softCrossEntropy(logits, target, weight), chance: entropy(rebalanced), weight: weight.sum() }
        },
      },
      examine({ image }) {
        const { logits, truth, target, counts, weight } = ask(toFloat(image))
        const logOf = (p: readonly number[]) => constant(p.map(Math.log))
        const even = logits.sub(logOf(weights)) // the weights lift rare colours; undone where nothing is weighted
        const distance = (ab: Tensor | number) => weightedMean(truth.sub(ab).square().sum(-1).sqrt(), counts)
        const below = (value: Tensor, baselines: Readonly<Record<string, Tensor>>) =>
          ({ value, better: 'lower', baselines }) as const
        const baselines = { grey: distance(0) }
        return {
          'cross entropy': below(softCrossEntropy(even, target, counts), {
            prior: softCrossEntropy(logOf(prior), target, counts),
          }),
          'rebalanced cross entropy': below(softCrossEntropy(logits, target, weight), {
            prior: softCrossEntropy(logOf(rebalanced), target, weight),
          }),
          'distance from the true colour': below(distance(annealedMean(logits, bins, options.temperature)), baselines),
          'distance, rare colours not lifted': below(
            distance(annealedMean(even, bins, options.temperature)),
            baselines,
          ),
        }
      },
      // the mean over the map that was trained: nothing is ever asked of the class token of a transformer
      pool: 'mean',
      represent: ({ image }, see) => see(shown(toFloat(image))),
      show({ image }) {
        const x = toFloat(image)
        const guessed = mapOf(annealedMean(guess(x), bins, options.temperature), side)
        return [
          { title: 'shown: lightness', kind: 'image', values: recoloured(x, guessed.mul(0)) },
          {
            title: 'guessed colour',
            kind: 'image',
            values: recoloured(x, guessed),
            guessed: true,
            note: 'How light each pixel is is given; only the colour is guessed.',
          },
          { title: 'true colour', kind: 'image', values: x },
        ]
      },
    }
  },
})

/** @throws LacunaError (wrong usage) for grey pictures, and for a size that does not divide */
function wantFitting({ size, colours }: ChannelOf<'image'>): void {
  const next = Math.ceil(size / COLOUR_STRIDE) * COLOUR_STRIDE
  if (colours !== 3)
    throw new LacunaError('colorization needs colour pictures, these are stored in grey: use --channels 3', 2)
  if (size !== next)
    throw new LacunaError(
      `colorization guesses the colour of every 4th pixel, and ${size} px do not divide by 4: use --size ${next}`,
      2,
    )
}
