import { z } from 'zod'
import { ntXent } from '../losses/ntxent.js'
import { mlp } from '../nn/layers.js'
import { concat } from '../tensor/movement.js'
import { randomView, viewOptions } from '../views/view.js'
import { defineMethod, inHalves } from './method.js'

export const simclr = defineMethod({
  name: 'simclr',
  reads: 'image',
  shown: 'one random view of a picture',
  hidden: 'which of the other views in the batch is its twin',
  paper: 'Chen et al. 2020, A Simple Framework for Contrastive Learning of Visual Representations',
  training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 1e-4, batch: 128 },
  comparesEmbeddings: true,
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
  build({ makeEncoder, options, picture }) {
    const encoder = makeEncoder()
    const projector = mlp([encoder.width, encoder.width, options.projection])
    return {
      modules: { encoder, projector },
      ...inHalves({
        embed({ image }, draw) {
          const views = concat([
            randomView(image, draw, picture.size, options.views),
            randomView(image, draw, picture.size, options.views),
          ])
          return projector(encoder(views)).reshape(2, -1, options.projection)
        },
        compare(embeddings) {
          const rows = embeddings.reshape(-1, options.projection) // all first views, then all second ones
          const { loss, accuracy } = ntXent(rows, options.temperature)
          const count = rows.shape[0] ?? 2
          return { loss, metrics: { accuracy }, chance: Math.log(count - 1), views: count }
        },
      }),
      show: ({ image }, draw) =>
        ['shown', 'its twin, to be found'].map(title => ({
          title,
          pictures: randomView(image, draw, picture.size, options.views),
        })),
    }
  },
})
