import { z } from 'zod'
import { audio, type ChannelOf } from '../channels/channel.js'
import { cepstraBeside, neighboursThatHear, reachOfCepstra } from '../nn/audio/beside.js'
import { codeHead } from '../nn/audio/code-head.js'
import type { AudioEncoder } from '../nn/audio/encoder.js'
import type { Encoder } from '../nn/encoder.js'
import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { constant } from '../tensor/tensor.js'
import { hiddenWith, spanMask } from '../views/audio/spans.js'
import { clustersOf, nearestCentre } from './clusters.js'
import { earlierLayer, layerIn } from './earlier-layer.js'
import { codesCompared, codesExamined, guessed, toldCodes } from './guessed-codes.js'
import { defineMethod, type Sequence } from './method.js'
import { framesEncoder, framesThere, soundOf, soundPicture, spanOptions } from './sound.js'

const rows = z.array(z.array(z.number()).readonly()).readonly()

export const hubert = defineMethod({
  name: 'hubert',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'speech with spans of it hidden',
  hidden: 'which of some heaps of sounds each hidden frame is of: by MFCC, then by a layer of an earlier run',
  paper: 'Hsu et al. 2021, HuBERT; on log-mel frames as Lin et al. 2023, MelHuBERT',
  training: { optimiser: 'adamw', learningRate: 8e-3, weightDecay: 0.01, batch: 32 },
  encoder: 'log-mel-small',
  advice:
    'for little data take this or best-rq: their codes cannot collapse; a second training on a layer of the first makes them better',
  options: z
    .strictObject({
      ...spanOptions({ seconds: 4, start: 0.14, span: 5 }),
      targets: z
        .string()
        .default('mfcc')
        .describe('what is clustered: mfcc, or a layer of an earlier run, as in runs/first:3'),
      clusters: z.number().int().min(2).default(100).describe('k of the k-means, run before the training'),
      projection: z.number().int().positive().default(64).describe('numbers in which frames and codes are compared'),
      temperature: z.number().positive().default(0.1).describe('τ of the cosines'),
    })
    .prefault({}),
  prepared: z.object({
    centres: rows,
    /** How many frames of the training data are nearest to each centre */
    counts: z.array(z.number().nonnegative()).readonly(),
    /** What they sound like: the mean of their spectra */
    sounds: rows,
    /** The architecture of the earlier run */
    earlier: z.string().optional(),
  }),

  async prepare({ channels: { audio }, compute, makeEncoder, earlier, seed }, { targets, clusters }) {
    const encoder = hearing(makeEncoder('audio'))
    const from = layerIn(targets)
    const found = from && earlier(from.run)
    const teacher = from && found && earlierLayer(encoder, audio, found.encoder, from)
    const computed = await compute(
      ({ audio: heard }) => ({
        rows: (teacher?.of ?? cepstra(encoder, audio))(heard),
        spectra: soundOf(encoder, audio.rate, heard),
        there: framesThere(encoder, heard).cast('float'),
      }),
      teacher && found && { teacher: { module: teacher.module, of: found } },
    )
    const { counts, ...rest } = clustersOf(computed, clusters, seed)
    return { prepared: { ...rest, counts, ...(found && { earlier: found.encoder }) }, notes: toldCodes([counts]) }
  },

  build({ makeEncoder, channels, options, prepared: { centres, counts, sounds, earlier } }) {
    const encoder = hearing(makeEncoder('audio'))
    const from = layerIn(options.targets)
    const teacher = from && earlier !== undefined ? earlierLayer(encoder, channels.audio, earlier, from) : undefined
    const rows = teacher?.of ?? cepstra(encoder, channels.audio)
    // a layer of a transformer has heard all of a recording
    const neighbours = from ? undefined : neighboursThatHear(encoder, reachOfCepstra(encoder, channels.audio.rate))
    const head = codeHead({ ...options, inputs: encoder.width, width: options.projection, codes: centres.length })

    /** Spans are hidden from the encoder; which heap each frame is of is guessed of all. */
    const guess = (audio: Sequence, draw: Draw) => {
      const there = framesThere(encoder, audio)
      const hidden = spanMask(draw, there, options)
      const frames = encoder.frames(audio.lengths)
      const context = encoder.context(encoder.latents(audio.values, audio.lengths), { frames, hidden })
      const codes = nearestCentre(rows(audio).stopGradient(), centres)
      const unheard = neighbours === undefined ? undefined : hiddenWith(hidden, neighbours)
      return { logits: [head(context)], codes: codes.reshape(...codes.shape, 1), hidden, there, unheard }
    }
    return {
      kept: { encoder },
      heads: { head, ...(teacher && { teacher: teacher.module }) },
      ...(from && { earlier: { teacher: from.run } }),
      training: { step: ({ audio }, draw) => codesCompared(guess(audio, draw), [counts]) },
      examine: ({ audio }, draw) => codesExamined(guess(audio, draw), [counts]),
      show({ audio }, draw) {
        const found = guess(audio, draw)
        const { hidden, there } = found
        const own = soundOf(encoder, channels.audio.rate, audio)
        const heap = constant(sounds.flat(), [sounds.length, sounds[0]?.length ?? 0]).gather(guessed(found).guess)
        return [
          { title: 'shown', kind: 'image', values: soundPicture(own, there.and(hidden.not())) },
          {
            title: 'guessed: the mean sound of the heap',
            kind: 'image',
            values: soundPicture(where(hidden.reshape(...hidden.shape, 1), heap, own), there),
            guessed: true,
          },
          { title: 'true', kind: 'image', values: soundPicture(own, there) },
        ]
      },
    }
  },
})

const hearing = (encoder: Encoder): AudioEncoder => framesEncoder('hubert', encoder, { masks: true })

const cepstra =
  (encoder: AudioEncoder, { rate }: ChannelOf<'audio'>) =>
  ({ values, lengths }: Sequence) =>
    cepstraBeside(encoder, values, lengths, rate)
