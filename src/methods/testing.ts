import type { audio, Reads } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { array } from '../engine/testing.js'
import type { AudioEncoder, ContextOptions } from '../nn/audio/encoder.js'
import { defineEncoder } from '../nn/encoder.js'
import { normal } from '../nn/initial.js'
import { linear } from '../nn/layers.js'
import { module, variablesOf } from '../nn/module.js'
import { type ModuleRun, runModule } from '../nn/testing.js'
import { block } from '../nn/transformer.js'
import { uniforms } from '../program/draws.js'
import { type Draw, variable, variableOf } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { range, type Shape, sizeOf } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { isThere, meanOfThere } from '../tensor/there.js'
import { framesIn, framesOf } from '../views/audio/framing.js'
import { logMel } from '../views/audio/mel.js'
import { perUtterance } from '../views/audio/utterance.js'
import type { BuildContext, Method } from './method.js'

const WIDTH = 16
const BANDS = 20
const mels = { window: 400, hop: 160 }

/** A small ear for tests: two log-mel spectra a frame, the frames around it, and one block of a transformer. */
export const ear = defineEncoder({
  name: 'ear',
  reads: 'audio',
  build({ rate }): AudioEncoder {
    const embed = linear(2 * BANDS, WIDTH)
    const mask = variable([WIDTH], normal(0.1)([WIDTH]), 'token')
    const blocks = range(2).map(() => block(WIDTH, 2, 2))
    const parts = { embed, mask, ...Object.fromEntries(blocks.map((b, i) => [`block${i}`, b])) }
    const frames = (lengths: Tensor) => framesIn(lengths, mels).div(2)
    const latents = module(parts, (waves: Tensor, lengths?: Tensor) => {
      const spectra = logMel(waves, { ...mels, rate, bands: BANDS, fft: 512 })
      const whole = 2 * Math.floor(spectra.size(1) / 2)
      const x = perUtterance(spectra.slice(1, 0, whole), lengths && frames(lengths).mul(2))
      return x.reshape(x.size(0), -1, 2 * BANDS)
    })
    const context = module(parts, (latents: Tensor, { frames, hidden, depth }: ContextOptions = {}) => {
      const [n, length] = [latents.size(0), latents.size(1)]
      const there = isThere(frames ?? constant(Array(n).fill(length), [n], 'int'), length)
      const x = embed(latents)
      const masked = hidden === undefined ? x : where(hidden.reshape(n, length, 1), mask, x)
      const own = masked.mul(there.cast('float').reshape(n, length, 1))
      const around = range(9).map(i =>
        own
          .pad(1, 4, 4)
          .slice(1, i, i + length)
          .mul((i + 1) / 20),
      )
      const away = where(there, 0, -1e9).reshape(n, 1, 1, length)
      return blocks.slice(0, depth).reduce(
        (y, b) => b(y, away),
        around.reduce((sum, y) => sum.add(y)),
      )
    })
    const features = (waves: Tensor, depth?: number, lengths?: Tensor) =>
      context(latents(waves, lengths), { frames: lengths && frames(lengths), depth })
    const encoder = module(parts, (waves: Tensor, lengths?: Tensor) => {
      const y = features(waves, undefined, lengths)
      return lengths === undefined ? y.mean(1) : meanOfThere(y, frames(lengths))
    })
    return Object.assign(encoder, {
      ...{ reads: 'audio' as const, width: WIDTH, latentWidth: 2 * BANDS, hop: 320, receptiveField: 560 },
      ...{ causal: false, masks: true, layers: ['block1', 'block2'], pool: 'mean' as const },
      framesOf: (samples: number) => Math.floor(framesOf(samples, mels) / 2),
      ...{ frames, latents, context, features },
    })
  },
})

/** Numbers that hang on their place in each sample alone: longer windows draw the same where they overlap. */
export function drawnByPlace(seed = 0): Draw {
  let call = 0
  const drawn = (shape: Shape, of: (u: number, v: number) => number, dtype: 'float' | 'int' = 'float') => {
    const name = `place ${call++}`
    const values = range(sizeOf(shape)).map(index => {
      const place = shape.map((_, axis) => Math.floor(index / sizeOf(shape.slice(axis + 1))) % (shape[axis] ?? 1))
      const next = uniforms(seed, 0, `${name}: ${place}`)
      return of(next(), next())
    })
    return constant(values, shape, dtype)
  }
  return {
    uniform: (shape, low = 0, high = 1) => drawn(shape, u => low + (high - low) * u),
    normal: shape => drawn(shape, (u, v) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)),
    integer: (shape, below) => drawn(shape, u => Math.floor(below * u), 'int'),
    permutation: () => {
      throw new Error('an order has no places')
    },
  }
}

/** Recordings of voices that are made up: a wave that changes its pitch and loudness, and noise, of so many numbers. */
export const voice = (length: number, seed: number): number[] => {
  const next = uniforms(seed, 0, 'voice')
  return range(length).map(i => {
    const word = Math.floor(i / 1600)
    const pitch = 200 + 150 * ((word * 7 + seed) % 9)
    return 0.3 * Math.sin((2 * Math.PI * pitch * i) / RATE) * (1 + Math.sin(word + seed)) + 0.02 * (next() - 0.5)
  })
}

const RATE = 16_000

interface Stepped {
  readonly loss: number
  readonly gradients: Readonly<Record<string, readonly number[]>>
}

/** The loss and all its gradients, in float64, of recordings in windows of a length. */
export async function stepped(
  method: Method,
  given: Pick<BuildContext<Reads, unknown, unknown>, 'options' | 'prepared'>,
  recordings: readonly (readonly number[])[],
  length: number,
  how: Pick<ModuleRun, 'progress'> = {},
): Promise<Stepped> {
  const channel = { kind: 'audio', rate: RATE, length } as const
  const learner = method.build({ ...given, channels: { audio: channel }, makeEncoder: () => ear.build(channel) })
  const root = module({ ...learner.kept, ...learner.heads }, () => undefined)
  const gradientsOf = [...variablesOf(root)].flatMap(([name, v]) => (variableOf(v).role === 'statistic' ? [] : [name]))
  const { training } = learner
  if (!('step' in training)) throw new Error('a step is expected')
  const windows = recordings.flatMap(wave => range(length).map(i => wave[i] ?? 0))
  const lengths = recordings.map(wave => Math.min(length, wave.length))
  const { y, gradients } = await runModule(
    root,
    (values: Tensor, lengths: Tensor) =>
      training.step({ audio: { values, lengths: lengths.cast('int') } }, drawnByPlace()).loss,
    [array([recordings.length, length], windows), array([recordings.length], lengths)],
    { training: true, gradientsOf, weights: [1], ...how },
  )
  return { loss: y[0] ?? Number.NaN, gradients }
}

/** So many recordings of made-up voices, of half a second and more, in memory. */
export const voices = (count: number) =>
  setInMemory<{ audio: ReturnType<typeof audio> }>(
    {
      audio: memoryColumn(
        { kind: 'audio', rate: RATE, length: 32_000 },
        range(count).map(i => voice(8000 + 500 * i, i).map(x => Math.round(2 ** 15 * x))),
      ),
    },
    numbered(count),
  )
