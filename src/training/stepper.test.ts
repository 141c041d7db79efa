import { describe, expect, test } from 'vitest'
import { accumulatedPrograms } from '../assembly/accumulated.js'
import { type Assembly, variablesNamed } from '../assembly/assemble.js'
import { cachedPrograms } from '../assembly/cached.js'
import type { RunConfig } from '../assembly/config.js'
import { openEngine } from '../engine/node/engine.js'
import { maxAbs, relativeError } from '../engine/testing.js'
import { ntXent } from '../losses/ntxent.js'
import { compared, type Learner } from '../methods/method.js'
import { simclr } from '../methods/simclr.js'
import type { Encoder } from '../nn/encoder.js'
import { makeEncoder } from '../nn/encoders.js'
import { initialValues } from '../nn/initialise.js'
import { batchNorm, conv2d, globalAverage, groupNorm, mlp } from '../nn/layers.js'
import { layer, type Module, module, sequential } from '../nn/module.js'
import { filled, variable } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import type { Tensor } from '../tensor/tensor.js'
import { toFloat } from '../views/picture.js'
import { stepperOf } from './stepper.js'
import { assembled, configOf, pictured, whiteNoise } from './testing.js'

const BATCH = 12
const target = { device: 'cpu', precision: 'float64' } as const

const encoderOf = (features: Module, width: number): Encoder =>
  Object.assign(module({ features }, features), {
    width,
    features: (x: Tensor) => features(x),
    reads: 'image' as const,
    layers: ['body'],
    pool: 'mean' as const,
  })

function assemblyOf(encoder: Encoder, heads: Learner['heads'], training: Learner['training']): Assembly {
  const learner: Learner = { kept: { encoder }, heads, training, show: () => [] }
  const channels = { image: { kind: 'image', size: 16, colours: 3 } } as const
  return { method: simclr, learner, channels, names: variablesNamed(learner) }
}

/** Two views that no draw changes, the picture and its mirror image. The temperature is learnt, by the comparison alone. */
function mirrored(encoder: Encoder): Assembly {
  const projector = mlp([encoder.width, 24, 8], { norm: 'none' })
  const scale = variable([], filled(1)([]), 'gain')
  return assemblyOf(
    encoder,
    { projector, temperature: module({ scale }, x => x) },
    compared({
      embed({ image }) {
        const x = toFloat(image as Tensor)
        const z = projector(encoder(concat([x, x.flip(3)])))
        return { own: z.slice(0, 0, x.shape[0]), mirrored: z.slice(0, x.shape[0] ?? 0) }
      },
      compare({ own, mirrored }) {
        const { loss, accuracy } = ntXent(concat([own, mirrored]), 0.2)
        return { loss: loss.mul(scale.square()), metrics: { accuracy }, chance: Math.log(2 * BATCH - 1) }
      },
    }),
  )
}

