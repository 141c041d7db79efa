import { z } from 'zod'
import { audio } from '../channels/channel.js'
import { perplexity, sameCodes } from '../losses/codes.js'
import { codeUsage, commonnessOf, inUse } from '../nn/audio/code-usage.js'
import { CODE_MEAN, gumbelFrames, nearestFrames, quantisedEncoder } from '../nn/audio/quantised-encoder.js'
import type { Draw } from '../program/trace.js'
import { constant } from '../tensor/tensor.js'
import { isThere } from '../tensor/there.js'
import { interval } from '../views/view.js'
import { againstNoise, laterFrames, noiseOptions } from './against-noise.js'
import { shownAhead } from './future.js'
import { codesMeasured } from './guessed-codes.js'
import { defineMethod, type Sequence } from './method.js'
import { codesBelow, intoGroups } from './sound.js'

const positive = z.number().int().positive()

/** wav2vec on codes: those of the frames stand in their places, in what is heard and in what is guessed. */
export const vqWav2vec = defineMethod({
  name: 'vq-wav2vec',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'a recording up to a moment, in codes that are learnt',
  hidden: 'whether a code is the one that comes so many frames later, or another of the recording',
  paper: 'Baevski et al. 2020, vq-wav2vec: Self-Supervised Learning of Discrete Speech Representations',
  training: { optimiser: 'adamw', learningRate: 4e-3, weightDecay: 0, batch: 16 },
  encoder: 'wav2vec-small',
  advice: 'where each frame is wanted as one of few codes; for vectors alone take wav2vec, which has no codes between',
  options: z
    .strictObject({
      ...noiseOptions,
      quantiser: z
        .enum(['gumbel', 'kmeans'])
        .default('kmeans')
        .describe('kmeans, the nearest codes; gumbel, the likeliest, drawn in training, which needs more steps'),
      groups: positive.default(2).describe('groups of codes: a frame gets one of each'),
      codes: z.number().int().min(2).default(320).describe('codes in a group'),
      shared: z.boolean().default(true).describe('one book of codes for all groups'),
      temperature: interval(z.number().positive())
        .default([0.5, 2])
        .describe('of gumbel, τ of the choice: falls from the second to the first, spread over the whole run'),
      diversity: z.number().min(0).default(0.1).describe('of gumbel: how much unused codes cost; 0 in the paper'),
      commitment: z
        .number()
        .min(0)
        .default(0.25)
        .describe('of kmeans, γ: how strongly frames are drawn to their codes, beside codes to frames'),
      norm: z
        .enum(['number', 'group'])
        .default('number')
        .describe(
          'of kmeans: what has one mean and deviation over the frames, each number of a frame, or a group of them, as published, where frames soon are all alike',
        ),
    })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const { encoder: heard, ahead } = laterFrames('vq-wav2vec', makeEncoder('audio'), channels.audio, options)
    intoGroups('vq-wav2vec', heard.latentWidth, options.groups)
    const gumbel = options.quantiser === 'gumbel'
    const encoder = quantisedEncoder(
      heard,
      gumbel
        ? gumbelFrames(heard.latentWidth, options)
        : nearestFrames(heard.latentWidth, { ...options, together: options.norm }),
    )
    const { guess, told, examined, chance } = againstNoise(encoder, { ...options, ahead, latentMean: CODE_MEAN })
    const usage = codeUsage(options.groups, options.codes)

    const coded = ({ values, lengths }: Sequence, draw: Draw) => {
      const { latents, codes, cost } = encoder.coded(values, lengths, draw)
      const frames = encoder.frames(lengths)
      const context = encoder.context(latents, { frames })
      return { latents, context, frames: frames.cast('float'), alike: sameCodes(codes), codes, cost }
    }
    return {
      kept: { encoder },
      heads: { guess, usage },
      training: {
        step({ audio }, draw) {
          const { codes, cost, ...heard } = coded(audio, draw)
          const { loss, found, asked, weight } = told(heard, draw)
          const quantisation = cost(asked)
          const { batch, lately } = usage(codes.reshape(-1, options.groups), asked.reshape(-1))
          return {
            loss: loss.add(quantisation),
            metrics: {
              ...{ accuracy: found.mean(), contrast: loss, contrastChance: constant(chance), quantisation },
              ...{ perplexity: perplexity(batch).sum(), perplexityLately: perplexity(lately).sum() },
              usedCodes: inUse(lately),
            },
            // frames have the mean square 1 behind the norm, and codes at 0 know nothing of them
            chance: gumbel ? chance : chance + 1 + options.commitment,
            weight,
          }
        },
      },
      examine({ audio }, draw) {
        const { codes, cost: _, ...heard } = coded(audio, draw)
        const there = isThere(encoder.frames(audio.lengths), codes.size(1)).cast('float')
        const { batch } = usage(codes.reshape(-1, options.groups), there.reshape(-1))
        const common = commonnessOf(codes, usage.lately())
        return { ...examined({ ...heard, common }, draw), ...codesMeasured(batch) }
      },
      show({ audio }, draw) {
        const { codes, ...heard } = coded(audio, draw)
        const there = isThere(encoder.frames(audio.lengths), codes.size(1))
        const first = codes.slice(2, 0, 1).reshape(...there.shape)
        return [
          ...shownAhead(audio, { ...heard, guesses: guess(heard.context), ahead, encoder }),
          { title: 'codes', kind: 'image', values: codesBelow(first, there, options.codes) },
        ]
      },
    }
  },
})
