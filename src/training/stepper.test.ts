import { expect, test } from 'vitest'
import { chunkedPrograms } from '../assembly/chunked.js'
import type { RunConfig } from '../assembly/config.js'
import type { Assembly } from '../assembly/programs.js'
import { Engine } from '../engine/engine.js'
import { relativeError } from '../engine/testing.js'
import { ntXent } from '../losses/ntxent.js'
import { type Halves, inHalves } from '../methods/method.js'
import { simclr } from '../methods/simclr.js'
import type { Encoder } from '../nn/encoder.js'
import { makeEncoder } from '../nn/encoders.js'
import { initialValues } from '../nn/initialise.js'
import { batchNorm, conv2d, globalAverage, groupNorm, mlp } from '../nn/layers.js'
import { layer, type Module, module, sequential, variablesOf } from '../nn/module.js'
import { filled, variable } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import type { Tensor } from '../tensor/tensor.js'
import { toFloat } from '../views/picture.js'
import { stepperOf } from './stepper.js'
import { configOf, whiteNoise } from './testing.js'

const BATCH = 12

const encoderOf = (features: Module, width: number): Encoder =>
  Object.assign(module({ features }, features), {
    width,
    features: (x: Tensor) => features(x),
    layers: ['body'],
    pool: 'mean' as const,
  })

function assemblyOf(encoder: Encoder, others: Readonly<Record<string, Module>>, halves: Halves): Assembly {
  const modules = { encoder, ...others }
  const names = new Map([...variablesOf(module(modules, () => undefined))].map(([name, t]) => [t, name]))
  return { method: simclr, learner: { modules, ...inHalves(halves), show: () => [] }, names }
}

/** Two views that no draw changes, the picture and its mirror image. The temperature is learnt, by the second half alone. */
function mirrored(encoder: Encoder): Assembly {
  const projector = mlp([encoder.width, 24, 8], { norm: 'none' })
  const scale = variable([], filled(1)([]), 'gain')
  return assemblyOf(
    encoder,
    { projector, temperature: module({ scale }, x => x) },
    {
      embed({ image }) {
        const x = toFloat(image)
        return projector(encoder(concat([x, x.flip(3)]))).reshape(2, -1, 8)
      },
      compare(embeddings) {
        const { loss, accuracy } = ntXent(embeddings.reshape(-1, 8), 0.2)
        return { loss: loss.mul(scale.square()), metrics: { accuracy }, chance: Math.log(2 * BATCH - 1) }
      },
    },
  )
}

/** What steps on batches of noise give, and what all variables hold afterwards, in float64. */
async function trained(assembly: Assembly, changes: Partial<RunConfig>, steps = 1) {
  const config = configOf('simclr', {}, { batch: BATCH, optimiser: 'sgd', learningRate: 0.1, ...changes })
  const target = { device: 'cpu', precision: 'float64' } as const
  const stepper = stepperOf(assembly, config, target)
  const engine = new Engine({ ...target, threads: 1 })
  try {
    const { take } = await stepper.load(engine)
    await engine.write(initialValues(stepper.names, 0))
    const results: Record<string, number>[] = []
    for (let step = 0; step < steps; step++) {
      const schedules = { learningRate: [config.learningRate], step: [step], progress: [step / steps] }
      const given = await take({ image: whiteNoise(config, step) }, schedules, { seed: config.seed, step })
      results.push(Object.fromEntries(Object.entries(given).map(([name, [value]]) => [name, Number(value)])))
    }
    const values = await engine.read()
    return { results, values: new Map([...values].map(([name, data]) => [name, Array.from(data, Number)])), stepper }
  } finally {
    await engine.close()
  }
}

const convolutions = () =>
  encoderOf(
    sequential(
      conv2d(3, 8, 3, { stride: 2 }),
      groupNorm(8, 2),
      layer(x => x.relu()),
      conv2d(8, 16, 3),
      layer(globalAverage),
    ),
    16,
  )
const transformer = () => makeEncoder('vit:dim=24,depth=2,heads=2', { size: 16, channels: 3 })

