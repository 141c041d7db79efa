import { z } from 'zod'
import { type Assembly, assemble } from '#lacuna/assembly/assemble.js'
import type { RunConfig } from '#lacuna/assembly/config.js'
import { audio } from '#lacuna/channels/channel.js'
import { defineMethod } from '#lacuna/methods/method.js'
import { isAudioEncoder } from '#lacuna/nn/audio/encoder.js'
import { encoderNamed } from '#lacuna/nn/encoders.js'
import type { Values } from '#lacuna/program/values.js'
import { range, sizes } from '#lacuna/tensor/shape.js'
import { constant, type Tensor } from '#lacuna/tensor/tensor.js'
import { configOf } from './step-measurement.js'

const RATE = 16_000

/**
 * What an encoder of sound costs in a step, whatever the method: its frames are drawn to ones. Where it can, half of the
 * frames are hidden from the context, every other run of ten.
 */
export const soundStep = defineMethod({
  name: 'sound-step',
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  shown: 'a recording',
  hidden: 'nothing',
  paper: 'none',
  training: { optimiser: 'adamw', learningRate: 1e-4, weightDecay: 1e-4, batch: 8 },
  encoder: 'cpc-small',
  options: z.strictObject({ seconds: z.number().positive().default(2) }).prefault({}),
  build({ makeEncoder }) {
    const encoder = makeEncoder('audio')
    if (!isAudioEncoder(encoder)) throw new Error(`${encoder.reads} is not heard in frames`)
    return {
      kept: { encoder },
      heads: {},
      training: {
        step({ audio: { values, lengths } }) {
          const latents = encoder.latents(values, lengths)
          const frames = encoder.frames(lengths)
          const hidden = encoder.masks ? everyOtherRun(latents) : undefined
          const loss = encoder.context(latents, { frames, hidden }).sub(1).square().mean()
          return { loss, metrics: {}, chance: 1 }
        },
      },
      show: () => [],
    }
  },
})

/** bool [N, T] */
function everyOtherRun(latents: Tensor): Tensor {
  const [n, length] = sizes(latents.shape, 2)
  const runs = range(length).map(t => Math.floor(t / 10) % 2)
  return constant(runs, [1, length]).expand(n, length).greater(0.5)
}

export interface SoundStepOptions {
  readonly encoder: string
  /** Of a window */
  readonly seconds: number
  readonly batch: number
}

/** The step of an encoder of sound, and the batch that it takes: noise. */
export function soundStepOf({ encoder, seconds, batch }: SoundStepOptions): {
  readonly assembly: Assembly
  readonly config: RunConfig
  readonly feeds: Readonly<Record<string, Values>>
} {
  const length = RATE * seconds
  const channels: RunConfig['channels'] = { audio: { kind: 'audio', rate: RATE, length } }
  const config = { ...configOf(encoder, 32, batch), method: soundStep.name, options: { seconds }, channels }
  return {
    assembly: assemble(config, { method: soundStep, encoder: encoderNamed(encoder) }),
    config,
    feeds: {
      audio: Float32Array.from({ length: batch * length }, () => Math.random() - 0.5),
      'audio.lengths': BigInt64Array.from({ length: batch }, () => BigInt(length)),
    },
  }
}
