import { z } from 'zod'
import { audio } from '../channels/channel.js'
import { chanceOfFinding, meanOfEach, tellingApart } from '../losses/future-frames.js'
import { encoderOfThePast, futureGuesses, guessedFrames, nextApart } from '../nn/audio/future-guesses.js'
import type { Draw } from '../program/trace.js'
import { range, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { drawnFromBatch, drawnFromOwn } from '../views/audio/negatives.js'
import { accuracyAhead, type Heard, heardBy, shownAhead } from './future.js'
import { compared, defineMethod } from './method.js'

const positive = z.number().int().positive()

/**
 * Negatives of the same recording leave its sounds to be told apart; those of the batch the voice and the microphone too. The
 * paper's third choice, those of the same speaker, are those of a batch that one speaker speaks: `--batch-alike speaker`.
 */
export const cpc = defineMethod({
  name: 'cpc',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'a recording up to a moment',
  hidden: 'which of the frames of the recording are the next twelve',
  paper: 'van den Oord et al. 2018, Representation Learning with Contrastive Predictive Coding',
  training: { optimiser: 'adamw', learningRate: 2.4e-3, weightDecay: 0, batch: 32 },
  encoder: 'cpc-small',
  options: z
    .strictObject({
      seconds: z.number().positive().default(1.28).describe('length of a window; shorter recordings are taken whole'),
      steps: positive.default(12).describe('frames that are guessed: the next, and so on up to so many ahead'),
      negatives: z
        .enum(['sequence', 'batch'])
        .default('sequence')
        .describe(
          'where the other frames are from: sequence, the same recording, so that its sounds are told apart; batch, any recording of it, where the voice alone tells much unless all are of one speaker (--batch-alike)',
        ),
      count: positive.default(128).describe('other frames that a right one is told from'),
      score: z
        .enum(['dot', 'mean'])
        .default('dot')
        .describe('of a guess and a frame: their scalar product, or that over the numbers in a frame'),
    })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const ahead = range(options.steps).map(i => i + 1)
    const wanted = { usual: 'cpc-small', ahead, channel: channels.audio }
    const encoder = encoderOfThePast('cpc', makeEncoder('audio'), wanted)
    const guess = futureGuesses(encoder, { ahead, bias: 'none' })
    const scale = options.score === 'dot' ? 1 : 1 / encoder.latentWidth
    const chance = Math.log(1 + options.count)

    const negativesOf = (latents: Tensor, frames: Tensor, draw: Draw) =>
      options.negatives === 'batch'
        ? drawnFromBatch(draw, frames, latents, options.count)
        : { candidates: latents, times: drawnFromOwn(draw, frames, latents.size(1), options.count) }
    const told = ({ latents, context, frames }: Heard, draw: Draw) => {
      const negatives = negativesOf(latents, frames, draw)
      const asked = guessedFrames(frames, latents.size(1), ahead)
      const { loss, found } = tellingApart({ guesses: guess(context), frames: latents, ...negatives }, scale)
      return { loss: meanOfEach(loss, asked).mean(), found, asked, negatives }
    }
    const compare = (heard: Heard, draw: Draw) => {
      const { loss, found, asked, negatives } = told(heard, draw)
      const [n, length] = sizes(heard.latents.shape, 3)
      const luck = chanceOfFinding(negatives.times)
        .reshape(n, 1, length)
        .expand(...found.shape)
      const metrics = { accuracy: meanOfEach(found, asked).mean(), accuracyChance: meanOfEach(luck, asked).mean() }
      return { loss, metrics, chance, weight: asked.sum() }
    }
    return {
      kept: { encoder },
      heads: { guess },
      training:
        options.negatives === 'batch'
          ? compared({ embed: ({ audio }) => heardBy(encoder, audio), compare })
          : { step: ({ audio }, draw) => compare(heardBy(encoder, audio), draw) },
      examine({ audio }, draw) {
        const heard = heardBy(encoder, audio)
        const { loss, ...guessed } = told(heard, draw)
        return {
          ...accuracyAhead({ ...guessed, latents: heard.latents, ahead, apart: nextApart(encoder) }),
          loss: { value: loss, better: 'lower', baselines: { chance } },
        }
      },
      show({ audio }) {
        const heard = heardBy(encoder, audio)
        return shownAhead(audio, { ...heard, guesses: guess(heard.context).mul(scale), ahead, encoder })
      },
    }
  },
})
