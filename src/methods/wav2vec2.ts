import { z } from 'zod'
import { audio } from '../channels/channel.js'
import { commonnessWithin, perplexity, sameCodes } from '../losses/codes.js'
import { foundByCommonness } from '../losses/future-frames.js'
import { nearestTarget, ownFrame } from '../losses/own-frame.js'
import { weightedMean } from '../losses/soft-cross-entropy.js'
import { neighboursThatHear } from '../nn/audio/beside.js'
import { inUse } from '../nn/audio/code-usage.js'
import { learntCodes } from '../nn/audio/learnt-codes.js'
import { isWav2vec2 } from '../nn/audio/wav2vec2.js'
import { linear } from '../nn/layers.js'
import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { takeRows } from '../tensor/indexing.js'
import type { Tensor } from '../tensor/tensor.js'
import { chanceAmongHidden, distractorsAmong } from '../views/audio/distractors.js'
import { nearestShown } from '../views/audio/nearest-shown.js'
import { hiddenWith, spanMask } from '../views/audio/spans.js'
import { interval } from '../views/view.js'
import { asShare, codesMeasured, shareOfAll } from './guessed-codes.js'
import { defineMethod, type Measure, type Sequence } from './method.js'
import { codesBelow, framesEncoder, framesThere, soundOf, soundPicture, spanOptions } from './sound.js'

/** Who guesses, of those that a frame is told from, always the code that the most hidden frames of the recording have */
const COMMONEST = 'always the commonest code of the recording'

const positive = z.number().int().positive()

