import { z } from 'zod'
import { audio } from '../channels/channel.js'
import { logisticNoise, meanOfEach } from '../losses/future-frames.js'
import { weightedMean } from '../losses/soft-cross-entropy.js'
import { encoderOfThePast, futureGuesses, guessedFrames, nextApart } from '../nn/audio/future-guesses.js'
import type { Draw } from '../program/trace.js'
import { range } from '../tensor/shape.js'
import { drawnFromOwn } from '../views/audio/negatives.js'
import { accuracyAhead, type Heard, heardBy, shownAhead } from './future.js'
import { defineMethod } from './method.js'

const positive = z.number().int().positive()

/**
 * −Σ ln σ(z₊ᵀh(c)) − Σ Σ ln σ(−z₋ᵀh(c)) over all guesses and their negatives, divided by the number of guesses. The paper's λ is
 * the number of negatives, over which it also takes the mean: the sum.
 */
export const wav2vec = defineMethod({
  name: 'wav2vec',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'a recording up to a moment',
  hidden: 'whether a frame is the one that comes so many frames later, or another of the recording',
  paper: 'Schneider et al. 2019, wav2vec: Unsupervised Pre-training for Speech Recognition',
  training: { optimiser: 'adamw', learningRate: 4e-3, weightDecay: 0, batch: 16 },
  encoder: 'wav2vec-small',
  chanceOnNoise: true,
  options: z
    .strictObject({
      seconds: z.number().positive().default(2).describe('length of a window; shorter recordings are taken whole'),
      steps: positive.default(12).describe('frames that are guessed from each'),
      offset: z
        .union([positive, z.literal('auto')])
        .default('auto')
        .describe(
          'how far ahead the first of them is; auto, the next that shares no sound with the frame it is guessed from; the paper has 1',
        ),
      negatives: positive.default(10).describe('other frames of the same recording that stand against each'),
      bias: z
        .enum(['step', 'shared'])
        .default('step')
        .describe('of the guesses: one for each frame ahead, or one for all'),
    })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const made = makeEncoder('audio')
    const first = options.offset === 'auto' ? nextApart(made) : options.offset
    const ahead = range(options.steps).map(i => first + i)
    const encoder = encoderOfThePast('wav2vec', made, { usual: 'wav2vec-small', ahead, channel: channels.audio })
    const guess = futureGuesses(encoder, { ahead, bias: options.bias, start: -Math.log(options.negatives) })
    const choices = 1 + options.negatives
    const nothing = choices * Math.LN2
    // who says of every frame that it is the right one once in so many
    const chance = Math.log(choices) + options.negatives * Math.log(choices / options.negatives)

    const told = ({ latents, context, frames }: Heard, draw: Draw) => {
      const times = drawnFromOwn(draw, frames, latents.size(1), options.negatives)
      const negatives = { candidates: latents, times }
      const asked = guessedFrames(frames, latents.size(1), ahead)
      const { loss, found } = logisticNoise({ guesses: guess(context), frames: latents, ...negatives })
      return { loss: weightedMean(loss, asked), found, asked, negatives }
    }
    return {
      kept: { encoder },
      heads: { guess },
      training: {
        step({ audio }, draw) {
          const { loss, found, asked } = told(heardBy(encoder, audio), draw)
          return { loss, metrics: { ranking: meanOfEach(found, asked).mean() }, chance, weight: asked.sum() }
        },
      },
      examine({ audio }, draw) {
        const heard = heardBy(encoder, audio)
        const { loss, ...guessed } = told(heard, draw)
        return {
          ...accuracyAhead({ ...guessed, latents: heard.latents, ahead }),
          loss: { value: loss, better: 'lower', baselines: { chance, 'scores of 0': nothing } },
        }
      },
      show({ audio }) {
        const heard = heardBy(encoder, audio)
        return shownAhead(audio, { ...heard, guesses: guess(heard.context), ahead, encoder })
      },
    }
  },
})
