import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { audio, image } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { shuffled } from '../data/index.js'
import { numbered, setInMemory } from '../data/memory.js'
import { defineMethod, type Looked, type Prepared } from '../methods/method.js'
import { defineEncoder } from '../nn/encoder.js'
import { linear } from '../nn/layers.js'
import { range } from '../tensor/shape.js'
import { prepare } from './prepare.js'

const LENGTHS = [3, 8, 30, 10]
const WINDOW = 10
/** Waves of 1 … 30 units at 10 a second: record r, unit t is 100 r + t. */
const waves = setInMemory<{ wave: ReturnType<typeof audio> }>(
  {
    wave: memoryColumn(
      { kind: 'audio', rate: 10, length: 30 },
      LENGTHS.map((length, r) => range(length).map(t => 100 * r + t)),
    ),
  },
  numbered(LENGTHS.length),
)

const encoder = defineEncoder({
  name: 'none',
  reads: 'audio',
  build: () => {
    throw new Error('never built')
  },
})

/** What a method sees that looks by `look`. */
async function seen<Found>(
  look: (looked: Looked<{ sound: ReturnType<typeof audio> }>) => Promise<Found>,
): Promise<Found> {
  const method = defineMethod({
    ...{ name: 'mine', shown: 'x', hidden: 'z', paper: 'none' },
    training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 0, batch: 8 },
    options: z.strictObject({}).prefault({}),
    reads: { sound: audio({ seconds: 1 }) },
    prepared: z.custom<Found>(),
    prepare: async looked => ({ prepared: (await look(looked)) as never, notes: [] }),
    build: () => {
      throw new Error('never built')
    },
  })
  const { prepared } = (await prepare({ method, encoder }, {}, waves, 5, { threads: 1 })) as Prepared<Found>
  return prepared
}

describe('what goes on in time', () => {
  test('is looked at in windows, several of a record that is longer', async () => {
    const { values, lengths, count } = await seen(async ({ values: { sound }, count }) => ({ ...sound, count }))
    expect(count).toBe(6) // one of each, and two more of the record of three windows
    const windows = range(count).map(i =>
      Array.from(values.slice(i * WINDOW, (i + 1) * WINDOW), v => Math.round(v * 2 ** 15)),
    )
    const records = windows.map(([first = 0]) => Math.floor(first / 100))
    expect(records.toSorted()).toEqual([0, 1, 2, 2, 2, 3])
    expect(lengths).toEqual(Int32Array.from(records, r => Math.min(WINDOW, LENGTHS[r] ?? 0)))
    const starts = windows.filter((_, i) => records[i] === 2).map(([first]) => first)
    expect(new Set(starts).size).toBeGreaterThan(1)
  })

  test('tensors are computed of every window, in the order of the values', async () => {
    const { values, doubled, lengths, told } = await seen(async ({ values: { sound }, compute }) => {
      const computed = await compute(({ sound: { values, lengths } }) => ({
        doubled: values.mul(2),
        told: lengths.cast('float'),
      }))
      return { ...sound, ...computed }
    })
    expect(doubled).toEqual(values.map(v => 2 * v))
    expect([...told]).toEqual([...lengths])
  })

  test('modules have their first values by the seed, or those of an earlier run', async () => {
    const own = linear(WINDOW, 1, { bias: false })
    const values = new Map([['weight', Float32Array.from({ length: WINDOW }, () => 3)]])
    const {
      values: waves,
      summed,
      ...first
    } = await seen(async ({ values: { sound }, compute }) => {
      const of = { encoder: 'some', values }
      const once = await compute(({ sound }) => ({ y: own(sound.values) }), { own })
      const again = await compute(({ sound }) => ({ y: own(sound.values) }), { own })
      const { y } = await compute(({ sound }) => ({ y: own(sound.values) }), { own: { module: own, of } })
      return { values: sound.values, summed: y, once: once.y, again: again.y }
    })
    expect(first.once).toEqual(first.again)
    expect(first.once.some(v => v !== 0)).toBe(true)
    summed.forEach((y, i) => {
      const sum = waves.slice(i * WINDOW, (i + 1) * WINDOW).reduce((sum, v) => sum + v, 0)
      expect(y).toBeCloseTo(3 * sum, 5)
    })
  })
})

test('pictures are the same as ever: records in the first random order', async () => {
  const pictures = setInMemory<{ image: ReturnType<typeof image> }>(
    {
      image: memoryColumn(
        { kind: 'image', size: 1, colours: 1 },
        range(5).map(i => [i]),
      ),
    },
    numbered(5),
  )
  const method = defineMethod({
    ...{ name: 'mine', shown: 'x', hidden: 'z', paper: 'none' },
    training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 0, batch: 8 },
    options: z.strictObject({}).prefault({}),
    reads: { image: image() },
    prepared: z.array(z.number()),
    prepare: ({ values, count, seed }) => ({ prepared: [...values.image, count, seed], notes: [] }),
    build: () => {
      throw new Error('never built')
    },
  })
  expect((await prepare({ method, encoder }, {}, pictures, 3)).prepared).toEqual([...shuffled(5, 3, 0), 5, 3])
})

test('sound about pictures that stand still is looked at once each, in its middle', async () => {
  const pictures = setInMemory<{ image: ReturnType<typeof image>; wave: ReturnType<typeof audio> }>(
    {
      image: memoryColumn(
        { kind: 'image', size: 1, colours: 1 },
        LENGTHS.map((_, r) => [r]),
      ),
      wave: memoryColumn(
        { kind: 'audio', rate: 10, length: 30 },
        LENGTHS.map((length, r) => range(length).map(t => 100 * r + t)),
      ),
    },
    numbered(LENGTHS.length),
  )
  const method = defineMethod({
    ...{ name: 'mine', shown: 'x', hidden: 'z', paper: 'none' },
    training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 0, batch: 8 },
    options: z.strictObject({}).prefault({}),
    reads: { image: image(), sound: audio({ seconds: 1, with: 'image' }) },
    prepared: z.custom<readonly number[]>(),
    prepare: ({ values: { sound } }) => ({
      prepared: Array.from(sound.values, v => Math.round(v * 2 ** 15)).filter((_, i) => i % WINDOW === 0),
      notes: [],
    }),
    build: () => {
      throw new Error('never built')
    },
  })
  const { prepared } = await prepare({ method, encoder }, {}, pictures as never, 5, { threads: 1 })
  expect((prepared as number[]).toSorted((a, b) => a - b)).toEqual([0, 100, 210, 300])
})
