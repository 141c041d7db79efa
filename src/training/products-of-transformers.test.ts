import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { host } from '#host'
import { trainingProgram } from '../assembly/programs.js'
import type { image, text } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { targetFor } from '../engine/host.js'
import { openEngine } from '../engine/node/engine.js'
import { array, distance, randomArray } from '../engine/testing.js'
import { voices } from '../methods/testing.js'
import { logMelEncoder } from '../nn/audio/log-mel.js'
import { heard, noise } from '../nn/audio/testing.js'
import { initialValues } from '../nn/initialise.js'
import { runModule } from '../nn/testing.js'
import { textTransformer } from '../nn/text/transformer.js'
import type { Values } from '../program/values.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { range } from '../tensor/shape.js'
import type { PretrainOptions } from './options.js'
import { pretrain } from './pretrain.js'
import { assembled, configOf, pictured, whiteNoise } from './testing.js'

const exact = (await host.int8('cpu'))?.exact === true
beforeEach(() => {
  vi.spyOn(host, 'int8').mockResolvedValue({ exact: true, gain: 2 }) // timing is for new runs
})
afterEach(() => vi.restoreAllMocks())

/** Grey levels and what they are called, in captions of several lengths. */
const captioned = setInMemory<{ image: ReturnType<typeof image>; text: ReturnType<typeof text> }>(
  {
    image: memoryColumn(
      { kind: 'image', size: 16, colours: 1 },
      range(64).map(i => Array(256).fill(3 * i)),
    ),
    text: memoryColumn(
      { kind: 'text', vocabulary: 256, length: 100 },
      range(64).map(i => Buffer.from(`picture ${i}${i % 3 === 0 ? ' of a level between black and white' : ''}`)),
    ),
  },
  numbered(64),
)
const speech = voices(32) // of half a second and more, in windows of one

/** Trainings of transformers: of pictures, to compare with, of texts, and of sound with norms before and after. */
const trainings = {
  pictures: (more: Partial<PretrainOptions>) =>
    pretrain('simclr', memorySet(64), {
      ...{ encoder: 'vit:dim=96,depth=2,heads=3,patch=4', batch: 16, ...more, out: more.out ?? '' },
      options: { views: { jitter: 0, greyscale: 0 } },
    }),
  texts: (more: Partial<PretrainOptions>) =>
    pretrain('clip', captioned, {
      ...{ encoder: 'c4-half', batch: 32, ...more, out: more.out ?? '' },
      options: { text: 'text:dim=128,depth=2,heads=4', tokens: 16, vocabulary: 300 },
    }),
  'log-mel frames': (more: Partial<PretrainOptions>) =>
    pretrain('best-rq', speech, {
      ...{ encoder: 'log-mel:dim=96,depth=2,heads=3', batch: 16, ...more, out: more.out ?? '' },
      options: { seconds: 1, codes: 32, bands: 20, span: 4, start: 0.12 },
    }),
  waves: (more: Partial<PretrainOptions>) =>
    pretrain('wav2vec2', speech, {
      ...{ encoder: 'wav2vec2-small', batch: 8, ...more, out: more.out ?? '' },
      options: { seconds: 1, codes: 8, projection: 16, span: 4, start: 0.12 },
    }),
  'convolutions of waves': (more: Partial<PretrainOptions>) =>
    pretrain('cpc', speech, {
      ...{ encoder: 'cpc-small', batch: 8, ...more, out: more.out ?? '' },
      options: { seconds: 1, count: 16 },
    }),
}
type Kind = keyof typeof trainings
const shared = { threads: 1, seed: 3, products: 'int8' } as const
const stateOf = (out: string) => readFileSync(join(out, 'checkpoint', 'state.safetensors'))

/** How far gradients of weights are from those in fp32, in the first step: AdamW keeps a share of them. */
async function gradientErrors(kind: Kind): Promise<number[]> {
  const [float, int8] = [join(temporaryFolder(), 'fp32'), join(temporaryFolder(), 'int8')]
  await trainings[kind]({ ...shared, steps: 1, products: 'fp32', out: float })
  await trainings[kind]({ ...shared, steps: 1, out: int8 })
  const found = loadCheckpoint(int8).values
  return [...loadCheckpoint(float).values].flatMap(([name, right]) =>
    /^optimiser\.mean\..*(layers\.|blocks\.|conv).*weight$/.test(name) && right.length >= 96 ** 2
      ? [distance(found.get(name), right)]
      : [],
  )
}

const pairs = { batch: 32, channels: { ...pictured(16), text: { kind: 'text', vocabulary: 300, length: 16 } } } as const
const spoken = { batch: 16, channels: { audio: { kind: 'audio', rate: 16_000, length: 16_000 } } } as const
const lengths = range(spoken.batch).map(i => 8000 + 500 * i)
const noises = {
  texts: {
    config: configOf('clip', { text: 'text:dim=128,depth=2,heads=4', tokens: 16, vocabulary: 300 }, pairs),
    feeds: {
      image: whiteNoise(pairs, 1),
      text: range(pairs.batch * 16).map(i => (i % 16 === 15 ? 299 : (i * 37) % 298)),
    },
  },
  'log-mel frames': {
    config: configOf(
      'best-rq',
      { seconds: 1, codes: 32, bands: 20, span: 4, start: 0.12 },
      { ...spoken, encoder: 'log-mel:dim=96,depth=2,heads=3', prepared: { seed: 0, counts: [Array(32).fill(1)] } },
    ),
    feeds: { audio: noise(lengths, 16_000).values, 'audio.lengths': lengths },
  },
}

