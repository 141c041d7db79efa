import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { host } from '#host'
import type { RunConfig } from '../assembly/config.js'
import { trainingProgram } from '../assembly/programs.js'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { targetFor } from '../engine/host.js'
import { openEngine } from '../engine/node/engine.js'
import { initialValues } from '../nn/initialise.js'
import type { Products } from '../program/lowering/emitter.js'
import { readConfig } from '../runs/config.js'
import { readMetrics } from '../runs/metrics.js'
import type { PretrainOptions } from './options.js'
import { pretrain } from './pretrain.js'
import { productsFor } from './products.js'
import { assembled, configOf, pictured, whiteNoise } from './testing.js'

const encoder = 'vit:dim=96,depth=2,heads=3,patch=4'
/** A transformer, and convolutions with a batch norm behind each, with enough to multiply */
const learners = [
  [encoder, {}],
  ['c4', { batch: 32, channels: pictured(32) }],
] as const
const exact = (await host.int8('cpu'))?.exact === true
const probed = (exact: boolean, gain: number) => vi.spyOn(host, 'int8').mockResolvedValue({ exact, gain })
afterEach(() => vi.restoreAllMocks())

const options = {
  ...{ encoder, batch: 8, threads: 1, steps: 4, seed: 3, products: 'int8' },
  options: { projection: 16, views: { crop: [0.6, 1], jitter: 0, greyscale: 0 } },
} as const satisfies Omit<PretrainOptions, 'out'>
const trained = (out: string, more: Partial<PretrainOptions> = {}) =>
  pretrain('simclr', memorySet(20), { ...options, ...more, out })
const stateOf = (out: string) => hashed(readFileSync(join(out, 'checkpoint', 'state.safetensors')))
const hashed = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe.skipIf(!exact)('a training with products in int8', () => {
  test('is kept in its configuration, and resumed to the last bit of one that was not interrupted', async () => {
    probed(true, 2)
    const [whole, parted, float] = ['whole', 'parted', 'float'].map(name => join(temporaryFolder(), name)) as [
      string,
      string,
      string,
    ]
    await trained(whole)
    const controller = new AbortController()
    let taken = 0
    const onStep = () => ++taken === 2 && controller.abort()
    expect((await trained(parted, { signal: controller.signal, onStep })).interrupted).toBe(true)
    expect(readConfig(parted).products).toBe('int8')
    probed(true, 0.5) // timing is for new runs
    await trained(parted, { resume: true, products: 'auto' })
    expect(stateOf(parted)).toBe(stateOf(whole))
    await trained(float, { products: 'fp32' })
    expect(readConfig(float).products).toBe('fp32')
    expect(stateOf(float)).not.toBe(stateOf(whole))
  })

  test.each(learners)('by %s learns about as in fp32', async (encoder, changes) => {
    const run = { ...changes, encoder }
    const losses = { fp32: await losesOf(run, 'fp32'), int8: await losesOf(run, 'int8') }
    expect(losses.int8).not.toEqual(losses.fp32)
    const [start, end] = [0, 1].map(i => losses.fp32[i] ?? Number.NaN) as [number, number]
    expect(end).toBeLessThan(start - 0.3)
    expect(Math.abs((losses.int8[0] ?? Number.NaN) - start)).toBeLessThan(0.05)
    expect(Math.abs((losses.int8[1] ?? Number.NaN) - end)).toBeLessThan(0.1)
  })

  test('has the same bits on any number of threads', async () => {
    const [one, ...others] = [await stepped(1), await stepped(2), await stepped(4)]
    for (const other of others) expect(other).toEqual(one)
  })
})

