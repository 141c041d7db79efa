import { host } from '#host'
import { type Hearing, newFrames } from '../assembly/recordings.js'
import { memoryColumn } from '../data/columns.js'
import type { SampleSet } from '../data/index.js'
import { joined } from '../data/joined.js'
import { numbered, setInMemory } from '../data/memory.js'
import type { Place } from '../nn/vectors.js'
import { defaultDevice } from '../program/devices.js'
import { uniforms } from '../program/draws.js'
import type { Emitter } from '../program/lowering/emitter.js'
import { elementType } from '../program/onnx/model.js'
import { FREE_BATCH } from '../program/standalone.js'
import { trace } from '../program/trace.js'
import { cutIntoWindows } from '../program/windowed.js'
import type { OpenedRun } from '../runs/run.js'
import { concat } from '../tensor/movement.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { openEncoder } from './encoder.js'
import type { ExportedModel } from './exported-model.js'
import { FULL_WAVE, type WaveType } from './wave-types.js'
import { seamsOf } from './windows.js'

/** What windows are called inside the model; none may be called as its input is */
const WINDOWS = { values: 'windows', lengths: 'windows.lengths', skip: 'skip', until: 'until' } as const

/**
 * A model that hears one recording of any length, [L]: it cuts it into windows as `lacuna embed` does, which go
 * through the encoder at once. Outputs `features` [1, width], over all frames, and `frames` [N, T, width] of the windows with
 * `new` [N, T]: which of them are frames of the recording, each once and in their order.
 */
export function soundModel({ encoder, channel, depth }: Hearing, { pool }: Place, type: WaveType): ExportedModel {
  const values = input(WINDOWS.values, [FREE_BATCH, channel.length])
  const lengths = input(WINDOWS.lengths, [FREE_BATCH], 'int')
  const { result, trace: traced } = trace({ training: false }, () => {
    const frames = encoder.features(values, depth, lengths)
    const kept = newFrames(encoder.frames(lengths), frames.size(1))
    const weights = kept.cast('float').reshape(-1, frames.size(1), 1)
    const over = (t: Tensor) => t.mul(weights).sum([0, 1]).div(weights.sum().maximum(1))
    const mean = over(frames)
    const deviation = () => over(frames.sub(mean.reshape(1, 1, -1)).square()).sqrt()
    const features = (pool === 'mean-sd' ? concat([mean, deviation()], 0) : mean).reshape(1, -1)
    return { features, frames, new: kept }
  })
  const windowing = {
    window: channel.length,
    hop: encoder.hop,
    receptiveField: encoder.receptiveField,
    ...seamsOf(channel.length, encoder),
  }
  return {
    input: { name: 'audio', type, shape: ['L'] },
    free: WINDOWS.values,
    outputs: result,
    before: e => cutIntoWindows(e, type === 'int16' ? inFloat(e, 'audio') : 'audio', WINDOWS, windowing),
    draws: traced.draws.length,
  }
}

const inFloat = (e: Emitter, wave: string): string =>
  e.one('Mul', [e.one('Cast', [wave], { to: elementType('float32') }), e.float(1 / FULL_WAVE)])

/** What `metadata_props` say of recordings. */
export function soundMetadata({ encoder, channel }: Hearing, type: WaveType): Readonly<Record<string, string>> {
  return {
    'audio.layout': 'one channel, [length]',
    'audio.type': type,
    'audio.range': type === 'int16' ? '-32768 to 32767' : `-1 to 1: of 16 bits, values / ${FULL_WAVE}`,
    'audio.rate': `${channel.rate}`,
    'audio.window': `${channel.length}`,
    'frames.hop': `${encoder.hop}`,
    'frames.sees': `${encoder.receptiveField}`,
    'frames.before': `${encoder.before ?? 0}`,
  }
}

/** Vectors of made-up recordings, shorter than a frame and longer than windows, by the run and by the written file. */
export async function soundBothWays(
  path: string,
  run: OpenedRun,
  { channel, name, encoder }: Hearing,
  place: Place,
  type: WaveType,
) {
  const { rate, length } = channel
  const next = uniforms(0, 0, 'recordings to check an export with')
  const lengths = [Math.ceil(encoder.receptiveField / 2), Math.ceil(0.7 * length), length, Math.ceil(2.37 * length)]
  const waves = lengths.map(count =>
    Array.from({ length: count }, (_, t) =>
      Math.round(2 ** 14 * (Math.sin((t * t) / (40 * length)) + next() - 0.5) * 0.6),
    ),
  )
  const column = memoryColumn({ kind: 'audio', rate, length: Math.max(...lengths) }, waves)
  const listening = await openEncoder(run, { device: defaultDevice, ...place })
  const set = setInMemory({ [name]: column }, numbered(waves.length)) as SampleSet
  const frames: Float32Array[] = []
  const { values, width } = await listening
    .embed(set)
    .then(async features => {
      for await (const { values } of listening.sound?.frames(set) ?? []) frames.push(values)
      return features
    })
    .finally(() => listening.close())
  const session = await host.ort.InferenceSession.create(path)
  try {
    const written = new Float32Array(waves.length * width)
    const writtenFrames: Float32Array[] = []
    for (const [i, wave] of waves.entries()) {
      const audio =
        type === 'int16'
          ? new host.ort.Tensor('int16', Int16Array.from(wave), [wave.length])
          : new host.ort.Tensor(
              'float32',
              Float32Array.from(wave, value => value / FULL_WAVE),
              [wave.length],
            )
      const { features, frames, new: fresh } = await session.run({ audio })
      written.set(features?.data as Float32Array, i * width)
      const of = frames?.dims[2] ?? 1
      const all = frames?.data as Float32Array
      for (const [t, isNew] of Array.from((fresh?.data ?? []) as Uint8Array).entries())
        if (isNew) writtenFrames.push(all.subarray(t * of, (t + 1) * of))
    }
    return [joined([values, ...frames]), joined([written, ...writtenFrames])] as const
  } finally {
    await session.release()
  }
}
