import { z } from 'zod'
import { image } from '../channels/channel.js'
import { crossEntropy } from '../losses/cross-entropy.js'
import { mlp } from '../nn/layers.js'
import { eachPatch } from '../nn/patchwise.js'
import type { Draw } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import { sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { keepOneChannel, withoutFringes } from '../views/aberration.js'
import { DIRECTIONS, evenly, MIDDLE, type Pair, pairs, placedAsGuessed } from '../views/neighbours.js'
import { coveringPatches, cutPatches, layPatches, neighbourGrid, standardise } from '../views/patches.js'
import { toFloat } from '../views/picture.js'
import { defineMethod } from './method.js'

const positive = z.number().int().positive()
const measure = (says: string) => z.boolean().default(true).describe(says)

export const relativePosition = defineMethod({
  name: 'relative-position',
  reads: { image: image() },
  shown: 'two neighbouring patches of a picture',
  hidden: 'on which of the eight sides of the first the second lies',
  paper: 'Doersch et al. 2015, Unsupervised Visual Representation Learning by Context Prediction',
  training: { optimiser: 'adamw', learningRate: 8e-3, weightDecay: 1e-4, batch: 64 },
  options: z
    .strictObject({
      gap: measure('patches do not touch'),
      jitter: measure('each patch is moved a little by itself'),
      normalise: measure('each channel of a patch gets mean 0 and deviation 1'),
      colour: z
        .enum(['project', 'drop', 'keep'])
        .default('project')
        .describe(
          'against the colour fringes of lenses: project takes away what lies between green and magenta, drop keeps one channel of each patch, keep does nothing',
        ),
      projection: positive.default(128).describe('numbers that are kept of a patch to tell its place'),
      hidden: positive.default(256).describe('width of the layer that sees both patches'),
    })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const { size } = channels.image
    const grid = neighbourGrid('relative-position', size, options)
    const encoder = makeEncoder('image', { size: grid.patch })
    // no gain and no shift: the network cannot silence what it sees and call all patches one
    const projector = mlp([encoder.width, options.projection], { norm: 'all' })
    const comparer = mlp([2 * options.projection, options.hidden, DIRECTIONS])

    /** What the network sees of patches or pictures [..., C, H, W] */
    const look = (x: Tensor) => {
      const colours = options.colour === 'project' ? withoutFringes(x) : x
      return options.normalise ? standardise(colours) : colours
    }
    const lookAt = (patches: Tensor, draw: Draw) =>
      options.colour === 'drop' ? keepOneChannel(look(patches), draw) : look(patches)
    /** [N, 9, C, patch, patch] → logits [N, pairs, 8]; each patch is encoded once */
    const compare = (seen: Tensor, asked: readonly Pair[]) => {
      const [n, places] = sizes(seen.shape, 2)
      const encoded = projector(eachPatch(encoder, seen).reshape(n * places, encoder.width)).relu()
      const of = (which: readonly number[]) => encoded.reshape(n, places, -1).gather(whole(which), 1)
      const both = concat([of(asked.map(pair => pair.first)), of(asked.map(pair => pair.second))], 2)
      return comparer(both.reshape(n * asked.length, 2 * options.projection)).reshape(n, asked.length, DIRECTIONS)
    }
    const quiz = (image: Tensor, draw: Draw) => {
      const logits = compare(lookAt(cutPatches(toFloat(image), draw, grid), draw), pairs).gather(whole(evenly), 1)
      const right = evenly.map(pair => pairs[pair]?.direction ?? 0)
      const targets = whole(right).expand(image.size(0), right.length)
      return crossEntropy(logits.reshape(-1, DIRECTIONS), targets.reshape(-1))
    }
    return {
      kept: { encoder },
      heads: { projector, comparer },
      training: {
        step({ image }, draw) {
          const { loss, accuracy } = quiz(image, draw)
          return {
            loss,
            metrics: { accuracy },
            chance: Math.log(DIRECTIONS),
            views: grid.side ** 2 * image.size(0),
          }
        },
      },
      examine({ image }, draw) {
        const { loss, accuracy } = quiz(image, draw)
        return {
          accuracy: {
            value: accuracy,
            better: 'higher',
            baselines: { chance: 1 / DIRECTIONS },
            boundOnNoise: 'chance',
          },
          loss: { value: loss, better: 'lower', baselines: { chance: Math.log(DIRECTIONS) } },
        }
      },
      represent: ({ image }, see) => eachPatch(see, look(coveringPatches(toFloat(image), grid.patch))).mean(1),
      show({ image }, draw) {
        const patches = cutPatches(toFloat(image), draw, grid)
        const seen = lookAt(patches, draw)
        const aroundMiddle = pairs.filter(({ first }) => first === MIDDLE)
        const guessed = placedAsGuessed(patches, compare(seen, aroundMiddle))
        const lay = (some: Tensor) => layPatches(some, grid, size)
        return [
          {
            title: 'as the network sees them',
            kind: 'image',
            values: lay(options.normalise ? seen.div(5).add(0.5) : seen),
          },
          { title: 'laid as guessed', kind: 'image', values: lay(guessed), guessed: true },
          { title: 'the right places', kind: 'image', values: lay(patches) },
        ]
      },
    }
  },
})

const whole = (values: readonly number[]): Tensor => constant(values, [values.length], 'int')
