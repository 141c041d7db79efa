import { describe, expect, test } from 'vitest'
import { parseOptions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import {
  embeddingProgram,
  examinationProgram,
  represent,
  sampleOf,
  showProgram,
  trainingProgram,
} from '../assembly/programs.js'
import { plainReading } from '../data/index.js'
import type { Engine } from '../engine/engine.js'
import { openEngine } from '../engine/node/engine.js'
import { randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { initialValues } from '../nn/initialise.js'
import { variablesOf } from '../nn/module.js'
import { compile, type Program } from '../program/compile.js'
import { trace, variableOf } from '../program/trace.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { assembled, pictured } from '../training/testing.js'
import { labOf, lightness } from '../views/lab.js'
import { toFloat } from '../views/picture.js'
import { colorization } from './colorization.js'
import { mainEncoder } from './method.js'

const target = { device: 'cpu', precision: 'float32' } as const
const [batch, size] = [8, 16]
type Rgb = readonly [number, number, number]

/** uint8 [batch, size, size, 3], each pixel of the colour that a function of its place gives. */
const picturesOf = (colour: (n: number, y: number, x: number) => Rgb) =>
  Uint8Array.from(range(batch).flatMap(n => range(size).flatMap(y => range(size).flatMap(x => [...colour(n, y, x)]))))
const noise = (seed = 1) => Uint8Array.from(randomArray([batch, size, size, 3], { seed, low: 0, high: 256 }).values)
const grey = picturesOf((n, y, x) => [20 * n, 20 * n, 20 * n].map(v => v + y + x) as [number, number, number])

const prepare = (pictures: Uint8Array, options: Record<string, unknown> = {}, colours: 1 | 3 = 3) => {
  if (colorization.prepare === undefined) throw new Error('no prepare')
  const unasked = () => {
    throw new Error('colorization looks at values alone')
  }
  const found = colorization.prepare(
    {
      ...{ values: { image: pictures }, count: batch, channels: { image: { kind: 'image', size, colours } } },
      ...{ seed: 0, compute: unasked, earlier: unasked, makeEncoder: unasked },
    },
    parseOptions(colorization, options),
  )
  if (found instanceof Promise) throw new Error('colorization does not wait for anything')
  return found
}

const configOf = (prepared: unknown, options: Record<string, unknown> = {}): RunConfig => ({
  version: 3,
  method: 'colorization',
  options: parseOptions(colorization, { hidden: 16, ...options }),
  prepared: JSON.parse(JSON.stringify(prepared)),
  encoder: 'c4-half',
  channels: pictured(size),
  reading: plainReading,
  data: { source: 'random', records: batch, fingerprint: 'made up' },
  batch,
  steps: 10,
  seed: 0,
  optimiser: 'adamw',
  learningRate: 5e-3,
  weightDecay: 0,
  warmup: 0,
  products: 'fp32',
  clip: 0,
  device: 'cpu',
})

/** Trains on batches for some steps, then examines the last network on other pictures. */
async function train(config: RunConfig, batches: readonly Uint8Array[], heldOut?: Uint8Array) {
  const assembly = assembled(config)
  const { program, names, chance } = trainingProgram(assembly, config, target)
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('train', program)
    await engine.write(initialValues(names, config.seed))
    const before = await engine.read()
    const losses: number[] = []
    for (const [step, image] of batches.entries()) {
      const feeds = { image, learningRate: [config.learningRate], step: [step], progress: [0] }
      losses.push(Number((await engine.run('train', feeds, { seed: 1, step })).loss?.[0]))
    }
    const after = await engine.read()
    const trained = [...assembly.names].filter(([t]) => variableOf(t).role !== 'statistic').map(([, name]) => name)
    const unchanged = trained.filter(name => `${before.get(name)}` === `${after.get(name)}`)
    const { program: examination } = examinationProgram(assembly, batch, target)
    const measures = heldOut === undefined ? {} : numbers(await runOn(engine, examination, heldOut))
    return { losses, chance, unchanged, measures }
  } finally {
    await engine.close()
  }
}

async function runOn(engine: Engine, program: Program, image: Uint8Array) {
  await engine.load('once', program)
  return engine.run('once', { image })
}
const numbers = (results: Readonly<Record<string, ArrayLike<number | bigint> | undefined>>) =>
  Object.fromEntries(Object.entries(results).map(([name, values]) => [name, Number(values?.[0])]))

/** What an untrained network makes of some pictures. */
async function once(
  config: RunConfig,
  programOf: (assembly: ReturnType<typeof assembled>) => Program,
  image: Uint8Array,
) {
  const assembly = assembled(config)
  const program = programOf(assembly)
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('once', program)
    const values = new Map(initialValues(assembly.names, config.seed))
    await engine.write(new Map(program.state.map(({ name }) => [name, values.get(name) ?? []])))
    return await engine.run('once', { image })
  } finally {
    await engine.close()
  }
}

