import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseOptions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { sampleOf } from '../assembly/programs.js'
import type { image, text } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { temporaryFolder } from '../data/testing.js'
import { relativeError } from '../engine/testing.js'
import { siglipChance } from '../losses/siglip.js'
import { parameterCount } from '../nn/parameters.js'
import { pretrain } from '../pretrain.js'
import { variableOf } from '../program/trace.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { range } from '../tensor/shape.js'
import { assembled, configOf, pictured, trainedOn, whiteNoise } from '../training/testing.js'
import { clip } from './clip.js'
import { siglip } from './siglip.js'

const [START, END, TOKENS, SIZE] = [30, 31, 8, 16]
const channels = { ...pictured(SIZE), text: { kind: 'text', vocabulary: END + 1, length: TOKENS } } as const
const small = { tokens: TOKENS, text: 'text:dim=32,depth=2,heads=2', projection: 16 }

const made = (method: 'clip' | 'siglip', options: Record<string, unknown> = {}, changes: Partial<RunConfig> = {}) =>
  configOf(method, { ...small, ...options }, { channels, encoder: 'c4-half-gn', ...changes })

/** Pictures of one colour each, of three levels of red, green and blue, in noise; the caption names the levels. */
function coloured(config: RunConfig, number: number, colourOf = (i: number) => i) {
  const noise = whiteNoise(config, number)
  const colours = whiteNoise({ channels: pictured(1, 1), batch: config.batch }, number + 1000)
  const levels = range(config.batch).map(i => {
    const colour = (colours[colourOf(i)] ?? 0) % 27
    return [colour % 3, Math.floor(colour / 3) % 3, Math.floor(colour / 9)] as const
  })
  const stride = SIZE * SIZE * 3
  return {
    image: noise.map((value, i) => 40 + 70 * (levels[Math.floor(i / stride)]?.[i % 3] ?? 0) + value / 8),
    text: Int32Array.from(levels.flatMap(([r, g, b]) => [START, 1 + r, 5 + g, 9 + b, END, 0, 0, 0])),
    'text.lengths': Int32Array.from(levels, () => 5),
  }
}

describe.each(['clip', 'siglip'] as const)('%s', name => {
  test('begins near what it knows, moves every weight, and learns which caption is whose', async () => {
    const config = made(name, {}, { steps: 60, learningRate: 3e-3, encoder: 'c4-half' })
    const { first, chance, unchanged, measures } = await trainedOn(config, n => coloured(config, n), 4)
    expect(chance).toBeCloseTo(name === 'clip' ? Math.log(16) : siglipChance(16), 12)
    if (name === 'clip') expect(Math.abs((first.loss ?? 0) / chance - 1)).toBeLessThan(0.5)
    else expect(first.loss).toBeGreaterThan(chance) // all cosines are alike at first, and most answers wrong
    expect(unchanged).toEqual([])
    // colours come twice in a batch, and so a guess is right more often than once in 16
    const guess = measures['caption found/chance'] ?? 0
    expect(guess).toBeGreaterThan(1 / 16)
    expect(measures['caption found']).toBeGreaterThan(4 * guess)
    expect(measures['picture found']).toBeGreaterThan(4 * guess)
    expect(measures.loss).toBeLessThan(chance)
  })

  test('where all captions are equal all are found, and nothing is to be learnt', async () => {
    const config = made(name, {}, { steps: 1 })
    const { measures } = await trainedOn(config, n => coloured(config, n, () => 0))
    expect([measures['caption found'], measures['caption found/chance']]).toEqual([1, 1])
    if (name === 'clip') expect(measures.loss).toBeCloseTo(Math.log(16), 1)
  })

  test('a frozen encoder of pictures stays as it is, its statistics too, and all else moves', async () => {
    const config = made(name, { image: 'frozen' }, { steps: 3, encoder: 'c4-half' })
    const { learner, names } = assembled(config)
    const { unchanged } = await trainedOn(config, n => coloured(config, n))
    expect(unchanged).toEqual([...names.values()].filter(variable => variable.startsWith('visual.')))
    const [visual] = Object.values(learner.kept)
    expect(visual && parameterCount(visual)).toBe(0)
  })
})

test('the shared space has what the two are compared by, each of its own channel', () => {
  const { learner, channels } = assembled(made('clip'))
  const { image, text } = sampleOf(channels, 3)
  expect(learner.shared?.image?.({ image } as never).shape).toEqual([3, 16])
  expect(learner.shared?.text?.({ text } as never).shape).toEqual([3, 16])
})

test('scale and bias do not decay; the scale of clip is kept below 100', () => {
  const { names } = assembled(made('clip'))
  const [scale] = [...names].find(([, name]) => name === 'scale.logit_scale') ?? []
  expect(scale && variableOf(scale)).toMatchObject({ role: 'scale', limits: [0, Math.log(100)] })
  const bias = [...assembled(made('siglip')).names].find(([, name]) => name === 'scale.logit_bias')?.[0]
  expect(bias && variableOf(bias).role).toBe('bias')
})

test('what cannot be is refused', () => {
  expect(() => assembled(made('clip', { text: 'c4' }))).toThrow(
    'text=c4: is an encoder for image; type --set text=text-small',
  )
  expect(() => parseOptions(clip, { image: 'runs/first' })).toThrow('image')
  expect(() => parseOptions(siglip, { tokens: 2 })).toThrow('tokens')
})

const pairs = (count: number) =>
  setInMemory<{ image: ReturnType<typeof image>; text: ReturnType<typeof text> }>(
    {
      image: memoryColumn(
        { kind: 'image', size: SIZE, colours: 3 },
        range(count).map(i => range(SIZE * SIZE * 3).map(p => (i * 67 + (p % 3) * 80) % 256)),
      ),
      text: memoryColumn(
        { kind: 'text', vocabulary: 256, length: 40 },
        range(count).map(i => Buffer.from(`picture ${i % 5} of colour ${(i * 67) % 256}`)),
      ),
    },
    numbered(count),
  )

test.each(['clip', 'siglip'])('%s in chunks moves as the whole batch does', async method => {
  const train = async (changes: object) => {
    const out = join(temporaryFolder(), 'run')
    const options = { ...small, tokens: 16 }
    const settings = { threads: 1, batch: 16, steps: 3, encoder: 'c4-half-gn', report: false, warmup: 0, out, options }
    await pretrain(method, pairs(32), { ...settings, ...changes })
    return loadCheckpoint(out).values
  }
  const [whole, parts] = [await train({}), await train({ chunk: 4 })]
  for (const [name, values] of whole) {
    // the keys' biases have no gradient, and AdamW makes steps of what rounding leaves of it
    if (/^optimiser\.|k_proj\.bias$/.test(name)) continue
    expect(relativeError(Array.from(parts.get(name) ?? [], Number), Array.from(values, Number)), name).toBeLessThan(
      2e-3,
    )
  }
})
