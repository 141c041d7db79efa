import { z } from 'zod'
import { audio } from '../channels/channel.js'
import { againstNoise, laterFrames, noiseOptions } from './against-noise.js'
import { heardBy, shownAhead } from './future.js'
import { defineMethod } from './method.js'

export const wav2vec = defineMethod({
  name: 'wav2vec',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'a recording up to a moment',
  hidden: 'whether a frame is the one that comes so many frames later, or another of the recording',
  paper: 'Schneider et al. 2019, wav2vec: Unsupervised Pre-training for Speech Recognition',
  training: { optimiser: 'adamw', learningRate: 4e-3, weightDecay: 0, batch: 16 },
  encoder: 'wav2vec-small',
  options: z.strictObject(noiseOptions).prefault({}),
  build({ makeEncoder, options, channels }) {
    const { encoder, ahead } = laterFrames('wav2vec', makeEncoder('audio'), channels.audio, options)
    const { guess, told, examined, chance } = againstNoise(encoder, { ...options, ahead })
    return {
      kept: { encoder },
      heads: { guess },
      training: {
        step({ audio }, draw) {
          const { loss, found, weight } = told(heardBy(encoder, audio), draw)
          return { loss, metrics: { ranking: found.mean() }, chance, weight }
        },
      },
      examine: ({ audio }, draw) => examined(heardBy(encoder, audio), draw),
      show({ audio }) {
        const heard = heardBy(encoder, audio)
        return shownAhead(audio, { ...heard, guesses: guess(heard.context), ahead, encoder })
      },
    }
  },
})
