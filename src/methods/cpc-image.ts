import { z } from 'zod'
import { image } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { infoNce } from '../losses/info-nce.js'
import type { Encoder } from '../nn/encoder.js'
import { layerNorm, linear } from '../nn/layers.js'
import { variablesOf } from '../nn/module.js'
import { eachPatch } from '../nn/patchwise.js'
import { rowContext } from '../nn/row-context.js'
import { type Draw, variableOf } from '../program/trace.js'
import { matmul } from '../tensor/contraction.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { coveringPatches } from '../views/patches.js'
import { toFloat } from '../views/picture.js'
import { foundByPixels, halfOverlapping, rowsBelow, SIDE, shownAbove } from '../views/rows-below.js'
import { viewOf, viewOptionsOf } from '../views/view.js'
import { compared, defineMethod } from './method.js'

const PLACES = SIDE ** 2
const positive = z.number().int().positive()
const rows = positive.max(SIDE - 1)

/**
 * A guess ẑ and a patch z score exp(ẑᵀz), as in the papers. The notes that this toolkit grew from write the plain product ẑ·z,
 * which can be negative, and then is no share of a sum.
 */
export const cpcImage = defineMethod({
  name: 'cpc-image',
  reads: { image: image() },
  shown: 'the upper rows of a grid of overlapping patches',
  hidden: 'which of all patches of the batch lies at a place two or more rows below',
  paper: 'Hénaff et al. 2020, Data-Efficient Image Recognition with Contrastive Predictive Coding',
  training: { optimiser: 'adamw', learningRate: 8e-3, weightDecay: 1e-4, batch: 32 },
  encoder: 'c4-gn',
  options: z
    .strictObject({
      nearest: rows
        .default(2)
        .describe('rows down to the nearest patch that is guessed; patches one row apart share half their pixels'),
      farthest: rows.default(4).describe('rows down to the farthest'),
      depth: positive.default(4).describe('rows above its own that the context of a place sees'),
      hidden: positive.default(128).describe('channels inside the context'),
      projection: positive.default(64).describe('numbers of a patch that are guessed'),
      scale: z.number().positive().default(0.1).describe('factor of the guesses: small, none is sure at the start'),
      views: viewOptionsOf([0.6, 1], 0.5),
    })
    .refine(({ nearest, farthest }) => nearest <= farthest, { message: 'is nearer than nearest', path: ['farthest'] })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const { size } = channels.image
    const patch = halfOverlapping('cpc-image', size)
    const encoder = eachByItself(makeEncoder('image', { size: patch }))
    const steps = range(options.farthest - options.nearest + 1).map(i => options.nearest + i)
    const norm = layerNorm(encoder.width)
    const context = rowContext(encoder.width, options)
    const target = linear(encoder.width, options.projection)
    const guess = linear(encoder.width, steps.length * options.projection)

    const patchesOf = (stored: Tensor) => coveringPatches(toFloat(stored), patch, SIDE)
    /** Each patch is changed by itself: none tells another by its colours. */
    const changed = (patches: Tensor, draw: Draw) =>
      viewOf(patches.reshape(-1, ...patches.shape.slice(2)), draw, patch, options.views).reshape(...patches.shape)
    /** Vectors [N, 49, width] → all candidates, and the guesses of each step down with what comes of them */
    const guessed = (vectors: Tensor) => {
      const n = vectors.size(0)
      const normal = norm(vectors)
      const candidates = target(normal).reshape(n * PLACES, options.projection)
      const all = guess(context(normal.reshape(n, SIDE, SIDE, encoder.width))).mul(options.scale)
      const each = steps.map((down, i) => {
        const own = all.slice(3, i * options.projection, (i + 1) * options.projection).slice(1, 0, SIDE - down)
        const guesses = own.reshape(-1, options.projection) // of each place that has a row so far below
        return { down, guesses, ...infoNce(guesses, candidates, rowsBelow(n, down)) }
      })
      const mean = (of: readonly Tensor[]) => of.reduce((sum, x) => sum.add(x)).div(of.length)
      const loss = mean(each.map(({ loss }) => loss))
      return { candidates, each, loss, accuracy: mean(each.map(({ accuracy }) => accuracy)), chance: 1 / (n * PLACES) }
    }
    return {
      kept: { encoder },
      heads: { norm, context, target, guess },
      training: compared({
        embed: ({ image }, draw) => ({ vectors: eachPatch(encoder, changed(patchesOf(image), draw)) }),
        compare({ vectors }) {
          const { loss, accuracy, chance } = guessed(vectors)
          return { loss, metrics: { accuracy }, chance: -Math.log(chance), views: vectors.size(0) * PLACES }
        },
      }),
      examine({ image }) {
        const patches = patchesOf(image)
        const { each, loss, chance } = guessed(eachPatch(encoder, patches))
        const ofPicture = 'any patch of its picture'
        const accuracies = each.map(({ down, accuracy: value }) => {
          const baselines = { chance, [ofPicture]: 1 / PLACES, 'the likest pixels': foundByPixels(patches, down) }
          return [
            `accuracy, ${down} rows down`,
            { value, better: 'higher' as const, baselines, boundOnNoise: 'chance' },
          ] as const
        })
        const baselines = { chance: -Math.log(chance), [ofPicture]: Math.log(PLACES) }
        return { ...Object.fromEntries(accuracies), loss: { value: loss, better: 'lower', baselines } }
      },
      represent: ({ image }, see) => eachPatch(see, patchesOf(image)).mean(1),
      show({ image }) {
        const patches = patchesOf(image)
        const { candidates, each } = guessed(eachPatch(encoder, patches))
        const row = Math.max(0, SIDE - 1 - options.farthest)
        const hidden = row + options.nearest
        const guesses = each[0]?.guesses.reshape(image.size(0), -1, SIDE, options.projection).slice(1, row, row + 1)
        const found = matmul((guesses ?? candidates).reshape(-1, options.projection), candidates, false, true)
          .argmax(-1)
          .reshape(-1, SIDE)
        const all = patches.reshape(-1, ...patches.shape.slice(2))
        const x = toFloat(image)
        const below = (patches: Tensor) => shownAbove(x, row, { row: hidden, patches })
        return [
          { title: 'shown', kind: 'image', values: shownAbove(x, row) },
          {
            title: 'guessed',
            kind: 'image',
            values: below(all.gather(found)),
            guessed: true,
            note: 'Each guess is one of the patches of the pictures on this sheet.',
          },
          { title: 'true', kind: 'image', values: below(patches.slice(1, hidden * SIDE, (hidden + 1) * SIDE)) },
        ]
      },
    }
  },
})

/** What a batch has in common would tell which patches belong together. @throws LacunaError (2) */
function eachByItself(encoder: Encoder): Encoder {
  const statistics = [...variablesOf(encoder).values()].some(variable => variableOf(variable).role === 'statistic')
  if (!statistics) return encoder
  throw new LacunaError(
    'cpc-image: batch norm tells which patches belong together; use an encoder without, such as --encoder c4-gn, c4-half-gn or resnet18-gn',
    2,
  )
}
