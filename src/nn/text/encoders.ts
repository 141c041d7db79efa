import { z } from 'zod'
import { activations } from '../clip-layers.js'
import type { EncoderEntry } from '../encoder-entry.js'
import { intoHeads, optionsInName, transformerSizes } from '../name-options.js'
import { textPresets, textTransformer } from './transformer.js'

const TEXT = 'text:'
const example = `${TEXT}dim=256,depth=6,heads=4`
const sizes = intoHeads(z.strictObject({ ...transformerSizes, activation: z.enum(activations).optional() }))

type Entry = EncoderEntry<'text'>

/** Names of those that are built in. */
export type TextEncoderName = keyof typeof textPresets

/** Encoders of text that are built in. */
export const textEncoders: readonly Entry[] = [
  ...presets({
    'text-small': 'a causal transformer of 4 blocks of width 128, its vector that of the end token',
    'text-medium': 'the same, 192 wide',
    'text-base': "CLIP's text encoder: 12 blocks of width 512, QuickGELU",
  }),
  {
    reads: 'text',
    name: TEXT,
    description: `the same in any size, as ${example}; also mlp=4 (hidden width over dim), activation=quick-gelu`,
    weights: "CLIPModel of transformers, or open_clip's CLIP, of the same sizes, as safetensors",
    example,
    builder: rest => {
      const { mlp = 4, ...options } = optionsInName(TEXT, rest, sizes, example)
      return channel => textTransformer(channel, { ...options, hiddenWidth: mlp * options.dim })
    },
  },
]

function presets(descriptions: Readonly<Record<TextEncoderName, string>>): Entry[] {
  return (Object.keys(textPresets) as TextEncoderName[]).map(name => ({
    reads: 'text',
    name,
    description: descriptions[name],
    weights: "CLIPModel of transformers, or open_clip's CLIP, of the same sizes, as safetensors",
    example: name,
    builder: rest => (rest === '' ? channel => textTransformer(channel, textPresets[name]) : undefined),
  }))
}
