import { z } from 'zod'
import { ntXent } from '../losses/ntxent.js'
import { mlp } from '../nn/layers.js'
import { concat } from '../tensor/movement.js'
import { randomView, viewOptions } from '../views/view.js'
import { defineMethod } from './method.js'

export const simclr = defineMethod({
  name: 'simclr',
  reads: 'image',
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
  build({ makeEncoder, options, picture }) {
    const encoder = makeEncoder()
    const projector = mlp([encoder.width, encoder.width, options.projection])
    return {
      modules: { encoder, projector },
      step({ image }, draw) {
        const views = concat([
          randomView(image, draw, picture.size, options.views),
          randomView(image, draw, picture.size, options.views),
        ])
        const { loss, accuracy } = ntXent(projector(encoder(views)), options.temperature)
        const count = views.shape[0] ?? 2
        return { loss, metrics: { accuracy }, chance: Math.log(count - 1), views: count }
      },
      show: ({ image }, draw) =>
        ['shown', 'its twin, to be found'].map(title => ({
          title,
          pictures: randomView(image, draw, picture.size, options.views),
        })),
    }
  },
})