/** What steps on batches of noise give, and what all variables hold afterwards, in float64. */
async function trained(assembly: Assembly, changes: Partial<RunConfig>, steps = 1) {
  const config = configOf('simclr', {}, { batch: BATCH, optimiser: 'sgd', learningRate: 0.1, ...changes })
  const stepper = stepperOf(assembly, config, target)
  const engine = openEngine({ ...target, threads: 1 })
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

/**
 * Steps in chunks give the figures of whole ones, and leave the same state behind.
 * @param still the one variable that has no gradient
 */
async function agree(
  assembly: Assembly,
  changes: Partial<RunConfig>,
  chunks: readonly number[],
  still?: string,
): Promise<void> {
  const whole = await trained(assembly, changes, 2)
  const start = new Map(initialValues(whole.stepper.names, 0))
  const moves = (values: ReadonlyMap<string, readonly number[]>, name: string) =>
    values.get(name)?.map((value, i) => value - Number(start.get(name)?.[i]))
  for (const chunk of chunks) {
    const parts = await trained(assembly, { ...changes, chunk }, 2)
    for (const [step, result] of whole.results.entries()) {
      expect(Object.keys(parts.results[step] ?? {}).toSorted()).toEqual(Object.keys(result).toSorted())
      for (const [name, value] of Object.entries(result))
        if (name !== 'explained')
          // a quotient of two means, where the parts give the mean of their quotients
          expect(relativeError([Number(parts.results[step]?.[name])], [value]), name).toBeLessThan(1e-9)
    }
    for (const name of start.keys()) {
      const [expected, found] = [moves(whole.values, name) ?? [], moves(parts.values, name) ?? []]
      if (maxAbs(expected) > 1e-12)
        expect(relativeError(found, expected), `${name}, chunks of ${chunk}`).toBeLessThan(1e-9)
      else
        expect([name, maxAbs(found) < 1e-12]).toEqual([
          still === undefined ? '' : expect.stringMatching(new RegExp(`${still}$`)),
          true,
        ])
    }
    const names = (stepper: typeof whole.stepper) => stepper.state.map(({ name }) => name).toSorted()
    expect(names(parts.stepper)).toEqual(names(whole.stepper))
    const { chance, viewsPerSample } = whole.stepper
    expect(parts.stepper).toMatchObject({ chance, viewsPerSample })
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
const small = 'vit:dim=24,depth=1,heads=2,patch=4'
const transformer = () => makeEncoder('vit:dim=24,depth=2,heads=2', { size: 16, channels: 3 })

describe('in chunks of any size the weights move as with the whole batch', () => {
  test.each([
    ['a transformer', transformer, {}],
    ['convolutions with group norm, clipped', convolutions, { clip: 0.5 }],
    ['a transformer that computes activations again', transformer, { checkpointActivations: true }],
    ['AdamW', convolutions, { optimiser: 'adamw', weightDecay: 0.1, learningRate: 1e-3 }],
  ] as const)('%s', async (_, encoder, changes) => agree(mirrored(encoder()), changes, [4, 1]))

  test('SimCLR itself, with crops, jitter, greyscale, blur and solarisation', async () => {
    const options = { views: { blur: 0.5, solarise: 0.3 } }
    await agree(assembled(configOf('simclr', options, { encoder: small })), {}, [6, 3, 1], 'encoder.norm.bias') // taken out by the projector's batch norm
  })

  test.each([
    ['rotation', {}],
    ['mae', { prepared: { mean: [0.5, 0.5, 0.5], variance: 0.1 } }],
  ])('%s', async (method, changes) => {
    await agree(assembled(configOf(method, {}, { encoder: small, ...changes })), {}, [4, 1])
  })

  test('samples that weigh more than others', async () => {
    const encoder = convolutions()
    const training: Learner['training'] = {
      step({ image }) {
        const x = toFloat(image as Tensor)
        const weight = x.slice(1, 0, 1).mean([1, 2, 3]).square()
        const loss = encoder(x).square().mean(1).mul(weight).sum().div(weight.sum())
        return { loss, chance: 1, weight: weight.sum() }
      },
    }
    await agree(assemblyOf(encoder, {}, training), {}, [4, 1])
  })

  test('an adversary too', async () => {
    const [w, d] = [1, 2].map(value => variable([3], filled(value)([3]))) as [Tensor, Tensor]
    const judge = module({ d }, () => d)
    const encoder = encoderOf(
      module({ w }, (x: Tensor) => x.mean([2, 3]).mul(w)),
      3,
    )
    const training: Learner['training'] = {
      step({ image }) {
        const judged = encoder(toFloat(image as Tensor)).mul(d)
        const loss = judged.square().mean()
        return { loss, chance: 1, adversary: { loss: judged.sub(1).square().mean(), modules: [judge], rate: 3 } }
      },
    }
    await agree(assemblyOf(encoder, { judge }, training), {}, [4, 1])
  })
})

test('running statistics take every chunk in once', async () => {
  const encoder = encoderOf(sequential(batchNorm(3), conv2d(3, 4, 3), layer(globalAverage)), 4)
  const noise = whiteNoise({ channels: pictured(16), batch: BATCH }, 0)
  const running = [0, 0, 0]
  for (let start = 0; start < noise.length; start += noise.length / 3) {
    const chunk = noise.subarray(start, start + noise.length / 3)
    for (const c of running.keys()) {
      const mean = chunk.reduce((sum, value, i) => (i % 3 === c ? sum + value / 255 : sum), 0) / (chunk.length / 3)
      running[c] = 0.9 * (running[c] ?? 0) + 0.1 * mean
    }
  }
  const training: Learner['training'] = {
    step: ({ image }) => ({
      loss: encoder(toFloat(image as Tensor))
        .square()
        .mean(),
      chance: 1,
    }),
  }
  for (const assembly of [mirrored(encoder), assemblyOf(encoder, {}, training)]) {
    const { values } = await trained(assembly, { chunk: 4 })
    expect(relativeError(values.get('encoder.features.0.running_mean'), running)).toBeLessThan(1e-12)
  }
})

test('both passes over a chunk draw the same, other chunks and steps draw otherwise', async () => {
  const w = variable([1], filled(1)([1]))
  const encoder = Object.assign(
    module({ w }, () => w),
    { reads: 'image' as const, width: 1, features: () => w, layers: ['w'], pool: 'mean' as const },
  )
  const training = compared({
    embed: (_, draw) => ({ e: w.mul(draw.uniform([1, 1])) }),
    compare: ({ e }) => ({ loss: e.square().sum(), metrics: { apart: e.max().sub(e.min()) }, chance: 1 }),
  })
  const { results } = await trained(assemblyOf(encoder, {}, training), { batch: 4, chunk: 1, learningRate: 0 }, 2)
  for (const { loss, gradientNorm, apart } of results) {
    expect(gradientNorm).toBeCloseTo(2 * Number(loss), 12) // d/dw Σ(wu)² = 2Σu² at w = 1, were the draws u the same
    expect(apart).toBeGreaterThan(0)
  }
  expect(results[0]?.loss).not.toBe(results[1]?.loss)
})

test('every part of a step in chunks writes over its variables and gives its memory back', () => {
  const config = configOf('simclr', {}, { batch: BATCH, chunk: 4 })
  const single = { device: 'cpu', precision: 'float32' } as const
  const assembly = mirrored(transformer())
  const { training } = assembly.learner
  if ('step' in training) throw new Error('compares embeddings')
  const { embed, compare, backward, update } = cachedPrograms(assembly, training, config, single)
  const rotation = { ...config, method: 'rotation', options: {} }
  const summed = accumulatedPrograms(assembled(rotation), rotation, single)
  for (const { state, givesBack } of [embed, compare, backward, update, summed.gradient, summed.update]) {
    expect(givesBack).toBe(true)
    expect(state.filter(({ updated, inPlace }) => updated && !inPlace)).toEqual([])
  }
  for (const { state } of [update, summed.update])
    expect(state.filter(({ updated }) => updated).length).toBeGreaterThan(state.length / 2)
})
