import { z } from 'zod'
import type { ChannelOf } from '../../channels/channel.js'
import type { EncoderEntry } from '../encoder-entry.js'
import { intoHeads, optionsInName, positive, transformerSizes } from '../name-options.js'
import { wantFrames } from './assembled.js'
import { cpcEncoder, cpcPresets } from './cpc.js'
import type { AudioEncoder } from './encoder.js'
import { logMelEncoder, logMelPresets } from './log-mel.js'
import { wav2vecEncoder, wav2vecPresets } from './wav2vec.js'
import { wav2vec2Encoder, wav2vec2Presets } from './wav2vec2.js'

const LOG_MEL = 'log-mel:'
const logMelExample = `${LOG_MEL}dim=128,depth=3,heads=4,stack=4`
const logMelSizes = intoHeads(z.strictObject({ ...transformerSizes, stack: positive.optional() }))

type Entry = EncoderEntry<'audio'>

/** Names of those that are built in. */
export type AudioEncoderName =
  | keyof typeof logMelPresets
  | keyof typeof cpcPresets
  | keyof typeof wav2vecPresets
  | keyof typeof wav2vec2Presets

/** Encoders of sound that are built in. */
export const audioEncoders: readonly Entry[] = [
  ...presets(logMelPresets, (options, channel) => logMelEncoder(channel, options), {
    'log-mel-small':
      'a transformer of 4 blocks over log-mel frames, every 20 ms: the lightest that can be told what is hidden',
    'log-mel-base': 'the same with 12 blocks of width 768',
  }),
  {
    reads: 'audio',
    name: LOG_MEL,
    description: `the same in any size, as ${logMelExample}; also stack=4 (10-ms frames in one, so every 40 ms), mlp=4 (hidden width over dim)`,
    weights: 'none of others',
    example: logMelExample,
    builder: rest => {
      const { mlp: mlpRatio, ...options } = optionsInName(LOG_MEL, rest, logMelSizes, logMelExample)
      return channel => wantFrames(LOG_MEL + rest, channel, logMelEncoder(channel, { ...options, mlpRatio }))
    },
  },
  ...presets(cpcPresets, cpcEncoder, {
    'cpc-small': "CPC's five convolutions of 128 channels and a GRU of 128 that knows the frames so far, every 10 ms",
    cpc: "CPC's convolutions of 512 channels and a GRU of 256",
  }),
  ...presets(
    wav2vecPresets,
    wav2vecEncoder,
    {
      'wav2vec-small': "wav2vec's convolutions of 128 channels and a causal aggregator of 5 more, every 10 ms",
      wav2vec: "wav2vec's convolutions of 512 channels and a causal aggregator of 9 more",
      'wav2vec-large': 'wav2vec with a deeper aggregator of growing kernels and skip connections, as published',
    },
    "fairseq's Wav2VecModel of the same sizes, as safetensors",
  ),
  ...presets(
    wav2vec2Presets,
    wav2vec2Encoder,
    {
      'wav2vec2-small': 'convolutions of 96 channels and a transformer of 4 layers over all frames, every 20 ms',
      'wav2vec2-base': 'wav2vec 2.0 and HuBERT in their base size: 12 layers of 768',
      'wav2vec2-large': 'wav2vec 2.0 and HuBERT in their large size: 24 layers of 1024, for waves of any loudness',
    },
    "Hugging Face's Wav2Vec2Model and HubertModel of the same sizes, as safetensors",
  ),
]

function presets<Options, Name extends string>(
  options: Readonly<Record<Name, Options>>,
  make: (options: Options, channel: ChannelOf<'audio'>) => AudioEncoder,
  descriptions: Readonly<Record<Name, string>>,
  weights = 'none of others',
): Entry[] {
  return (Object.keys(options) as Name[]).map(name => ({
    reads: 'audio',
    name,
    description: descriptions[name],
    weights,
    example: name,
    builder: rest => (rest === '' ? channel => wantFrames(name, channel, make(options[name], channel)) : undefined),
  }))
}
