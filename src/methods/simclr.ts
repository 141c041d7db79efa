import { z } from 'zod'
import { image } from '../channels/channel.js'
import { ntXent } from '../losses/ntxent.js'
import { mlp } from '../nn/layers.js'
import { ofCopies } from '../program/copies.js'
import type { Draw } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import type { Tensor } from '../tensor/tensor.js'
import { randomView, viewOptions } from '../views/view.js'
import { compared, defineMethod } from './method.js'

export const simclr = defineMethod({
  name: 'simclr',
  reads: { image: image() },
  shown: 'one random view of a picture',
  hidden: 'which of the other views in the batch is its twin',
  paper: 'Chen et al. 2020, A Simple Framework for Contrastive Learning of Visual Representations',
  training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 1e-4, batch: 128 },
  options: z
    .strictObject({
      temperature: z.number().positive().default(0.5).describe('τ: smaller sharpens'),
      projection: z
        .number()
        .int()
        .positive()
        .default(128)
        .describe("numbers in the vector that is compared; the encoder's own vector, before the projector, is kept"),
      views: viewOptions,
    })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const { size } = channels.image
    const encoder = makeEncoder('image')
    const projector = mlp([encoder.width, encoder.width, options.projection])
    const view = (image: Tensor, draw: Draw) => randomView(image, draw, size, options.views)
    return {
      kept: { encoder },
      heads: { projector },
      training: compared({
        embed({ image }, draw) {
          const n = image.size(0)
          const vectors = encoder(ofCopies(2, draw, draw => view(concat([image, image]), draw)))
          return { first: vectors.slice(0, 0, n), second: vectors.slice(0, n) }
        },
        compare({ first, second }) {
          const { loss, accuracy } = ntXent(projector(concat([first, second])), options.temperature)
          const views = 2 * first.size(0)
          return { loss, metrics: { accuracy }, chance: Math.log(views - 1), views }
        },
      }),
      show: ({ image }, draw) =>
        ['shown', 'its twin, to be found'].map(title => ({
          title,
          kind: 'image',
          values: view(image, draw),
        })),
    }
  },
})
