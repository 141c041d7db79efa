import { array, type Given, randomArray } from '../../engine/testing.js'
import { concat } from '../../tensor/movement.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { meanOfThere } from '../../tensor/there.js'
import { defineEncoder } from '../encoder.js'
import { linear } from '../layers.js'
import { module } from '../module.js'
import { type ModuleRun, runModule } from '../testing.js'
import type { AudioEncoder, ContextOptions } from './encoder.js'

export const tiny = { hop: 4, receptiveField: 6, width: 3 } as const

/** The least that is an encoder of sound: a linear map of the numbers that a frame sees, and of that another, each for itself. */
export const tinyAudioEncoder = defineEncoder({ name: 'tiny-sound', reads: 'audio', build: () => build(tiny) })

/** The same that sees 25 ms every 10 ms at 16 kHz. */
export const slowAudioEncoder = defineEncoder({
  name: 'slow-sound',
  reads: 'audio',
  build: () => build({ hop: 160, receptiveField: 400, width: 12 }),
})

function build({ hop, receptiveField, width }: { hop: number; receptiveField: number; width: number }): AudioEncoder {
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

/** Waves of noise; those after the lengths are zeros. */
export function noise(lengths: readonly number[], size = Math.max(...lengths), seed = 1): Given {
  const { values } = randomArray([lengths.length, size], { seed, low: -0.5, high: 0.5 })
  return array(
    [lengths.length, size],
    values.map((v, i) => (i % size < (lengths[Math.floor(i / size)] ?? 0) ? v : 0)),
  )
}

export interface HeardOptions extends ModuleRun {
  readonly lengths?: readonly number[]
  /** Frames of the latents instead of those of the context */
  readonly latents?: boolean
}

/** Frames of each wave, those after its lengths left out. */
export async function heard(encoder: AudioEncoder, waves: Given, { lengths, latents, ...run }: HeardOptions = {}) {
  const given = lengths === undefined ? [waves] : [waves, array([lengths.length], lengths)]
  const forward = (x: Tensor, lengths?: Tensor) =>
    latents ? encoder.latents(x, lengths?.cast('int')) : encoder.features(x, undefined, lengths?.cast('int'))
  const { y, shape } = await runModule(encoder, forward, given, {
    precision: 'float32',
    ...run,
  })
  const [n = 1, steps = 1, width = 1] = shape
  return Array.from({ length: n }, (_, i) =>
    y.slice(i * steps * width, (i * steps + encoder.framesOf(lengths?.[i] ?? waves.shape[1] ?? 0)) * width),
  )
}
