import { z } from 'zod'
import { audio, type ChannelOf } from '../channels/channel.js'
import { neighboursThatHear, reachOfSpectra, spectraBeside, spectraPerFrame } from '../nn/audio/beside.js'
import type { AudioEncoder } from '../nn/audio/encoder.js'
import { randomCodes } from '../nn/audio/random-codes.js'
import type { Encoder } from '../nn/encoder.js'
import { linear } from '../nn/layers.js'
import { module } from '../nn/module.js'
import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { range } from '../tensor/shape.js'
import { hiddenWith, spanMask } from '../views/audio/spans.js'
import { perUtterance } from '../views/audio/utterance.js'
import { codesCompared, codesExamined, countsOf, guessed, toldCodes } from './guessed-codes.js'
import { defineMethod, type Sequence } from './method.js'
import { codesBelow, framesEncoder, framesThere, soundOf, soundPicture, spanOptions } from './sound.js'

const options = z
  .strictObject({
    ...spanOptions({ seconds: 4, start: 0.08, span: 8 }),
    noise: z
      .number()
      .positive()
      .default(0.1)
      .describe('deviation of the noise in place of hidden frames, which have 1'),
    codes: z.number().int().min(2).default(512).describe('codes in a book'),
    books: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe('books of codes, each with a projection and a head of its own'),
    width: z.number().int().positive().default(16).describe('numbers that a frame is projected to'),
    bands: z.number().int().min(2).default(40).describe('bands of the log-mel spectra that are projected'),
  })
  .prefault({})
type Options = z.output<typeof options>

export const bestRq = defineMethod({
  name: 'best-rq',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'speech with spans of it replaced by noise',
  hidden: 'to which of some random directions the spectrum of each replaced frame is nearest',
  paper: 'Chiu et al. 2022, Self-supervised Learning with Random-projection Quantizer for Speech Recognition',
  training: { optimiser: 'adamw', learningRate: 8e-3, weightDecay: 0.01, batch: 32 },
  encoder: 'log-mel-small',
  advice: 'for little data take this or hubert: their codes cannot collapse',
  options,
  prepared: z.object({
    /** Of the projections and codes */
    seed: z.number(),
    /** How often each code is in the training data, by book */
    counts: z.array(z.array(z.number().nonnegative())),
  }),

  async prepare({ channels: { audio }, compute, makeEncoder, seed }, options) {
    const encoder = hearing(makeEncoder('audio'))
    const targets = targetsOf(encoder, audio, options, seed)
    const { codes, there } = await compute(
      ({ audio }) => ({ codes: targets.of(audio).cast('float'), there: framesThere(encoder, audio).cast('float') }),
      { targets: targets.quantiser },
    )
    const counts = countsOf(codes, there, options)
    return { prepared: { seed, counts }, notes: toldCodes(counts) }
  },

  build({ makeEncoder, channels, options, prepared: { seed, counts } }) {
    const encoder = hearing(makeEncoder('audio'))
    const targets = targetsOf(encoder, channels.audio, options, seed)
    const neighbours = neighboursThatHear(encoder, reachOfSpectra(encoder, channels.audio.rate))
    const heads = range(options.books).map(() => linear(encoder.width, options.codes))

    /** Spans become noise; what each frame was is guessed of all of them. */
    const guess = (audio: Sequence, draw: Draw) => {
      const there = framesThere(encoder, audio)
      const hidden = spanMask(draw, there, options)
      const latents = encoder.latents(audio.values, audio.lengths)
      const noise = draw.normal(latents.shape).mul(options.noise)
      const noisy = where(hidden.reshape(...hidden.shape, 1), noise, latents)
      const context = encoder.context(noisy, { frames: encoder.frames(audio.lengths) })
      const unheard = hiddenWith(hidden, neighbours)
      return { logits: heads.map(head => head(context)), codes: targets.of(audio), hidden, there, unheard }
    }
    return {
      kept: { encoder },
      heads: {
        classifiers: module(Object.fromEntries(heads.map((head, i) => [`${i}`, head])), () => undefined),
        targets: targets.quantiser,
      },
      training: { step: ({ audio }, draw) => codesCompared(guess(audio, draw), counts) },
      examine: ({ audio }, draw) => codesExamined(guess(audio, draw), counts),
      show({ audio }, draw) {
        const found = guess(audio, draw)
        const { hidden, there } = found
        const sound = soundOf(encoder, channels.audio.rate, audio)
        const { guess: told, truth } = guessed(found)
        return [
          { title: 'shown', kind: 'image', values: soundPicture(sound, there.and(hidden.not())) },
          { title: 'true', kind: 'image', values: soundPicture(sound, there) },
          { title: 'guessed codes', kind: 'image', values: codesBelow(told, hidden, options.codes), guessed: true },
          { title: 'true codes', kind: 'image', values: codesBelow(truth, hidden, options.codes) },
        ]
      },
    }
  },
})

const hearing = (encoder: Encoder): AudioEncoder => framesEncoder('best-rq', encoder)

/** Codes of what the frames of an encoder are before anything is hidden: of log-mel spectra, whatever the encoder makes of them. */
function targetsOf(encoder: AudioEncoder, { rate }: ChannelOf<'audio'>, options: Options, seed: number) {
  const per = spectraPerFrame(encoder, rate)
  const quantiser = randomCodes({ ...options, inputs: per * options.bands, seed })
  const spectra = ({ values, lengths }: Sequence) =>
    perUtterance(
      spectraBeside(encoder, values, { rate, bands: options.bands, middle: 'all' }),
      encoder.frames(lengths).mul(per),
    )
  return {
    quantiser,
    spectra,
    of: (audio: Sequence) => quantiser(spectra(audio).reshape(audio.values.size(0), -1, per * options.bands)),
  }
}
