import { z } from 'zod'
import { audio } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import type { Item, SampleSet } from '../data/types.js'
import { defineMethod } from '../methods/method.js'
import { tinyAudioEncoder } from '../nn/audio/testing.js'
import { linear } from '../nn/layers.js'
import { uniforms } from '../program/draws.js'

/** Units in a second of the made recordings */
export const RATE = 100

/** Shown: frames. Hidden: how loud each is. A method of sound that learns little, quickly. */
export const loudFrames = defineMethod({
  ...{ name: 'loud-frames', shown: 'frames of a sound', hidden: 'how loud they are', paper: 'none' },
  training: { optimiser: 'adamw', learningRate: 0.01, weightDecay: 0, batch: 8 },
  encoder: tinyAudioEncoder,
  options: z.strictObject({ seconds: z.number().default(0.4) }).prefault({}),
  reads: ({ seconds }) => ({ sound: audio({ seconds }) }),
  build({ makeEncoder }) {
    const encoder = makeEncoder('sound')
    const head = linear(encoder.width, 1)
    return {
      kept: { encoder },
      heads: { head },
      training: {
        step: ({ sound }) => ({
          loss: head(encoder(sound.values, sound.lengths)).sub(sound.values.abs().mean(1, true)).square().mean(),
          chance: 1,
        }),
      },
      show: ({ sound }) => [{ title: 'heard', kind: 'audio', values: sound.values }],
    }
  },
})

/** White noise, one recording a length. */
export function recordingsOf(lengths: readonly number[], items: readonly Item[] = numbered(lengths.length)): SampleSet {
  const next = uniforms(3, 0, 'recordings')
  const waves = lengths.map(length => Array.from({ length }, () => Math.round(2 ** 15 * (1.8 * next() - 0.9))))
  return setInMemory({ sound: memoryColumn({ kind: 'audio', rate: RATE, length: Math.max(...lengths) }, waves) }, items)
}
