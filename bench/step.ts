import { type Assembly, assemble } from '#lacuna/assembly/assemble.js'
import type { RunConfig } from '#lacuna/assembly/config.js'
import type { Channel } from '#lacuna/channels/channel.js'
import { clip } from '#lacuna/methods/clip.js'
import type { Learner, Method, Sequence } from '#lacuna/methods/method.js'
import { nextFrame } from '#lacuna/methods/next-frame.js'
import { simclr } from '#lacuna/methods/simclr.js'
import { encoderNamed } from '#lacuna/nn/encoders.js'
import { sizeOf } from '#lacuna/tensor/shape.js'
import type { Case } from './cases.js'
import { assemblePlain } from './plain-step.js'
import { soundStepOf } from './sound-step.js'
import { configOf } from './step-measurement.js'
import type { TimedSteps } from './timed-steps.js'

interface Task {
  readonly encoder: string
  readonly size: number
  readonly batch: number
  /** Whether what happens to samples first is left out */
  readonly plain: boolean
}
type Step = Pick<TimedSteps, 'assembly' | 'config' | 'feeds'>

/** By a method, or an encoder of sound, of which the size is the seconds of a window. */
export type Trained = Case['method'] | 'sound'

/** What a process of the benchmark trains, and a batch of noise. */
export const stepOf = (of: Trained, task: Task): Step => steps[of](task)

const steps: { readonly [M in Trained]: (task: Task) => Step } = {
  sound: ({ encoder, size, batch }) => soundStepOf({ encoder, seconds: size, batch }),

  simclr({ encoder, size, batch, plain }) {
    const config = configOf(encoder, size, batch)
    const assembly = plain
      ? assemblePlain(config)
      : assemble(config, { method: simclr, encoder: encoderNamed(encoder) })
    return { assembly, config, feeds: { image: noise(batch, size, size, 3) } }
  },

  /** Texts as `bench/peers/methods.py` has them */
  clip({ encoder, size, batch, plain }) {
    const [length, vocabulary] = [32, 4096]
    const options = { text: 'text:dim=128,depth=4,heads=4', tokens: length, vocabulary, projection: 128 }
    const text: Channel = { kind: 'text', vocabulary, length }
    const step = stepWith(clip, { encoder, size, batch }, options, { text })
    const { learner } = step.assembly
    const tokens = BigInt64Array.from({ length: batch * length }, (_, i) =>
      BigInt(i % length === length - 1 ? vocabulary - 1 : Math.floor((vocabulary - 2) * Math.random())),
    )
    return {
      ...step,
      assembly: plain ? { ...step.assembly, learner: { ...learner, training: uncropped(learner) } } : step.assembly,
      feeds: { image: noise(batch, size, size, 3), text: tokens },
    }
  },

  'next-frame'({ encoder, size, batch, plain }) {
    const [past, ahead] = [4, plain ? 1 : 8]
    const own = { frames: past, ahead, ...(plain && { moving: false, flip: 0 }) }
    const length = past + ahead
    const video: Channel = { kind: 'video', size, colours: 3, rate: 10, length }
    const step = stepWith(nextFrame, { encoder, size, batch }, own, { video }, { motion: 0.3, copying: 1 })
    const lengths = new BigInt64Array(batch).fill(BigInt(length))
    const feeds = { video: noise(batch, length, size, size, 3), 'video.lengths': lengths }
    return { ...step, feeds }
  },
}

function stepWith(
  method: Method,
  { encoder, size, batch }: Omit<Task, 'plain'>,
  options: RunConfig['options'],
  channels: RunConfig['channels'],
  prepared?: unknown,
): { readonly assembly: Assembly; readonly config: RunConfig } {
  const usual = configOf(encoder, size, batch)
  const config = { ...usual, method: method.name, options, prepared, channels: { ...usual.channels, ...channels } }
  return { config, assembly: assemble(config, { method, encoder: encoderNamed(encoder) }) }
}

/** The two sides as they are shared, in place of what is made of random squares. */
function uncropped({ training, shared: { image, text } = {} }: Learner): Learner['training'] {
  if (!('compare' in training) || image === undefined || text === undefined) throw new Error('CLIP compares')
  return {
    ...training,
    embed: sample => ({
      seen: image(sample),
      told: text(sample),
      alike: (sample.text as Sequence).values.cast('float'),
    }),
  }
}

/** Random bytes */
const noise = (...shape: number[]): Uint8Array => Uint8Array.from({ length: sizeOf(shape) }, () => 256 * Math.random())
