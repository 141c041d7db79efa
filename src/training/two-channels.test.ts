import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { audio, image } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { maxAbs } from '../engine/testing.js'
import { embed, openEncoder } from '../evaluation/encoder.js'
import { pretext } from '../evaluation/pretext.js'
import { defineMethod, type Sequence } from '../methods/method.js'
import { defineEncoder } from '../nn/encoder.js'
import { linear } from '../nn/layers.js'
import { module } from '../nn/module.js'
import { pretrain } from '../pretrain.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { openRun } from '../runs/run.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { toFloat } from '../views/picture.js'
import { previewRun } from './preview.js'

const RECORDS = 48
const SIZE = 16
const RATE = 100

/** Pictures of one grey each, and beside each a wave that is as loud as the picture is bright; some of 10 units, some of 400. */
const brightness = (record: number) => 20 + ((record * 83) % 200)
const lengthOf = (record: number) => [10, 50, 130, 400][record % 4] ?? 10
const samples = setInMemory<{ image: ReturnType<typeof image>; wave: ReturnType<typeof audio> }>(
  {
    image: memoryColumn(
      { kind: 'image', size: SIZE, colours: 1 },
      range(RECORDS).map(i => Array(SIZE * SIZE).fill(brightness(i))),
    ),
    wave: memoryColumn(
      { kind: 'audio', rate: RATE, length: 400 },
      range(RECORDS).map(i => range(lengthOf(i)).map(t => (t % 2 === 0 ? 1 : -1) * 100 * brightness(i))),
    ),
  },
  numbered(RECORDS),
)

/** How loud each wave is: the mean of its absolute values, of what is there; [N, 1] */
function loudness({ values, lengths }: Sequence): Tensor {
  const length = values.size(1)
  const there = constant(range(length), [1, length]).less(lengths.cast('float').reshape(-1, 1)).cast('float')
  return values.abs().mul(there).sum(1, true).div(lengths.cast('float').reshape(-1, 1))
}

/** Shown: the picture. Hidden: how loud its sound is. */
const seenLoudness = defineMethod({
  name: 'seen-loudness',
  shown: 'a picture',
  hidden: 'how loud its sound is',
  paper: 'none',
  training: { optimiser: 'adamw', learningRate: 0.05, weightDecay: 0, batch: 16 },
  encoder: 'c4-half',
  options: z.strictObject({ seconds: z.number().default(0.5) }).prefault({}),
  reads: ({ seconds }) => ({ image: image(), sound: audio({ seconds }) }),
  prepared: z.strictObject({ mean: z.number() }),
  prepare({ values: { sound }, channels, count }) {
    expect([channels.image.size, channels.sound.length, sound.lengths.length]).toEqual([SIZE, 50, count])
    const all = Array.from(sound.lengths, (length, i) =>
      Math.abs(sound.values.subarray(50 * i, 50 * i + length).reduce((sum, v) => sum + Math.abs(v), 0) / length),
    )
    return { prepared: { mean: all.reduce((sum, v) => sum + v, 0) / count }, notes: ['it was looked at'] }
  },
  build({ makeEncoder, prepared: { mean } }) {
    const encoder = makeEncoder('image')
    const head = linear(encoder.width, 1)
    const told = (picture: Tensor) =>
      head(encoder(toFloat(picture)))
        .mul(0.1)
        .add(mean)
    return {
      kept: { encoder },
      heads: { head },
      training: {
        step: ({ image, sound }) => ({
          loss: told(image).sub(loudness(sound)).square().mean().mul(100),
          chance: 3.3,
        }),
      },
      show: ({ image, sound }) => [
        { title: 'shown', kind: 'image', values: toFloat(image) },
        { title: 'its sound', kind: 'audio', values: sound.values },
        { title: 'how loud', kind: 'vector', values: loudness(sound) },
        { title: 'guessed', kind: 'vector', values: told(image), guessed: true },
      ],
    }
  },
})

const options = { threads: 1, optimiser: 'adamw', batch: 16, report: false } as const

