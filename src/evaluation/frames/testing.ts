import { z } from 'zod'
import { audio } from '../../channels/channel.js'
import { memoryColumn } from '../../data/columns.js'
import { numbered, setInMemory } from '../../data/memory.js'
import type { Item, SampleSet } from '../../data/types.js'
import { defineMethod } from '../../methods/method.js'
import { tinyAudioEncoder } from '../../nn/audio/testing.js'
import { linear } from '../../nn/layers.js'
import { uniforms } from '../../program/draws.js'
import type { Segment } from '../alignment/index.js'

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

const SPOKEN_RATE = 16_000
/** What stands for phones: tones of these frequencies, and silence */
const tones = { a: 300, i: 900, u: 2400, pau: 0 } as const

/**
 * Tones for phones, each as high as its label says and of a loudness and a phase of its own; speakers differ in pitch.
 * @returns the recordings, and what is said when
 */
export function spoken(count: number, changes: (i: number) => Partial<Item> = () => ({})) {
  const next = uniforms(5, 0, 'spoken')
  const byPosition = new Map<number, Segment[]>()
  const waves = Array.from({ length: count }, (_, i) => {
    const phones = Array.from({ length: 12 }, () => (['a', 'i', 'u', 'pau'] as const)[Math.floor(4 * next())] ?? 'a')
    byPosition.set(
      i,
      phones.map((label, p) => ({ start: p / 10, end: (p + 1) / 10, label })),
    )
    const higher = 1 + 0.1 * (i % 2)
    return phones.flatMap(phone => {
      const [loudness, phase] = [2000 + 6000 * next(), next()]
      const at = (t: number) => Math.sin(2 * Math.PI * (phase + (tones[phone] * higher * t) / SPOKEN_RATE))
      return Array.from({ length: SPOKEN_RATE / 10 }, (_, t) =>
        Math.round((phone === 'pau' ? 0 : loudness) * at(t) + 100 * (next() - 0.5)),
      )
    })
  })
  const items = numbered(count).map((item, i) => ({ ...item, ...changes(i) }))
  const audio = memoryColumn({ kind: 'audio', rate: SPOKEN_RATE, length: (12 * SPOKEN_RATE) / 10 }, waves)
  return { recordings: setInMemory({ audio }, items) as SampleSet, alignments: { byPosition, notes: [] } }
}
