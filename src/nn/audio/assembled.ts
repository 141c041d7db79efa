import type { ChannelOf } from '../../channels/channel.js'
import { LacunaError } from '../../errors.js'
import type { Tensor } from '../../tensor/tensor.js'
import { meanOfThere } from '../../tensor/there.js'
import { module, type Parts } from '../module.js'
import type { AudioEncoder } from './encoder.js'
import { chained, type Steps, stepsOf, stepsOfEach } from './frame-conv.js'

type Given = Pick<AudioEncoder, 'width' | 'latentWidth' | 'causal' | 'masks' | 'layers' | 'latents' | 'context'>

/** An encoder of sound from its two halves, whose frames are those of a chain of convolutions. */
export function assembled(parts: Parts, convolutions: readonly Steps[], given: Given): AudioEncoder {
  const latents = module(parts, given.latents)
  const context = module(parts, given.context)
  const frames = (lengths: Tensor) => convolutions.reduce(stepsOfEach, lengths)
  const features = (waves: Tensor, depth?: number, lengths?: Tensor) =>
    context(latents(waves, lengths), { frames: lengths && frames(lengths), depth })
  const encoder = module(parts, (waves: Tensor, lengths?: Tensor) => {
    const y = features(waves, undefined, lengths)
    return lengths === undefined ? y.mean(1) : meanOfThere(y, frames(lengths))
  })
  return Object.assign(encoder, {
    ...given,
    ...chained(convolutions),
    reads: 'audio' as const,
    pool: 'mean' as const,
    framesOf: (samples: number) => convolutions.reduce(stepsOf, samples),
    frames,
    latents,
    context,
    features,
  })
}

/**
 * Looks whether a window is long enough for an encoder to make a frame of.
 * @throws LacunaError (2) when it is not
 */
export function wantFrames(name: string, { length, rate }: ChannelOf<'audio'>, encoder: AudioEncoder): AudioEncoder {
  if (encoder.framesOf(length) > 0) return encoder
  const { receptiveField } = encoder
  throw new LacunaError(
    `${name}: a window of ${length} numbers is shorter than the ${receptiveField} of one frame; take --seconds ${Math.ceil((100 * receptiveField) / rate) / 100} or more`,
    2,
  )
}