/** The bytes of all variables after three steps in int8 on noise. */
async function stepped(kind: keyof typeof noises, threads: number): Promise<Buffer> {
  const { config, feeds } = noises[kind]
  const target = { ...(await targetFor(host, { device: 'cpu', precision: 'float32' })), products: 'int8' } as const
  const { program, names } = trainingProgram(assembled(config), config, target)
  const engine = openEngine({ device: 'cpu', precision: 'float32', threads })
  try {
    await engine.load('train', program)
    await engine.write(new Map(initialValues(names, config.seed)))
    for (let step = 0; step < 3; step++)
      await engine.run(
        'train',
        { ...feeds, learningRate: [config.learningRate], step: [step], progress: [0] },
        { seed: config.seed, step },
      )
    const bytes = ({ buffer, byteOffset, byteLength }: Values) => Buffer.from(buffer, byteOffset, byteLength)
    return Buffer.concat([...(await engine.read()).values()].map(bytes))
  } finally {
    await engine.close()
  }
}

describe.skipIf(!exact)('products in int8', () => {
  test.each([
    ['pictures', 0.3],
    ['texts', 0.1],
    ['log-mel frames', 0.04],
    ['waves', 0.2],
    ['convolutions of waves', 0.2],
  ] as const)('of %s give gradients within a share of %d of those in fp32', async (kind, most) => {
    const errors = await gradientErrors(kind)
    expect(errors.length).toBeGreaterThan(3)
    expect(Math.max(...errors)).toBeLessThan(most)
    expect(Math.min(...errors)).toBeGreaterThan(1e-4)
  })

  test.each(['texts', 'log-mel frames'] as const)('of %s are resumed to the same bits', async kind => {
    const [whole, parted, float] = ['whole', 'parted', 'float'].map(name => join(temporaryFolder(), name)) as [
      string,
      string,
      string,
    ]
    await trainings[kind]({ ...shared, steps: 3, out: whole })
    const stop = new AbortController()
    await trainings[kind]({
      ...{ ...shared, steps: 3, out: parted },
      ...{ signal: stop.signal, onStep: () => stop.abort() },
    })
    expect(loadCheckpoint(parted).step).toBe(1)
    await trainings[kind]({ threads: 1, out: parted, resume: true })
    expect(stateOf(parted).equals(stateOf(whole))).toBe(true)
    await trainings[kind]({ ...shared, steps: 3, out: float, products: 'fp32' })
    expect(stateOf(float).equals(stateOf(whole))).toBe(false)
  })

  test.each(['texts', 'log-mel frames'] as const)('of %s have the same bits on any number of threads', async kind => {
    const [one, ...others] = [await stepped(kind, 1), await stepped(kind, 2), await stepped(kind, 3)]
    for (const other of others) expect(other.equals(one)).toBe(true)
  })

  test('are as exact with padding after each recording as without', async () => {
    const encoder = logMelEncoder({ rate: 16_000 }, { dim: 96, depth: 2, heads: 3 })
    const lengths = [16_000, 12_000, 16_000, 14_000]
    const errorsIn = async (size: number) => {
      const waves = noise(lengths, size)
      const right = await heard(encoder, waves, { lengths })
      const found = await heard(encoder, waves, { lengths, products: 'int8' })
      return found.map((values, i) => distance(values, right[i] ?? []))
    }
    const [short, long] = [await errorsIn(16_000), await errorsIn(48_000)]
    for (const [i, error] of long.entries()) {
      expect(error).toBeGreaterThan(1e-4)
      expect(error).toBeLessThan(1.3 * (short[i] ?? 0))
    }
  })

  test('are as exact with padding after each text as without', async () => {
    const encoder = textTransformer({ vocabulary: 300, length: 48 }, { dim: 128, depth: 2, heads: 4 })
    const [texts, tokens] = [32, 16]
    const { values } = randomArray([texts, tokens], { low: 1, high: 298 })
    const given = (length: number) =>
      array(
        [texts, length],
        range(texts * length).map(at => {
          const [text, token] = [Math.floor(at / length), at % length]
          if (token === tokens - 1) return 299
          return token < tokens ? Math.floor(values[text * tokens + token] ?? 0) : 0
        }),
      )
    const errorIn = async (length: number) => {
      const run = (products: 'fp32' | 'int8') =>
        runModule(encoder, ids => encoder(ids.cast('int')), [given(length)], { precision: 'float32', products })
      return distance((await run('int8')).y, (await run('fp32')).y)
    }
    const [short, long] = [await errorIn(tokens), await errorIn(48)]
    expect(short).toBeGreaterThan(1e-4)
    expect(long).toBeLessThan(1.3 * short)
  })
})
