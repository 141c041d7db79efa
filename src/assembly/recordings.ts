import { type ChannelOf, type Channels, inputsOf, lengthsName } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { mainEncoder } from '../methods/method.js'
import { type AudioEncoder, isAudioEncoder } from '../nn/audio/encoder.js'
import type { Place } from '../nn/vectors.js'
import { compile, type Program, type Target } from '../program/compile.js'
import { trace } from '../program/trace.js'
import { range } from '../tensor/shape.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { isThere } from '../tensor/there.js'
import type { Assembly } from './assemble.js'

/** As much of an encoder of sound as makes frames. */
export interface FrameMaker
  extends Pick<AudioEncoder, 'hop' | 'receptiveField' | 'before' | 'framesOf' | 'frames' | 'features'> {
  /** Frames to either side that one is compared with, as slopes over time are; none unless told */
  readonly reach?: number
}

/** What makes frames of recordings: an encoder, and the windows that it takes. */
export interface Hearing {
  readonly encoder: FrameMaker
  /** Name of the channel */
  readonly name: string
  /** `length`: that of the windows */
  readonly channel: ChannelOf<'audio'>
  /** Layers of the encoder that are gone through; all unless told */
  readonly depth?: number
  /** What the encoder's variables are called */
  readonly names: ReadonlyMap<Tensor, string>
}

/**
 * How a run hears recordings as a whole.
 * @returns undefined where its vectors are of windows only: it reads something else too, makes them in a way of its own, or its
 *   encoder gives no frames
 */
export function hearingOf({ learner, channels, names }: Assembly, place?: Place): Hearing | undefined {
  const [, encoder] = mainEncoder(learner)
  const [[name, channel] = [], ...others] = Object.entries<Channels[string]>(channels)
  if (channel?.kind !== 'audio' || name === undefined || others.length > 0) return undefined
  if (learner.represent !== undefined || !isAudioEncoder(encoder)) return undefined
  const depth = place && encoder.layers.indexOf(place.layer) + 1
  return { encoder, name, channel, names, ...(depth !== undefined && { depth }) }
}

/**
 * Frames of `batch` windows, output `frames` [batch, T, width]; those beyond the lengths mean nothing.
 * @throws LacunaError when the layer has not the frames of the encoder
 */
export function framesProgram(hearing: Hearing, batch: number, target: Target): Program {
  return evaluated(hearing, target, () => ({ frames: heard(hearing, batch).frames }))
}

/**
 * Of the frames of each window that are new: outputs `mean` [batch, width], and `squares`, the sums of the squared differences
 * from it. Inputs are those of the channel, and those of `newFrames`.
 */
export function momentsProgram(hearing: Hearing, batch: number, target: Target): Program {
  return evaluated(hearing, target, () => {
    const { frames, count } = heard(hearing, batch)
    const length = frames.size(1)
    const counts = newFrames(count, length).cast('float').reshape(-1, length, 1)
    const mean = frames.mul(counts).sum(1, true).div(counts.sum(1, true).maximum(1))
    const squares = frames.sub(mean).square().mul(counts).sum(1)
    return { mean: mean.reshape(batch, -1), squares }
  })
}

/**
 * Which frames of windows no other window gives: those from number `skip` to before number `until`, inputs int [N].
 * @param count int [N], how many frames there are of each
 * @returns bool [N, length]
 */
export function newFrames(count: Tensor, length: number): Tensor {
  const place = constant(range(length), [1, length])
  const before = (name: string) =>
    place.less(
      input(name, [count.size(0)], 'int')
        .cast('float')
        .reshape(-1, 1),
    )
  return isThere(count, length).and(before('skip').not()).and(before('until'))
}

function heard({ encoder, name, channel, depth }: Hearing, batch: number) {
  const [values, lengths] = Object.entries(inputsOf(name, channel, batch)).map(([key, { shape, dtype }]) =>
    input(key, shape, dtype),
  )
  if (values === undefined || lengths === undefined) throw new Error(`${lengthsName(name)}: no input of this name`)
  const all = encoder.features(values, depth, lengths)
  const expected = encoder.framesOf(channel.length)
  if (all.rank !== 3 || all.size(1) !== expected)
    throw new LacunaError(
      `this layer gives [${all.shape.slice(1)}] for a window, not ${expected} frames; take a later one`,
      2,
    )
  return { frames: all, count: encoder.frames(lengths) }
}

function evaluated({ names }: Hearing, target: Target, build: () => Readonly<Record<string, Tensor>>): Program {
  const { result, trace: traced } = trace({ training: false }, build)
  return compile({ outputs: result, names, draws: traced.draws }, target)
}
