import { concat } from '../../tensor/movement.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { defineEncoder } from '../encoder.js'
import { linear } from '../layers.js'
import { module } from '../module.js'
import { meanOfThere } from '../there.js'
import type { AudioEncoder, ContextOptions } from './encoder.js'

export const tiny = { hop: 4, receptiveField: 6, width: 3 } as const

/** The least that is an encoder of sound: a linear map of the six numbers that a frame sees, and of that another, each for itself. */
export const tinyAudioEncoder = defineEncoder({ name: 'tiny-sound', reads: 'audio', build: () => build() })

function build(): AudioEncoder {
  const { hop, receptiveField, width } = tiny
  const [first, second] = [linear(receptiveField, width), linear(width, width)]
  const framesOf = (samples: number) => Math.max(0, Math.floor((samples - receptiveField) / hop) + 1)
  const frames = (lengths: Tensor) =>
    lengths.cast('float').sub(receptiveField).div(hop).floor().add(1).maximum(0).cast('int')
  const latents = (waves: Tensor) => {
    const count = framesOf(waves.size(1))
    const seen = range(receptiveField).map(i => waves.slice(1, i, i + hop * (count - 1) + 1, hop).reshape(-1, count, 1))
    return first(concat(seen, 2)).tanh()
  }
  const context = (latents: Tensor, { depth = 2 }: ContextOptions = {}) => (depth === 1 ? latents : second(latents))
  const features = (waves: Tensor, depth?: number) => context(latents(waves), { depth })
  const all = (n: number, samples: number) => constant(Array<number>(n).fill(samples), [n], 'int')
  const pooled = (waves: Tensor, lengths = all(waves.size(0), waves.size(1))) =>
    meanOfThere(features(waves), frames(lengths))
  return Object.assign(module({ first, second }, pooled), {
    ...{ reads: 'audio' as const, width, layers: ['latents', 'context'], pool: 'mean' as const, features, frames },
    ...{ hop, receptiveField, latentWidth: width, causal: true, masks: false, framesOf, latents, context },
  })
}