export const wav2vec2 = defineMethod({
  name: 'wav2vec2',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'speech with half of its frames hidden in spans',
  hidden:
    'which of up to 101 codes of hidden frames of the same recording is the one of each; the codes are learnt too',
  paper: 'Baevski et al. 2020, wav2vec 2.0: A Framework for Self-Supervised Learning of Speech Representations',
  training: { optimiser: 'adamw', learningRate: 4e-3, weightDecay: 0.01, batch: 32 },
  encoder: 'wav2vec2-small',
  advice: 'on little data its codes often collapse, which is told: there take hubert or best-rq',
  secondsInBatch: 90,
  options: z
    .strictObject({
      ...spanOptions({ seconds: 4, start: 0.065, span: 10 }),
      distractors: positive.default(100).describe('other hidden frames that each is told from; as many as there are'),
      quantise: z
        .boolean()
        .default(true)
        .describe('false takes the latents themselves for targets: no codes can collapse'),
      groups: positive.default(2).describe('groups of codes'),
      codes: z.number().int().min(2).default(64).describe('codes in a group'),
      projection: positive.multipleOf(4).default(64).describe('numbers in which frames and codes are compared'),
      temperature: interval(z.number().positive())
        .default([0.5, 2])
        .describe('τ of the choice of codes: falls from the second to the first, spread over the whole run'),
      kappa: z.number().positive().default(0.1).describe('κ, the temperature of the cosines'),
      diversity: z
        .number()
        .min(0)
        .default(0.1)
        .describe('α: how much unused codes cost; 0.5 where their perplexity falls'),
      penalty: z.number().min(0).default(0).describe('times the mean square of the convolutions; 10 in the BASE model'),
    })
    .prefault({}),

  build({ makeEncoder, channels, options }) {
    const encoder = framesEncoder('wav2vec2', makeEncoder('audio'), { masks: true })
    const { groups, codes: size, projection: width, quantise } = options
    const vectors = groups * Math.ceil(width / groups)
    const quantiser = learntCodes({ ...options, inputs: encoder.latentWidth, width: vectors })
    const toTargets = linear(quantise ? vectors : encoder.latentWidth, width)
    const toGuess = linear(encoder.width, width)
    const neighbours = neighboursThatHear(encoder, encoder.receptiveField / 2)
    const chanceOf = chanceAmongHidden(encoder.framesOf(channels.audio.length), options)

    /** Spans are hidden from the transformer; the codes are of the latents before anything is hidden. */
    const guess = (audio: Sequence, draw: Draw) => {
      const there = framesThere(encoder, audio)
      const [n, length] = [there.size(0), there.size(1)]
      const hidden = spanMask(draw, there, options)
      const ring = distractorsAmong(draw, hidden, options.distractors)
      const latents = encoder.latents(audio.values, audio.lengths)
      const context = toGuess(encoder.context(latents, { frames: encoder.frames(audio.lengths), hidden }))
      const weight = hidden.cast('float')
      const told = quantise ? quantiser(latents, weight.reshape(-1), draw) : undefined
      const targets = toTargets(told?.vectors ?? latents).reshape(n, length, width)
      const same = told && sameCodes(told.codes.reshape(n, length, groups))
      const distractors = same === undefined ? ring : ring.and(same.not())
      const score = (c: Tensor, of = weight) =>
        ownFrame(c, targets, { distractors, weight: of, temperature: options.kappa })
      const known = distractors.cast('float').sum(-1).add(1)
      const mean = (x: Tensor) => weightedMean(x, weight)
      const chance = { loss: mean(known.log()), accuracy: mean(known.pow(-1)) }
      return { there, hidden, weight, context, targets, told, distractors, known, score, chance }
    }

    /** How often frames of which nothing is heard are found, beside who hears nothing at all. */
    const ofUnheard = ({
      hidden,
      weight,
      context,
      told,
      distractors,
      known,
      score,
    }: ReturnType<typeof guess>): Measure => {
      const unheard = hiddenWith(hidden, neighbours).cast('float')
      const share = (x: Tensor) => asShare(weightedMean(x, unheard), unheard)
      const ranked = told && commonnessWithin(told.codes.reshape(...hidden.shape, groups), weight, size)
      return {
        value: asShare(score(context, unheard).accuracy, unheard),
        figure: shareOfAll,
        better: 'higher',
        baselines: {
          chance: share(known.pow(-1)),
          ...(ranked && { [COMMONEST]: share(foundByCommonness(ranked, distractors.cast('float'))) }),
        },
        boundOnNoise: quantise ? COMMONEST : 'chance',
      }
    }

    return {
      kept: { encoder },
      heads: { toTargets, toGuess, ...(quantise && { quantiser }) },
      training: {
        step({ audio }, draw) {
          const { context, score, chance, told, weight } = guess(audio, draw)
          const { loss: contrast, accuracy } = score(context)
          const size =
            options.penalty > 0 && isWav2vec2(encoder) ? encoder.convolved(audio.values, audio.lengths) : undefined
          const penalised = size === undefined ? contrast : contrast.add(size.square().mean().mul(options.penalty))
          return {
            loss: told === undefined ? penalised : penalised.add(told.diversity.mul(options.diversity)),
            metrics: {
              ...{ accuracy, contrast, contrastChance: chance.loss },
              ...(told && {
                perplexity: perplexity(told.batch).sum(),
                perplexityLately: perplexity(told.lately).sum(),
                usedCodes: inUse(told.lately),
              }),
            },
            chance: chanceOf,
            weight: weight.sum(),
          }
        },
      },
      examine({ audio }, draw) {
        const guessed = guess(audio, draw)
        const { hidden, there, context, targets, score, chance, told } = guessed
        const copied = score(takeRows(targets, nearestShown(there.and(hidden.not()))))
        const { loss, accuracy } = score(context)
        const beside = 'copied from the nearest frame that is shown'
        return {
          accuracy: {
            value: accuracy,
            better: 'higher',
            baselines: { chance: chance.accuracy, [beside]: copied.accuracy },
          },
          contrast: { value: loss, better: 'lower', baselines: { chance: chance.loss } },
          'accuracy where nothing of it is heard': ofUnheard(guessed),
          ...(told && codesMeasured(told.batch)),
        }
      },
      show({ audio }, draw) {
        const { hidden, there, told, context, targets } = guess(audio, draw)
        const sound = soundOf(encoder, channels.audio.rate, audio)
        const strip = (codes: Tensor) => codesBelow(codes, hidden, size)
        const found = nearestTarget(context, targets, hidden)
        const first = told?.codes.slice(1, 0, 1).reshape(...hidden.shape)
        return [
          { title: 'shown', kind: 'image', values: soundPicture(sound, there.and(hidden.not())) },
          {
            title: 'guessed: the sound of the hidden frame that the guess is nearest to',
            kind: 'image',
            values: soundPicture(where(hidden.reshape(...hidden.shape, 1), takeRows(sound, found), sound), there),
            guessed: true,
          },
          { title: 'true', kind: 'image', values: soundPicture(sound, there) },
          ...(first === undefined ? [] : [{ title: 'codes', kind: 'image' as const, values: strip(first) }]),
        ]
      },
    }
  },
})
