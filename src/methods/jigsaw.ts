import { z } from 'zod'
import { image } from '../channels/channel.js'
import { crossEntropy } from '../losses/cross-entropy.js'
import { mlp } from '../nn/layers.js'
import { eachPatch } from '../nn/patchwise.js'
import type { Draw } from '../program/trace.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { randomGreyscale } from '../views/colour.js'
import { arrange, coveringPatches, cutPatches, layPatches, standardise, tileGrid } from '../views/patches.js'
import { affineGroup9, allPermutations, inverseOf, type Permutation, projectiveGroup9 } from '../views/permutations.js'
import { toFloat } from '../views/picture.js'
import { defineMethod } from './method.js'

/** Pictures below this size are cut into 2 × 2 tiles, larger ones into 3 × 3: smaller tiles show next to nothing. */
const THREE_FROM = 48

const positive = z.number().int().positive()
const measure = (says: string) => z.boolean().default(true).describe(says)

export const jigsaw = defineMethod({
  name: 'jigsaw',
  reads: { image: image() },
  shown: 'the tiles of a picture in disorder',
  hidden: 'the order they were in',
  paper: 'Noroozi & Favaro 2016, Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles',
  training: { optimiser: 'adamw', learningRate: 8e-3, weightDecay: 1e-4, batch: 64 },
  options: z
    .strictObject({
      side: z
        .union([z.literal('auto'), z.literal(2), z.literal(3)])
        .default('auto')
        .describe(`tiles in a row and in a column, 2 or 3; auto is 2 for pictures below ${THREE_FROM} px, else 3`),
      permutations: z
        .enum(['agl', 'pgl'])
        .default('agl')
        .describe(
          'orders of 3 × 3 tiles: agl, 72 that differ at 8 places or more; pgl, 504 at 7 or more. 2 × 2 has all 24',
        ),
      orders: positive.default(16).describe('orders that the tiles of a picture are put into in a step'),
      gap: measure('tiles do not touch'),
      jitter: measure('each tile lies at another place in its cell'),
      normalise: measure('each channel of a tile gets mean 0 and deviation 1'),
      shift: z
        .number()
        .int()
        .min(0)
        .max(8)
        .default(2)
        .describe('pixels by which each channel of a tile is moved, at most; 0 leaves channels together'),
      greyscale: z.number().min(0).max(1).default(0.3).describe('probability that a picture loses its colour'),
      projection: positive.default(64).describe('numbers that are kept of a tile to tell the order'),
      hidden: positive.default(512).describe('width of the layer that sees all tiles'),
    })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const { size } = channels.image
    const { orders } = options
    const side = options.side === 'auto' ? (size < THREE_FROM ? 2 : 3) : options.side
    const grid = tileGrid('jigsaw', size, side, options)
    const places = side ** 2
    const permutations = permutationsOf(side, options.permutations)
    const look = (tiles: Tensor) => (options.normalise ? standardise(tiles) : tiles)

    const encoder = makeEncoder('image', { size: grid.patch })
    const projector = mlp([encoder.width, options.projection], { norm: 'all' })
    const solver = mlp([places * options.projection, options.hidden, permutations.length])

    /** [N, places, C, tile, tile] and orders of the tiles, int [N, K] → logits [N·K, permutations]; tiles are encoded once */
    const solve = (tiles: Tensor, order: Tensor) => {
      const n = tiles.size(0)
      const embedded = projector(eachPatch(encoder, look(tiles)).reshape(n * places, encoder.width)).relu()
      const inOrder = arrange(embedded.reshape(n, places, -1), tilesAt(permutations, order)) // [N, K, places, projection]
      return solver(inOrder.reshape(-1, places * options.projection))
    }
    const puzzle = (image: Tensor, draw: Draw, greyscale: number) => {
      const n = image.size(0)
      const tiles = cutPatches(randomGreyscale(toFloat(image), draw, greyscale), draw, grid)
      const order = draw.integer([n, orders], permutations.length)
      const logits = solve(tiles, order)
      return { ...crossEntropy(logits, order.reshape(-1)), logits, order }
    }
    return {
      kept: { encoder },
      heads: { projector, solver },
      training: {
        step({ image }, draw) {
          const { loss, accuracy } = puzzle(image, draw, options.greyscale)
          return {
            loss,
            metrics: { accuracy },
            chance: Math.log(permutations.length),
            views: places * image.size(0),
          }
        },
      },
      examine({ image }, draw) {
        const { loss, accuracy, logits, order } = puzzle(image, draw, 0)
        const guessed = tilesAt(permutations, logits.argmax(-1).reshape(order.size(0), -1))
        const inPlace = guessed.equal(tilesAt(permutations, order)).cast('float').mean()
        return {
          accuracy: {
            value: accuracy,
            better: 'higher',
            baselines: { chance: 1 / permutations.length },
            boundOnNoise: 'chance',
          },
          tilesInPlace: { value: inPlace, better: 'higher', baselines: { chance: 1 / places }, boundOnNoise: 'chance' },
          loss: { value: loss, better: 'lower', baselines: { chance: Math.log(permutations.length) } },
        }
      },
      represent: ({ image }, see) => eachPatch(see, look(coveringPatches(toFloat(image), grid.patch))).mean(1),
      show({ image }, draw) {
        const tiles = cutPatches(toFloat(image), draw, grid)
        const order = draw.integer([image.size(0)], permutations.length)
        const guess = solve(tiles, order.reshape(-1, 1)).argmax(-1)
        const shown = arrange(tiles, tilesAt(permutations, order))
        const solved = arrange(shown, tilesAt(permutations.map(inverseOf), guess))
        const lay = (some: Tensor) => layPatches(some, grid, size)
        return [
          { title: 'shown', kind: 'image', values: lay(shown) },
          { title: 'laid as guessed', kind: 'image', values: lay(solved), guessed: true },
          { title: 'the right order', kind: 'image', values: lay(tiles) },
        ]
      },
    }
  },
})

function permutationsOf(side: number, set: 'agl' | 'pgl'): readonly Permutation[] {
  if (side === 2) return allPermutations(4)
  return set === 'agl' ? affineGroup9() : projectiveGroup9()
}

/** Which tile stands at each place: int [...] → int [..., places] */
const tilesAt = (permutations: readonly Permutation[], order: Tensor): Tensor =>
  constant(permutations.flat(), [permutations.length, permutations[0]?.length ?? 1], 'int').gather(order)