describe('before training', () => {
  test('finds the colours there are, and how common each is', () => {
    const { prepared, notes } = prepare(noise())
    const { bins, prior } = prepared as { bins: [number, number][]; prior: number[] }
    expect(prior.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9)
    expect(prior).toHaveLength(bins.length)
    expect(bins.length).toBeLessThanOrEqual(77)
    expect(bins.every(([a, b]) => a % 20 === 0 && b % 20 === 0)).toBe(true)
    expect(notes).toEqual([])
    const fine = prepare(noise(), { step: 10 }).prepared as { bins: unknown[] }
    expect(fine.bins.length).toBeGreaterThan(bins.length)
  })

  test('tells how many pictures are grey', () => {
    const mixed = noise()
    mixed.set(grey.subarray(0, 2 * size * size * 3))
    expect(prepare(mixed).notes).toEqual(['25 % of the pictures are grey and do not count'])
    expect(prepare(mixed, { skipGrey: false }).notes).toEqual(['25 % of the pictures are grey'])
  })

  test.each([
    ['grey pictures alone', () => prepare(grey), 'all 8 looked at are grey'],
    ['a grey store', () => prepare(noise().subarray(0, batch * size * size), {}, 1), '--channels 3'],
    [
      'a size that does not divide',
      () => assembled({ ...configOf(prepare(noise()).prepared), channels: pictured(18) }),
      '18 px do not divide by 4: use --size 20',
    ],
    [
      'a run on a grey store',
      () => assembled({ ...configOf(prepare(noise()).prepared), channels: pictured(size, 1) }),
      '--channels 3',
    ],
  ])('%s: wrong usage', (_, refused, says) => {
    expect(refused).toThrow(LacunaError)
    expect(refused).toThrow(says)
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe('the first step', () => {
  test('is near chance, the entropy of the rebalanced prior, and moves every weight', async () => {
    const { losses, chance, unchanged } = await train(configOf(prepare(noise()).prepared), [noise()])
    expect(chance).toBeGreaterThan(2)
    expect(Math.abs((losses[0] ?? 0) / chance - 1)).toBeLessThan(0.25)
    expect(unchanged).toEqual([])
  })

  test('on grey pictures costs nothing, unless they count', async () => {
    const { prepared } = prepare(noise())
    expect((await train(configOf(prepared), [grey])).losses).toEqual([0])
    expect((await train(configOf(prepared, { skipGrey: false }), [grey])).losses[0]).toBeGreaterThan(1)
  })

  test('shows the encoder one channel', () => {
    const { learner } = assembled(configOf(prepare(noise()).prepared))
    expect(variablesOf(mainEncoder(learner)[1]).get('body.0.weight')?.shape).toEqual([16, 1, 3, 3])
  })
})

/** Two colours of the same lightness, to a ten-millionth, and black */
const [pink, teal, black]: readonly Rgb[] = [
  [220, 113, 117],
  [75, 162, 103],
  [0, 0, 0],
] as const
const whole = { views: { crop: [1, 1], flip: 0 } }

test('colours that lightness gives away are learnt', async () => {
  // dark pixels are blue, light ones yellow
  const told = (seed: number) => {
    const { values } = randomArray([batch, 2, 2], { seed, low: 0 })
    return picturesOf((n, y, x) => {
      const light = (values[(n * 2 + (y >> 3)) * 2 + (x >> 3)] ?? 0) > 0.5
      return light ? [240, 220, 30] : [30, 40, 160]
    })
  }
  const config = configOf(prepare(told(0)).prepared, whole)
  const { measures } = await train(config, range(40).map(told), told(99))
  expect(measures['cross entropy/prior']).toBeGreaterThan(0.6)
  for (const name of ['cross entropy', 'rebalanced cross entropy'])
    expect(measures[name]).toBeLessThan(0.6 * (measures[`${name}/prior`] ?? 0))
  for (const name of ['distance from the true colour', 'distance, rare colours not lifted'])
    expect(measures[name]).toBeLessThan(0.6 * (measures[`${name}/grey`] ?? 0))
})

test('alarm: colours that lightness does not give away cost their entropy, however long one trains', async () => {
  const [pinkL] = labOf(pink.map(v => v / 255) as [number, number, number])
  const [tealL] = labOf(teal.map(v => v / 255) as [number, number, number])
  expect(Math.abs(pinkL - tealL)).toBeLessThan(1e-6)
  const hidden = (seed: number) => {
    const { values } = randomArray([batch, size, size], { seed, low: 0 })
    return picturesOf((n, y, x) => ((values[(n * size + y) * size + x] ?? 0) > 0.5 ? pink : teal))
  }
  const config = configOf(prepare(hidden(0)).prepared, whole)
  const { measures } = await train(config, range(40).map(hidden), hidden(99))
  expect(measures['cross entropy']).toBeGreaterThan(0.98 * (measures['cross entropy/prior'] ?? 9))
})

test('what is kept sees lightness alone', async () => {
  const pictures = (colour: Rgb) => picturesOf((n, y, x) => (((n + 1) * (y + x)) % 5 < 2 ? colour : black))
  const config = configOf(prepare(noise()).prepared)
  const features = async (image: Uint8Array) =>
    Array.from((await once(config, a => embeddingProgram(a, batch, target), image)).features ?? [], Number)
  const [first, twin, other] = [await features(pictures(pink)), await features(pictures(teal)), await features(noise())]
  expect(first).toHaveLength(batch * 128)
  const apart = (values: number[]) => Math.max(...values.map((value, i) => Math.abs(value - (first[i] ?? 0))))
  expect(apart(twin)).toBeLessThan(1e-5)
  expect(apart(other)).toBeGreaterThan(0.01)
})

test.each(['vit:dim=24,depth=1,heads=2,patch=4', 'vit:dim=24,depth=1,heads=2,patch=8,class=false'])(
  'works on the tokens of %s',
  async encoder => {
    const { losses, chance, unchanged } = await train({ ...configOf(prepare(noise()).prepared), encoder }, [noise()])
    expect(Math.abs((losses[0] ?? 0) / chance - 1)).toBeLessThan(0.25)
    expect(unchanged).toEqual([])
  },
)

test('of a transformer the mean over the patches is kept: nothing is asked of its class token', async () => {
  const config = { ...configOf(prepare(noise()).prepared), encoder: 'vit:dim=24,depth=1,heads=2,patch=4' }
  const both = (assembly: ReturnType<typeof assembled>) => {
    const { learner, names } = assembly
    const sample = sampleOf(assembly.channels, batch)
    const { result: outputs } = trace({ training: false }, () => ({
      kept: represent(assembly, sample),
      tokens: mainEncoder(learner)[1].features(
        lightness(toFloat(sample.image as Tensor))
          .div(50)
          .sub(1),
      ),
    }))
    return compile({ outputs, names }, target)
  }
  const { kept = [], tokens = [] } = await once(config, both, noise())
  expect(kept).toHaveLength(batch * 24)
  for (const [n, c] of [
    [0, 0],
    [5, 17],
  ] as const) {
    const mean = range(16).reduce((sum, i) => sum + Number(tokens[(n * 17 + 1 + i) * 24 + c]) / 16, 0)
    expect(kept[24 * n + c]).toBeCloseTo(mean, 4)
  }
})

test('shows the lightness, a guess as light as the picture, and the truth', async () => {
  const config = configOf(prepare(noise()).prepared)
  const image = noise()
  const shown = await once(config, a => showProgram(a, batch, target).program, image)
  expect(Array.from(shown[2] ?? [], Number)).toEqual([...image])
  const column = Array.from(shown[0] ?? [], Number)
  for (let i = 0; i < image.length; i += 300) {
    const place = i - (i % 3)
    const pixel = (of: ArrayLike<number>) => [0, 1, 2].map(c => (of[place + c] ?? 0) / 255) as [number, number, number]
    expect(new Set(pixel(column)).size).toBe(1)
    expect(Math.abs(labOf(pixel(column))[0] - labOf(pixel(image))[0])).toBeLessThan(0.4)
  }
  expect(shown[1]).toHaveLength(image.length)
  expect(Array.from(shown[1] ?? [], Number)).not.toEqual(column)
})