describe('a method of two channels, one of which goes on in time', () => {
  const root = temporaryFolder
  const train = async (out: string, changes: object) => {
    await pretrain(seenLoudness, samples, { ...options, out, steps: 12, ...changes })
    return loadCheckpoint(out).values
  }

  test('trains, and goes on after an interruption to the same bits', async () => {
    const [whole, broken] = [join(root(), 'whole'), join(root(), 'broken')]
    const notes: string[] = []
    const expected = await train(whole, { onNote: (note: string) => notes.push(note) })
    expect(notes).toContain('it was looked at')
    const { channels, data } = openRun(whole, { methods: [seenLoudness] }).config
    expect(data.records).toBe(RECORDS)
    expect(channels).toEqual({
      image: { kind: 'image', size: SIZE, colours: 1 },
      wave: { kind: 'audio', rate: RATE, length: 400 },
    })
    const stop = new AbortController()
    await train(broken, { signal: stop.signal, onStep: () => stop.abort() })
    expect(loadCheckpoint(broken).step).toBe(1)
    await pretrain(seenLoudness, samples, { threads: 1, report: false, out: broken, resume: true })
    expect(loadCheckpoint(broken).values).toEqual(expected)
  })

  test('chunks move the weights as the whole batch does, each by the windows that are its own', async () => {
    const encoder = defineEncoder({ name: 'grey', reads: 'image', build: () => greyness() })
    const [whole, parts] = [
      await train(join(root(), 'run'), { encoder, steps: 3 }),
      await train(join(root(), 'run'), { encoder, steps: 3, chunk: 4 }),
    ]
    for (const [name, values] of whole)
      if (!name.startsWith('optimiser')) expect(maxAbs(minus(values, parts.get(name)))).toBeLessThan(1e-5)
  })

  test('learns, is examined beside white noise of both, gives vectors, and is shown and reported', async () => {
    const out = join(root(), 'run')
    const run = await pretrain(seenLoudness, samples, { ...options, out, steps: 120, report: true })
    const opened = openRun(out, { methods: [seenLoudness] })
    const { measures } = await pretext(opened, samples, { threads: 1 })
    const [loss] = measures
    expect(loss).toMatchObject({ name: 'loss' })
    expect(loss?.value).toBeLessThan((loss?.baselines.chance ?? 0) / 10)
    const vectors = await embed(opened, samples, { threads: 1 })
    expect([vectors.count, vectors.width]).toEqual([RECORDS, 128])
    const { columns } = await previewRun(opened, samples, 2)
    expect(columns.map(({ title, kind, shape }) => `${title}: ${kind} ${shape}`)).toEqual([
      'image as stored: image 16,16,1',
      'sound as stored: audio 50',
      'shown: image 16,16,1',
      'its sound: audio 50',
      'how loud: vector 1',
      'guessed: vector 1',
    ])
    expect(run.report).toBe(join(out, 'report.html'))
  })

  test('data without the channel that it wants is told before anything is done', async () => {
    const out = join(root(), 'run')
    await expect(pretrain(seenLoudness, memorySet(16), { ...options, out })).rejects.toThrow(
      'the channel sound (audio) is wanted, the data has image (image); give data that has it, or choose another method',
    )
    expect(existsSync(out)).toBe(false)
  })
})

describe('a method of sound alone, with an encoder of one’s own', () => {
  const energies = defineEncoder({
    name: 'energies',
    reads: 'audio',
    build({ length }) {
      const body = linear(length, 8)
      const features = (x: Tensor) => body(x.abs())
      return Object.assign(module({ body }, features), {
        ...{ reads: 'audio' as const, width: 8, features, layers: ['body'], pool: 'mean' as const },
      })
    },
  })
  const heard = defineMethod({
    ...{ name: 'heard', shown: 'the first half of a sound', hidden: 'how loud the second is', paper: 'none' },
    training: { optimiser: 'adamw', learningRate: 0.01, weightDecay: 0, batch: 16 },
    encoder: energies,
    options: z.strictObject({}).prefault({}),
    reads: { sound: audio({ seconds: 0.1 }) },
    build({ makeEncoder }) {
      const encoder = makeEncoder('sound')
      const head = linear(8, 1)
      return {
        kept: { encoder },
        heads: { head },
        training: {
          step: ({ sound }) => ({ loss: head(encoder(sound.values)).sub(loudness(sound)).square().mean(), chance: 1 }),
        },
        show: ({ sound }) => [{ title: 'heard', kind: 'audio', values: sound.values }],
      }
    },
  })

  test('keeps what it has learnt, and gives vectors', async () => {
    const out = join(temporaryFolder(), 'run')
    await pretrain(heard, samples, { ...options, out, steps: 4 })
    const encoder = await openEncoder(openRun(out, { methods: [heard] }), { threads: 1 })
    try {
      expect((await encoder.embed(samples)).values.length).toBe(RECORDS * 8)
    } finally {
      await encoder.close()
    }
  })

  test('an encoder of pictures is refused for it', async () => {
    await expect(
      pretrain(heard, samples, { ...options, out: join(temporaryFolder(), 'run'), encoder: 'c4' }),
    ).rejects.toThrow('heard wants an encoder for audio, and c4 is one for image; choose another --encoder')
  })
})

/** One vector a picture of what all of it says, without batch norm: a chunk does then what the batch does. */
function greyness() {
  const body = linear(1, 4)
  const features = (x: Tensor) => body(x.mean([2, 3]))
  return Object.assign(module({ body }, features), {
    ...{ reads: 'image' as const, width: 4, features, layers: ['body'], pool: 'mean' as const },
  })
}

const minus = (a: ArrayLike<number>, b: ArrayLike<number> | undefined): number[] =>
  Array.from(a, (value, i) => value - (b?.[i] ?? Number.NaN))
