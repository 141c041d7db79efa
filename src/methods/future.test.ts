import { describe, expect, test } from 'vitest'
import { assemble } from '../assembly/assemble.js'
import { sampleOf, stepOf } from '../assembly/programs.js'
import { type Given, randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { noiseFor } from '../evaluation/noise.js'
import { cpcEncoder } from '../nn/audio/cpc.js'
import { wav2vecEncoder } from '../nn/audio/wav2vec.js'
import { defineEncoder, type EncoderDefinition } from '../nn/encoder.js'
import { module } from '../nn/module.js'
import { runModule } from '../nn/testing.js'
import { uniforms } from '../program/draws.js'
import { draw } from '../program/trace.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { configOf, trainedOn } from '../training/testing.js'
import { cpc } from './cpc.js'
import type { Method } from './method.js'
import { drawnByPlace } from './testing.js'
import { vqWav2vec } from './vq-wav2vec.js'
import { wav2vec } from './wav2vec.js'

const RATE = 16_000
const BATCH = 8
const ear = defineEncoder({
  name: 'small-cpc',
  reads: 'audio',
  build: () => cpcEncoder({ channels: 16, hidden: 16 }),
})
const listener = defineEncoder({
  name: 'small-wav2vec',
  reads: 'audio',
  build: () => wav2vecEncoder({ channels: 16, aggregator: [3, 3], norm: 'channel' }),
})
type Row = readonly [Method, EncoderDefinition, Record<string, unknown>]
const rows: readonly Row[] = [
  [cpc, ear, { seconds: 0.4, steps: 4, count: 16 }],
  [cpc, ear, { seconds: 0.4, steps: 4, count: 16, negatives: 'batch', score: 'mean' }],
  [wav2vec, listener, { seconds: 0.4, steps: 4 }],
  [wav2vec, listener, { seconds: 0.4, steps: 4, bias: 'shared', offset: 1 }],
  [vqWav2vec, listener, { seconds: 0.4, steps: 4, codes: 8, quantiser: 'gumbel' }],
  [vqWav2vec, listener, { seconds: 0.4, steps: 4, codes: 8, quantiser: 'kmeans' }],
]
const named = rows.map(row => [`${row[0].name} ${JSON.stringify(row[2])}`, ...row] as const)

const channelsOf = (length: number) => ({ audio: { kind: 'audio', rate: RATE, length } as const })
const configFor = (method: Method, options: Record<string, unknown>, steps: number) =>
  configOf(method.name, options, { encoder: 'its own', channels: channelsOf(0.4 * RATE), batch: BATCH, steps })
const trained = (row: Row, steps: number, batch: (number: number) => Record<string, ArrayLike<number>>, many = 1) => {
  const config = configFor(row[0], row[2], steps)
  return trainedOn(config, batch, many, assemble(config, { method: row[0], encoder: row[1] }))
}

/** Four tones in turn, 40 ms each, from another place in every recording; the third of them is shorter than the window. */
function tones(number: number): Record<string, ArrayLike<number>> {
  const next = uniforms(number, 0, 'tones')
  const length = 0.4 * RATE
  const lengths = range(BATCH).map(i => (i === 2 ? length / 2 : length))
  const audio = lengths.flatMap(there => {
    const start = Math.floor(next() * 4 * 640)
    return range(length).map(t => {
      const pitch = 300 * 2 ** (Math.floor((start + t) / 640) % 4)
      return t < there ? 0.3 * Math.sin((2 * Math.PI * pitch * t) / RATE) + 0.05 * (next() - 0.5) : 0
    })
  })
  return { audio, 'audio.lengths': lengths }
}
const noise = (number: number) => noiseFor(channelsOf(0.4 * RATE), BATCH, number)

describe.each(named)('%s', (_, method, encoder, options) => {
  const row: Row = [method, encoder, options]

  test('the first step says what nothing is worth, and moves every weight', async () => {
    const { first, chance, unchanged } = await trained(row, 1, tones)
    const negatives = 16
    const nearest = options.quantiser === 'kmeans' ? 1.25 : 0 // (1 + γ) · 1
    if (method === cpc) expect(chance).toBeCloseTo(Math.log(1 + negatives), 12)
    else expect(chance).toBeCloseTo(3.350997 + nearest, 6) // ln 11 + 10 ln 1.1
    expect(Math.abs((first.contrast ?? first.loss ?? 0) / (chance - nearest) - 1)).toBeLessThan(0.25)
    expect(unchanged).toEqual([])
  })

  test('what is appended as padding changes neither the loss nor a gradient', async () => {
    const lengths = [5000, 3000]
    const waves = randomArray([2, 5000], { seed: 5 })
    const of = async (window: number) => {
      const channels = channelsOf(window)
      const learner = method.build({
        channels,
        options,
        prepared: undefined,
        makeEncoder: () => encoder.build(channels.audio),
      })
      const root = module({ ...learner.kept, ...learner.heads }, () => undefined)
      const padded: Given = {
        shape: [2, window],
        values: lengths.flatMap((there, n) =>
          range(window).map(t => (t < there ? (waves.values[n * 5000 + t] ?? 0) : 0)),
        ),
      }
      const step = (values: Tensor, lengths: Tensor) =>
        stepOf(learner, { audio: { values, lengths: lengths.cast('int') } }, drawnByPlace()).loss
      const gradientsOf = ['guess.map.weight']
      return runModule(root, step, [padded, { shape: [2], values: lengths }], {
        training: true,
        gradientsOf,
        weights: [1],
        progress: 0.3,
      })
    }
    const [short, long] = [await of(5000), await of(6000)]
    expect(short.y[0]).toBeGreaterThan(0.1)
    expect(long.y[0]).toBeCloseTo(short.y[0] ?? 0, 12)
    const [before = [], after = []] = [short, long].map(({ gradients }) => gradients['guess.map.weight'])
    for (const [i, value] of before.entries()) expect(after[i]).toBeCloseTo(value, 10)
  })
})

test.each([
  [cpc, ear, rows[0]?.[2] ?? {}],
  [wav2vec, listener, rows[2]?.[2] ?? {}],
  [vqWav2vec, listener, rows[5]?.[2] ?? {}],
] as const)('$name: tones that follow in turn are foretold, and shown where they are', async (...row) => {
  const { measures, columns } = await trained(row, row[0] === cpc ? 150 : 220, tones, 4)
  const first = row[0] === cpc ? 1 : 3
  const chance = row[0] === cpc ? Math.log(17) : 3.350997
  const key = `accuracy, ${first} frame${first === 1 ? '' : 's'} ahead`
  expect(measures.loss).toBeLessThan(0.95 * chance)
  const nothing = row[0] === vqWav2vec ? 'the commonest code' : 'chance'
  expect(measures[key]).toBeGreaterThan(2 * (measures[`${key}/${nothing}`] ?? 1))
  expect(measures[key]).toBeGreaterThan(measures[`${key}/the last frame again`] ?? 1)
  expect(columns.map(({ title }) => title)).toEqual([
    'heard',
    'all of it',
    'where each next frame is looked for',
    'where they are',
    ...(row[0] === vqWav2vec ? ['codes'] : []),
  ])
  const [heard, , , right] = columns.map(({ pictures }) => pictures)
  expect(heard?.subarray(0, 3000).some(x => x !== 0)).toBe(true)
  expect(heard?.subarray(4200, 6400).every(x => x === 0)).toBe(true)
  const frames = (right?.length ?? 0) / BATCH / 16
  for (const k of range(4))
    expect(right?.subarray(4 * k * frames, (4 * k + 1) * frames).indexOf(255)).toBe(Math.floor(frames / 2) + first + k)
})

test.each([
  [cpc, ear, rows[0]?.[2] ?? {}],
  [wav2vec, listener, rows[2]?.[2] ?? {}],
  [vqWav2vec, listener, rows[5]?.[2] ?? {}],
] as const)('$name: white noise has no future: a trained network stays at chance', async (...row) => {
  const { measures } = await trained(row, 40, noise, 12)
  for (const ahead of row[0] === cpc ? [4] : [3, 4, 6]) {
    const nothing = row[0] === vqWav2vec ? 'the commonest code' : 'chance'
    const chance = measures[`accuracy, ${ahead} frames ahead/${nothing}`] ?? 1
    const guesses = 12 * BATCH * (38 - ahead)
    const deviation = Math.sqrt((chance * (1 - chance)) / guesses)
    const above = (measures[`accuracy, ${ahead} frames ahead`] ?? 1) - chance
    expect(above).toBeLessThan(5 * deviation)
    if (row[0] !== vqWav2vec) expect(above).toBeGreaterThan(-5 * deviation)
    else expect([chance > 0.1, chance < 0.4]).toEqual([true, true])
  }
})

test('an encoder that hears all at once is refused', () => {
  const all = defineEncoder({
    ...ear,
    build: channel => Object.assign(() => undefined, ear.build(channel), { causal: false }) as never,
  })
  const build = () => assemble(configFor(cpc, {}, 1), { method: cpc, encoder: all })
  expect(build).toThrow(LacunaError)
  expect(build).toThrow('such as --encoder cpc-small')
})

test('a window of samples gives as many frames as are guessed from', () => {
  const { learner, channels } = assemble(configFor(cpc, { seconds: 0.4 }, 1), { method: cpc, encoder: ear })
  expect(learner.show(sampleOf(channels, 2), draw).at(-1)?.values.shape).toEqual([2, 1, 48, 40])
})
