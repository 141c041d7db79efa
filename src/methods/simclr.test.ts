import { describe, expect, test } from 'vitest'
import { parseOptions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { sampleOf, trainingProgram } from '../assembly/programs.js'
import { imageIn } from '../channels/bound.js'
import { plainReading } from '../data/index.js'
import { openEngine } from '../engine/node/engine.js'
import { randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { initialValues } from '../nn/initialise.js'
import { variablesOf } from '../nn/module.js'
import { compile } from '../program/compile.js'
import { trace, variableOf } from '../program/trace.js'
import { assembled, pictured } from '../training/testing.js'
import { mainEncoder } from './method.js'
import { simclr } from './simclr.js'

const target = { device: 'cpu', precision: 'float32' } as const
/** Both views are the picture itself. */
const still = { crop: [1, 1], aspect: [1, 1], flip: 0, jitter: 0, greyscale: 0 }

const configOf = (colours: 1 | 3, batch: number, options: Record<string, unknown> = {}): RunConfig => ({
  version: 3,
  method: 'simclr',
  options: parseOptions(simclr, options),
  encoder: 'c4-half',
  channels: pictured(16, colours),
  reading: plainReading,
  data: { source: 'random', records: batch, fingerprint: 'made up' },
  batch,
  steps: 10,
  seed: 0,
  optimiser: 'adamw',
  learningRate: 1e-3,
  weightDecay: 0,
  warmup: 0,
  products: 'fp32',
  clip: 0,
  device: 'cpu',
})

const noise = ({ batch, channels }: RunConfig) =>
  Uint8Array.from(randomArray([batch, 16, 16, imageIn(channels).colours], { low: 0, high: 256 }).values)

/** The first step of a network with its first values. */
async function firstStep(config: RunConfig, image = noise(config)) {
  const assembly = assembled(config)
  const { program, names, chance } = trainingProgram(assembly, config, target)
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('train', program)
    await engine.write(initialValues(names, config.seed))
    const before = await engine.read()
    const feeds = { image, learningRate: [config.learningRate], step: [0], progress: [0] }
    const results = await engine.run('train', feeds, { seed: 1, step: 0 })
    const after = await engine.read()
    const trained = [...assembly.names].filter(([t]) => variableOf(t).role !== 'statistic').map(([, name]) => name)
    const unchanged = trained.filter(name => Buffer.compare(bytes(before.get(name)), bytes(after.get(name))) === 0)
    const number = (name: string) => Number(results[name]?.[0])
    return { loss: number('loss'), accuracy: number('accuracy'), chance, unchanged }
  } finally {
    await engine.close()
  }
}
const bytes = (values: ArrayLike<number | bigint> | undefined) =>
  Buffer.from(Float32Array.from(values ?? [], Number).buffer)

describe('the first step', () => {
  test.each([1, 3] as const)(
    'with %i channel(s) is near chance, ln(2N − 1), and moves every weight',
    async channels => {
      const { loss, accuracy, chance, unchanged } = await firstStep(configOf(channels, 16))
      expect(chance).toBeCloseTo(Math.log(31), 12)
      expect(Math.abs(loss / chance - 1)).toBeLessThan(0.15)
      expect(accuracy).toBeLessThan(0.9)
      expect(unchanged).toEqual([])
    },
  )

  test('on equal pictures that nothing changes is chance', async () => {
    const config = configOf(3, 8, { views: still })
    const picture = noise(configOf(3, 1))
    const { loss } = await firstStep(
      config,
      Uint8Array.from(
        Array(8)
          .fill([...picture])
          .flat(),
      ),
    )
    expect(loss).toBeCloseTo(Math.log(15), 4)
  })

  test('on different pictures that nothing changes finds every twin', async () => {
    const { loss, accuracy, chance } = await firstStep(configOf(3, 8, { views: still }))
    expect(accuracy).toBe(1)
    expect(loss).toBeLessThan(chance)
  })

  test('with a lower temperature is surer of what it finds', async () => {
    const [cold, warm] = [0.1, 0.5].map(temperature => firstStep(configOf(3, 8, { views: still, temperature })))
    expect((await cold)?.loss).toBeLessThan(((await warm)?.loss ?? 0) / 2)
  })
})

test('the projector compares as many numbers as asked for; the encoder keeps its own', () => {
  const { learner } = assembled(configOf(3, 8, { projection: 24 }))
  expect(mainEncoder(learner)[1].width).toBe(128)
  const projector = learner.heads?.projector
  const shapes = projector === undefined ? [] : [...variablesOf(projector).values()].map(({ shape }) => shape)
  expect(shapes.filter(shape => shape.length === 2)).toEqual([
    [128, 128],
    [24, 128],
  ])
})

test('it shows two different views of each picture', async () => {
  const config = configOf(3, 4)
  const { learner, channels } = assembled(config)
  const { result, trace: traced } = trace({ training: false }, draw => learner.show(sampleOf(channels, 4), draw))
  const outputs = Object.fromEntries(result.map(({ title, values }) => [title, values]))
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('show', compile({ outputs, draws: traced.draws }, target))
    const results = await engine.run('show', { image: noise(config) })
    const [shown = [], twin = []] = [results.shown, results['its twin, to be found']].map(v =>
      Array.from(v ?? [], Number),
    )
    expect(shown).toHaveLength(4 * 3 * 16 * 16)
    for (let i = 0; i < 4; i++) {
      const apart = shown.slice(768 * i, 768 * (i + 1)).map((value, k) => Math.abs(value - (twin[768 * i + k] ?? 0)))
      expect(Math.max(...apart)).toBeGreaterThan(0.05)
    }
  } finally {
    await engine.close()
  }
})

describe('options', () => {
  test('have their defaults, those of the views too', () => {
    expect(parseOptions(simclr, { views: { flip: 0 } })).toMatchObject({
      temperature: 0.5,
      projection: 128,
      views: { crop: [0.2, 1], flip: 0, greyscale: 0.2 },
    })
  })

  test.each([
    [{ temprature: 0.5 }, 'temprature'],
    [{ temperature: 0 }, 'temperature'],
    [{ projection: 1.5 }, 'projection'],
    [{ views: { crops: [0.2, 1] } }, 'views: unknown "crops" (did you mean crop?)'],
    [{ views: { crop: [0.5, 0.2] } }, 'views.crop: the smaller number comes first'],
  ])('%j is refused by name, as wrong usage', (options, says) => {
    const refused = () => parseOptions(simclr, options)
    expect(refused).toThrow(LacunaError)
    expect(refused).toThrow(says)
    expect(refused).toThrow('lacuna methods simclr')
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})