test.each([
  ['a transformer', transformer, {}],
  ['convolutions with group norm, clipped', convolutions, { clip: 0.5 }],
  ['AdamW', convolutions, { optimiser: 'adamw', weightDecay: 0.1, learningRate: 1e-3 }],
] as const)('in chunks of any size the weights move as with the whole batch: %s', async (_, encoder, changes) => {
  const assembly = mirrored(encoder())
  const whole = await trained(assembly, changes, 2)
  const start = new Map(initialValues(whole.stepper.names, 0))
  const moves = (values: ReadonlyMap<string, readonly number[]>, name: string) =>
    values.get(name)?.map((value, i) => value - Number(start.get(name)?.[i]))
  for (const chunk of [4, 1]) {
    const parts = await trained(assembly, { ...changes, chunk }, 2)
    for (const [step, result] of whole.results.entries()) {
      expect(Object.keys(parts.results[step] ?? {}).toSorted()).toEqual(['accuracy', 'gradientNorm', 'loss'])
      for (const [name, value] of Object.entries(result))
        expect(relativeError([Number(parts.results[step]?.[name])], [value]), name).toBeLessThan(1e-10)
    }
    for (const name of start.keys()) {
      const expected = moves(whole.values, name) ?? []
      expect(Math.max(...expected.map(Math.abs)), name).toBeGreaterThan(1e-12)
      expect(relativeError(moves(parts.values, name), expected), name).toBeLessThan(1e-9)
    }
    expect(parts.stepper.state.map(({ name }) => name).toSorted()).toEqual(
      whole.stepper.state.map(({ name }) => name).toSorted(),
    )
    expect(parts.stepper).toMatchObject({ chance: whole.stepper.chance, viewsPerPicture: 1 })
  }
})

test('running statistics take every chunk in once', async () => {
  const encoder = encoderOf(sequential(batchNorm(3), conv2d(3, 4, 3), layer(globalAverage)), 4)
  const { values } = await trained(mirrored(encoder), { chunk: 4 })
  const noise = whiteNoise({ size: 16, channels: 3, batch: BATCH }, 0)
  const running = [0, 0, 0]
  for (let start = 0; start < noise.length; start += noise.length / 3) {
    const chunk = noise.subarray(start, start + noise.length / 3)
    for (const c of running.keys()) {
      const mean = chunk.reduce((sum, value, i) => (i % 3 === c ? sum + value / 255 : sum), 0) / (chunk.length / 3)
      running[c] = 0.9 * (running[c] ?? 0) + 0.1 * mean
    }
  }
  expect(relativeError(values.get('encoder.features.0.running_mean'), running)).toBeLessThan(1e-12)
})

test('both passes over a chunk draw the same, other chunks and steps draw otherwise', async () => {
  const w = variable([1], filled(1)([1]))
  const encoder = Object.assign(
    module({ w }, () => w),
    { width: 1, features: () => w, layers: ['w'], pool: 'mean' as const },
  )
  const assembly = assemblyOf(
    encoder,
    {},
    {
      embed: (_, draw) => w.mul(draw.uniform([1, 1, 1])),
      compare: e => ({ loss: e.square().sum(), metrics: { apart: e.max().sub(e.min()) }, chance: 1 }),
    },
  )
  const { results } = await trained(assembly, { batch: 4, chunk: 1, learningRate: 0 }, 2)
  for (const { loss, gradientNorm, apart } of results) {
    expect(gradientNorm).toBeCloseTo(2 * Number(loss), 12) // d/dw Σ(wu)² = 2Σu² at w = 1, were the draws u the same
    expect(apart).toBeGreaterThan(0)
  }
  expect(results[0]?.loss).not.toBe(results[1]?.loss)
})

test('every part of a step in chunks writes over its variables and gives its memory back', () => {
  const config = configOf('simclr', {}, { batch: BATCH, chunk: 4 })
  const target = { device: 'cpu', precision: 'float32' } as const
  const { embed, compare, backward, update } = chunkedPrograms(mirrored(transformer()), config, target)
  for (const { state, givesBack } of [embed, compare, backward, update]) {
    expect(givesBack).toBe(true)
    expect(state.filter(({ updated, inPlace }) => updated && !inPlace)).toEqual([])
  }
  expect(update.state.filter(({ updated }) => updated).length).toBeGreaterThan(update.state.length / 2)
})
