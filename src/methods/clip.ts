import { z } from 'zod'
import { clipLoss } from '../losses/clip.js'
import { module } from '../nn/module.js'
import { imageTextLearner, imageTextOptions, learntScale, readsImageText } from './image-text.js'
import { defineMethod } from './method.js'

/** The scale of the cosines is learnt up to this. */
const SHARPEST = 100

export const clip = defineMethod({
  name: 'clip',
  reads: readsImageText,
  shown: 'a picture, or a caption',
  hidden: 'which of the captions, or pictures, in the batch belongs to it',
  paper: 'Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision',
  training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 0.1, batch: 128 },
  advice: 'with batches below some hundred pairs siglip is the better choice',
  options: z
    .strictObject({
      temperature: z.number().positive().default(0.07).describe('τ at first; it is learnt, down to 0.01'),
      ...imageTextOptions,
    })
    .prefault({}),
  build(context) {
    const { logit_scale, scale } = learntScale(1 / context.options.temperature, SHARPEST)
    return imageTextLearner(context, {
      scale: module({ logit_scale }, scale),
      loss: pairs => clipLoss(pairs, scale()),
      chance: Math.log,
      metrics: accuracy => ({ accuracy, scale: scale() }),
    })
  },
})
