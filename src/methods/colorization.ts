import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { entropy, rebalancingWeights, softCrossEntropy } from '../losses/soft-cross-entropy.js'
import { dilatedHead } from '../nn/dilated-head.js'
import { featureMap } from '../nn/feature-map.js'
import { concat } from '../tensor/movement.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import {
  annealedMean,
  COLOUR_STRIDE,
  colourPrior,
  coloursOf,
  isColourful,
  pointColours,
  softEncode,
  usedBins,
} from '../views/colour-bins.js'
import { randomResizedCrop } from '../views/crop.js'
import { fromLab, lightness } from '../views/lab.js'
import { toFloat } from '../views/picture.js'
import { resize } from '../views/resample.js'
import { viewOptions } from '../views/view.js'
import { defineMethod } from './method.js'

/** The colours that the training pictures have, and how common each is. */
const palette = z.object({
  centres: z.array(z.tuple([z.number(), z.number()])).min(1),
  prior: z.array(z.number().positive()),
})

export const colorization = defineMethod({
  name: 'colorization',
  reads: 'image',
  shown: 'how light each pixel is',
  hidden: 'its colour, at every fourth pixel',
  paper: 'Zhang, Isola and Efros 2016, Colorful Image Colorization',
  training: { optimiser: 'adamw', learningRate: 2e-3, weightDecay: 1e-4, batch: 128 },
  options: z
    .strictObject({
      step: z
        .number()
        .min(5)
        .max(60)
        .default(20)
        .describe('side of a bin in a and b of CIE Lab; 10, as in the paper, for larger pictures'),
      neighbours: z
        .number()
        .int()
        .positive()
        .default(5)
        .describe('bins that a colour is spread over; the released code of the paper has 10'),
      sigma: z.number().positive().default(5).describe('deviation of that spread, in units of Lab'),
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
      views: viewOptions.unwrap().pick({ crop: true, aspect: true, flip: true }).prefault({}),
    })
    .prefault({}),
  prepare({ pictures, count, size, channels }, options) {
    if (channels !== 3)
      throw new LacunaError('colorization needs colour pictures; these are stored in grey: --channels 3', 2)
    const { colours, grey } = coloursOf(pictures, count, size)
    if (grey === count)
      throw new LacunaError(`colorization needs colour pictures (--channels 3); all ${count} looked at are grey`, 2)
    const centres = usedBins(colours, options.step)
    const prior = colourPrior(colours, centres, options)
    const share = (100 * grey) / count
    const notes =
      grey === 0
        ? []
        : [
            `${share.toFixed(share < 1 ? 1 : 0)} % of the pictures are grey${options.skipGrey ? ' and do not count' : ''}`,
          ]
    return { prepared: { centres, prior }, notes }
  },
  build({ makeEncoder, options, picture: { size, channels }, prepared }) {
    if (channels !== 3 || size % COLOUR_STRIDE !== 0)
      throw new LacunaError(
        `colorization takes colour pictures whose size divides by ${COLOUR_STRIDE}; these have ${size} px and ${channels} channel(s): --channels 3 --size ${Math.ceil(size / COLOUR_STRIDE) * COLOUR_STRIDE}`,
        2,
      )
    const { centres, prior } = palette.parse(prepared)
    const weights = rebalancingWeights(prior, options.lambda)
    const rebalanced = prior.map((p, q) => p * (weights[q] ?? 0)) // sums to 1: the prior of a loss that is weighted
    const encoder = makeEncoder({ channels: 1 })
    const head = dilatedHead({
      width: encoder.width,
      hidden: options.hidden,
      outputs: centres.length,
      biasInitial: () => () => Float64Array.from(rebalanced, Math.log), // begins where it knows the prior and nothing else
    })
    const side = size / COLOUR_STRIDE
    const shown = (x: Tensor) => lightness(x).div(50).sub(1) // [N, 1, H, W] in [−1, 1]
    const rows = (map: Tensor) => map.transpose(0, 2, 3, 1).reshape(-1, map.shape[1] ?? 1)
    const guess = (x: Tensor) => rows(head(resize(featureMap(encoder, shown(x)), side, 'bilinear')))

    /** One row a point: what is guessed, what is true, and how much it counts. */
    const ask = (x: Tensor) => {
      const ab = pointColours(x) // [N, 2, side, side]
      const target = softEncode(rows(ab), centres, options)
      const colourful = isColourful(ab)
        .cast('float')
        .reshape(-1, 1)
        .expand(x.shape[0] ?? 1, side * side)
        .reshape(-1)
      const counts = options.skipGrey ? colourful : colourful.maximum(1)
      const weight = constant(weights).gather(target.argmax(-1)).mul(counts)
      return { logits: guess(x), target, colours: rows(ab), counts, weight }
    }
    return {
      modules: { encoder, head },
      step({ image }, draw) {
        const { logits, target, weight } = ask(
          randomResizedCrop(toFloat(image), draw, size, { area: options.views.crop, ...options.views }),
        )
        return { loss: softCrossEntropy(logits, target, weight), chance: entropy(rebalanced) }
      },
      examine({ image }) {
        const { logits, target, colours, counts, weight } = ask(toFloat(image))
        const logOf = (p: readonly number[]) => constant(p.map(Math.log)).expand(...logits.shape)
        const unweighted = logits.sub(logOf(weights)) // what the rebalancing has multiplied, divided out again
        const distance = (guessed: Tensor | number) =>
          colours.sub(guessed).square().sum(-1).sqrt().mul(counts).sum().div(counts.sum().maximum(1e-12))
        return {
          'cross entropy': {
            value: softCrossEntropy(unweighted, target, counts),
            better: 'lower',
            baselines: { prior: softCrossEntropy(logOf(prior), target, counts) },
          },
          'rebalanced cross entropy': {
            value: softCrossEntropy(logits, target, weight),
            better: 'lower',
            baselines: { prior: softCrossEntropy(logOf(rebalanced), target, weight) },
          },
          'distance from the true colour': {
            value: distance(annealedMean(logits, centres, options.temperature)),
            better: 'lower',
            baselines: { grey: distance(0) },
          },
          XX: {
            value: distance(annealedMean(unweighted, centres, options.temperature)),
            better: 'lower',
            baselines: { grey: distance(0) },
          },
          XX1: {
            value: distance(annealedMean(unweighted, centres, 1)),
            better: 'lower',
            baselines: { mean: distance(annealedMean(logOf(prior), centres, 1)) },
          },
        }
      },
      represent: ({ image }) => encoder(shown(toFloat(image))),
      show({ image }) {
        const x = toFloat(image)
        const light = lightness(x)
        const guessed = annealedMean(guess(x), centres, options.temperature)
          .reshape(-1, side, side, 2)
          .transpose(0, 3, 1, 2)
        const coloured = (ab: Tensor) => fromLab(concat([light, ab], 1))
        return [
          { title: 'shown: lightness', pictures: coloured(light.mul(0).expand(light.shape[0] ?? 1, 2, size, size)) },
          { title: 'guessed colour', pictures: coloured(resize(guessed, size, 'bilinear')) },
          { title: 'true colour', pictures: x },
        ]
      },
    }
  },
})
