import { z } from 'zod'
import { siglipChance, siglipLoss } from '../losses/siglip.js'
import { constantly } from '../nn/initial.js'
import { module } from '../nn/module.js'
import { variable } from '../program/trace.js'
import { imageTextLearner, imageTextOptions, learntScale, readsImageText } from './image-text.js'
import { defineMethod } from './method.js'

export const siglip = defineMethod({
  name: 'siglip',
  reads: readsImageText,
  shown: 'a picture and a caption',
  hidden: 'whether they belong together',
  paper: 'Zhai et al. 2023, Sigmoid Loss for Language Image Pre-Training',
  training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 1e-4, batch: 128 },
  advice: 'each pair is a question of its own, so that small batches do',
  options: z
    .strictObject({
      temperature: z.number().positive().default(0.1).describe('τ at first; it is learnt'),
      bias: z.number().default(-10).describe('b at first: nearly all answers are no'),
      ...imageTextOptions,
    })
    .prefault({}),
  build(context) {
    const { logit_scale, scale } = learntScale(1 / context.options.temperature)
    const logit_bias = variable([], constantly(context.options.bias)([]), 'bias')
    return imageTextLearner(context, {
      scale: module({ logit_scale, logit_bias }, scale),
      loss: pairs => siglipLoss(pairs, scale(), logit_bias),
      chance: siglipChance,
      metrics: found => ({ found, scale: scale(), bias: logit_bias.add(0) }), // no accuracy: the loss is not of one choice
    })
  },
})
