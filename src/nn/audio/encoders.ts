import type { EncoderEntry } from '../encoder-entry.js'
import { wantFrames } from './assembled.js'
import { cpcEncoder, cpcPresets } from './cpc.js'
import type { AudioEncoder } from './encoder.js'
import { wav2vecEncoder, wav2vecPresets } from './wav2vec.js'

type Entry = EncoderEntry<'audio'>

/** Names of those that are built in. */
export type AudioEncoderName = keyof typeof cpcPresets | keyof typeof wav2vecPresets

/** Encoders of sound that are built in. */
export const audioEncoders: readonly Entry[] = [
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
]

function presets<Options, Name extends string>(
  options: Readonly<Record<Name, Options>>,
  make: (options: Options) => AudioEncoder,
  descriptions: Readonly<Record<Name, string>>,
  weights = 'none of others',
): Entry[] {
  return (Object.keys(options) as Name[]).map(name => ({
    reads: 'audio',
    name,
    description: descriptions[name],
    weights,
    example: name,
    builder: rest => (rest === '' ? channel => wantFrames(name, channel, make(options[name])) : undefined),
  }))
}