/** The mean losses of the first and of the last steps, on pictures that can be told apart. */
async function losesOf(run: Partial<RunConfig>, products: Products): Promise<[number, number]> {
  const { losses } = await steps(run, products, 40, 1)
  const mean = (some: readonly number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length
  return [mean(losses.slice(0, 3)), mean(losses.slice(-10))]
}

const stepped = async (threads: number) => {
  const { state } = await steps({ encoder }, 'int8', 3, threads)
  return [...state].map(([name, values]) => [name, hashed(values as Float32Array as unknown as Uint8Array)])
}

async function steps(run: Partial<RunConfig>, products: Products, count: number, threads: number) {
  const config = configOf('simclr', { views: { jitter: 0, greyscale: 0 } }, { batch: 16, learningRate: 1e-3, ...run })
  const target = { ...(await targetFor(host, { device: 'cpu', precision: 'float32' })), products }
  const { program, names } = trainingProgram(assembled(config), config, target)
  const engine = openEngine({ device: 'cpu', precision: 'float32', threads })
  try {
    await engine.load('train', program)
    await engine.write(new Map(initialValues(names, config.seed)))
    const losses: number[] = []
    for (let step = 0; step < count; step++) {
      const feeds = {
        image: coloured(config, step),
        learningRate: [config.learningRate],
        step: [step],
        progress: [0],
      }
      const { loss } = await engine.run('train', feeds, { seed: config.seed, step })
      losses.push(Number(loss?.[0]))
    }
    return { losses, state: await engine.read() }
  } finally {
    await engine.close()
  }
}

/** Noise around a colour of its own in each picture */
function coloured(config: RunConfig, number: number): Uint8Array {
  const { batch } = config
  const colours = whiteNoise({ channels: pictured(1), batch }, number)
  const noise = whiteNoise(config, number)
  const numbers = noise.length / batch
  return noise.map((value, i) => (value + 3 * (colours[3 * Math.floor(i / numbers) + (i % 3)] ?? 0)) / 4)
}

describe('where products in int8 are', () => {
  test('wrong, a new run is trained in fp32 and says so', async () => {
    probed(false, 3)
    const out = join(temporaryFolder(), 'run')
    const notes: string[] = []
    await trained(out, { onNote: note => notes.push(note), steps: 1 })
    expect(notes).toContain(
      '--products int8: this processor gives wrong numbers for them, as those without VNNI do; the run is trained in fp32',
    )
    expect(readConfig(out).products).toBe('fp32')
    expect(readMetrics(out, 1)).toHaveLength(1)
  })

  test('wrong, a run that began with them goes on in fp32 and says so', async () => {
    probed(true, 2)
    const out = join(temporaryFolder(), 'run')
    await trained(out, { steps: 1 })
    probed(false, 2)
    const notes: string[] = []
    await trained(out, { steps: 2, resume: true, onNote: note => notes.push(note) })
    expect(notes.join()).toContain('the run was started in int8, but this processor gives wrong numbers')
    expect(readConfig(out).products).toBe('int8')
  })

  test.each([
    { asked: 'auto', exact: true, gain: 2, products: 'int8' },
    { asked: 'auto', exact: true, gain: 0.5, products: 'fp32' },
    { asked: 'auto', exact: false, gain: 3, products: 'fp32' },
    { asked: 'int8', exact: true, gain: 0.5, products: 'int8' }, // as a run that is repeated asks for them
    { asked: 'fp32', exact: true, gain: 2, products: 'fp32' },
  ] as const)('right: $exact, and $gain times as fast, --products $asked is $products', async one => {
    probed(one.exact, one.gain)
    const notes: string[] = []
    expect(await productsFor(one.asked, 'cpu', note => notes.push(note))).toBe(one.products)
    expect(notes).toEqual([])
  })

  test('right and faster, a run that is told nothing is in them', async () => {
    probed(exact, 2)
    const out = join(temporaryFolder(), 'run')
    await trained(out, { products: undefined, steps: 1 })
    expect(readConfig(out).products).toBe(exact ? 'int8' : 'fp32')
  })

  test('not there, as on other devices, a run that is told nothing is in fp32', async () => {
    vi.spyOn(host, 'int8').mockResolvedValue(undefined)
    expect(await productsFor(undefined, 'webgpu', undefined)).toBe('fp32')
  })

  test('asked for, what is evaluated stays in fp32', async () => {
    expect(await targetFor(host, { device: 'cpu', precision: 'float32' })).not.toHaveProperty('products')
  })
})
