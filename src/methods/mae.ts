import { z } from 'zod'
import { image } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { maskedError } from '../losses/masked-error.js'
import type { Encoder } from '../nn/encoder.js'
import { maskedDecoder } from '../nn/masked-decoder.js'
import { isViT, type ViT } from '../nn/vit.js'
import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { takeRows } from '../tensor/indexing.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { harmonicFill } from '../views/harmonic.js'
import { randomMasking } from '../views/masking.js'
import { meanColour, meanColourOf, meanOfShown } from '../views/mean-colour.js'
import { patchify, patchMask, patchMoments, unpatchify } from '../views/patchify.js'
import { toFloat } from '../views/picture.js'
import { cropOptions, randomCrop } from '../views/view.js'
import { defineMethod } from './method.js'

export const mae = defineMethod({
  name: 'mae',
  reads: { image: image() },
  shown: 'a random quarter of the patches of a picture',
  hidden: 'the pixels of all other patches',
  paper: 'He et al. 2022, Masked Autoencoders Are Scalable Vision Learners',
  training: { optimiser: 'adamw', learningRate: 2e-3, weightDecay: 0.05, batch: 128 },
  encoder: 'vit-mini',
  options: z
    .strictObject({
      masked: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.75)
        .describe('share of the patches that is hidden; at half and below, neighbours give the answer away'),
      normalise: z
        .boolean()
        .default(true)
        .describe('guess each patch less its mean and over its deviation: its structure, not its brightness'),
      positions: z
        .enum(['sin-cos', 'random'])
        .default('sin-cos')
        .describe("first values of the encoder's positions, which are then learnt"),
      keep: z
        .enum(['patches', 'class'])
        .default('patches')
        .describe('the vector that is kept: the mean over the patches, or the class token'),
      decoder: z
        .strictObject({
          dim: z.number().int().positive().multipleOf(32).default(64).describe('width of the decoder, 32 a head'),
          depth: z.number().int().positive().default(2).describe('blocks of the decoder'),
        })
        .prefault({}),
      views: cropOptions([0.2, 1]).prefault({}),
    })
    .prefault({}),

  prepared: meanColour,
  prepare: ({ values, channels }) => ({
    prepared: meanColourOf(values.image, channels.image.colours),
    notes: [],
  }),

  build({ makeEncoder, options, channels, prepared: { mean, variance } }) {
    const { size, colours } = channels.image
    const encoder = transformer(makeEncoder('image', { positions: options.positions }))
    const {
      patches,
      options: { patch, classToken },
    } = encoder
    const values = patch * patch * colours
    const kept = shownOf(patches, patch, options.masked)
    const side = size / patch
    const decoder = maskedDecoder({ ...options.decoder, inputs: encoder.width, classToken, side, outputs: values })
    const plain = constant(mean, [1, colours, 1, 1]).expand(1, colours, patch, patch)
    if (options.normalise && values < 2)
      throw new LacunaError('mae: patches of one number have no structure; use vit-mini/4, or normalise=false', 2)

    /** The encoder sees some patches, the decoder guesses all, the hidden ones are scored. */
    const score = (x: Tensor, draw: Draw) => {
      const { shown, place, hidden } = randomMasking(draw, x.size(0), patches, kept)
      const guess = decoder(encoder.encode(takeRows(encoder.embed(x), shown)), place) // [N, patches, values]
      const pixels = patchify(x, patch)
      const of = options.normalise ? patchMoments(pixels) : { mean: patchify(plain, patch), deviation: constant(1) }
      const target = pixels.sub(of.mean).div(of.deviation)
      const toPixels = (guess: Tensor) => guess.mul(of.deviation).add(of.mean)
      const errorOf = (guess: Tensor, truth = target) => maskedError(guess, truth, hidden.reshape(-1, patches, 1))
      return { guess, mask: patchMask(hidden, patch), errorOf, flat: errorOf(target.mul(0)), pixels, of, toPixels }
    }

    return {
      kept: { encoder },
      heads: { decoder },
      training: {
        step({ image }, draw) {
          const { guess, errorOf, flat } = score(randomCrop(image, draw, size, options.views), draw)
          const loss = errorOf(guess)
          const chance = options.normalise ? (values - 1) / values : variance
          return { loss, metrics: { explained: loss.div(flat.maximum(1e-12)).neg().add(1) }, chance }
        },
      },
      pool: options.keep === 'patches' ? 'mean' : encoder.pool,
      /**
       * In pixels, a normalised guess is told the mean and the deviation of its patch, and the fills the mean; beside the
       * loss, the harmonic fill is normalised by its own.
       */
      examine({ image }, draw) {
        const x = toFloat(image)
        const { guess, mask, errorOf, flat, pixels, of, toPixels } = score(x, draw)
        const flatFill = meanOfShown(x, mask.neg().add(1))
        const told = (fill: Tensor) => (options.normalise ? fill.add(of.mean).sub(fill.mean(-1, true)) : fill)
        const harmonic = patchify(harmonicFill(x, mask), patch)
        const structure = patchMoments(harmonic)
        const standard = options.normalise
          ? harmonic.sub(structure.mean).div(structure.deviation)
          : harmonic.sub(of.mean)
        return {
          loss: {
            value: errorOf(guess),
            better: 'lower',
            baselines: { 'a flat guess': flat, 'harmonic fill': errorOf(standard) },
          },
          'squared error of pixels': {
            value: errorOf(toPixels(guess), pixels),
            better: 'lower',
            baselines: {
              'mean fill': errorOf(told(patchify(flatFill, patch)), pixels),
              'harmonic fill': errorOf(told(harmonic), pixels),
            },
            boundOnNoise: 'mean fill',
          },
        }
      },
      show({ image }, draw) {
        const x = toFloat(image)
        const { guess, mask, toPixels } = score(x, draw)
        const paste = (hidden: Tensor | number) => where(mask.greater(0), hidden, x)
        return [
          { title: 'shown', kind: 'image', values: paste(0.5) },
          {
            title: options.normalise ? 'guessed; mean and contrast are given' : 'guessed',
            kind: 'image',
            values: paste(unpatchify(toPixels(guess), patch).clip(0, 1)),
            guessed: true,
            ...(options.normalise && {
              note: 'The mean and the contrast of each hidden patch are given, its structure is guessed: a silhouette is no knowledge yet.',
            }),
          },
          { title: 'true', kind: 'image', values: x },
        ]
      },
    }
  },
})

function transformer(encoder: Encoder): ViT {
  if (isViT(encoder)) return encoder
  throw new LacunaError(
    'mae shows an encoder single patches, which only a transformer takes; use --encoder vit-mini',
    2,
  )
}

/** How many patches are shown. @throws LacunaError when none would be */
function shownOf(patches: number, patch: number, masked: number): number {
  const shown = Math.floor(patches * (1 - masked))
  if (shown > 0) return shown
  throw new LacunaError(
    `mae: hiding ${100 * masked} % of ${patches} patches of ${patch} px leaves none to see; use larger pictures (--size), smaller patches such as --encoder vit-mini/2, or hide less (--set masked=0.5)`,
    2,
  )
}
