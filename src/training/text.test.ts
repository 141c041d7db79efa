import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { image, text } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { temporaryFolder } from '../data/testing.js'
import { embed } from '../evaluation/encoder.js'
import { pretext } from '../evaluation/pretext.js'
import { defineMethod } from '../methods/method.js'
import { linear } from '../nn/layers.js'
import { pretrain } from '../pretrain.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { openRun } from '../runs/run.js'
import { range } from '../tensor/shape.js'
import { trainTokenizer } from '../text/train-tokenizer.js'
import { toFloat } from '../views/picture.js'
import { preview } from './preview.js'

const RECORDS = 32
const SIZE = 16

const level = (record: number) => (record * 83) % 200
const captionOf = (record: number) => (level(record) > 100 ? `a bright picture of ${record}` : `dark ${record}`)
const samples = (caption = captionOf, count = RECORDS) =>
  setInMemory<{ image: ReturnType<typeof image>; text: ReturnType<typeof text> }>(
    {
      image: memoryColumn(
        { kind: 'image', size: SIZE, colours: 1 },
        range(count).map(i => Array(SIZE * SIZE).fill(level(i))),
      ),
      text: memoryColumn(
        { kind: 'text', vocabulary: 256, length: 100 },
        range(count).map(i => Buffer.from(caption(i))),
      ),
    },
    numbered(count),
  )

/** Shown: the picture. Hidden: how many tokens its caption has. */
const seenLength = defineMethod({
  ...{ name: 'seen-length', shown: 'a picture', hidden: 'how long its caption is', paper: 'none' },
  training: { optimiser: 'adamw', learningRate: 0.05, weightDecay: 0, batch: 16 },
  encoder: 'c4-half',
  options: z.strictObject({}).prefault({}),
  reads: { picture: image(), words: text({ tokens: 12, vocabulary: 270 }) },
  prepared: z.strictObject({ vocabulary: z.number() }),
  prepare: ({ channels: { words }, values }) => {
    expect(words.length).toBe(12)
    expect(Math.max(...values.words.values)).toBe(words.vocabulary - 1)
    return { prepared: { vocabulary: words.vocabulary }, notes: [] }
  },
  build({ makeEncoder, channels }) {
    expect(channels.words).toEqual({ kind: 'text', vocabulary: 270, length: 12 })
    const encoder = makeEncoder('picture')
    const head = linear(encoder.width, 1)
    return {
      kept: { encoder },
      heads: { head },
      training: {
        step: ({ picture, words }) => ({
          loss: head(encoder(toFloat(picture)))
            .sub(words.lengths.cast('float').reshape(-1, 1))
            .square()
            .mean(),
          chance: 10,
        }),
      },
      show: ({ picture, words }) => [
        { title: 'shown', kind: 'image', values: toFloat(picture) },
        { title: 'its words', kind: 'text', values: words.values },
      ],
    }
  },
})

const options = { threads: 1, batch: 16, steps: 6, report: false } as const

test('a run on text learns a tokenizer, carries it, and goes on with it to the same bits', async () => {
  const [whole, broken] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'broken')]
  await pretrain(seenLength, samples(), { ...options, out: whole })
  const file = trainTokenizer(range(RECORDS).map(captionOf), 270)
  expect(JSON.parse(readFileSync(join(whole, 'tokenizer.json'), 'utf8'))).toEqual(file)
  const run = openRun(whole, { methods: [seenLength] })
  const tokenizer = run.tokenizer()
  expect(tokenizer?.decode(tokenizer.encode('A bright  picture', 20))).toBe('a bright picture')
  const stop = new AbortController()
  await pretrain(seenLength, samples(), { ...options, out: broken, signal: stop.signal, onStep: () => stop.abort() })
  await pretrain(seenLength, samples(), { threads: 1, report: false, out: broken, resume: true })
  expect(loadCheckpoint(broken).values).toEqual(loadCheckpoint(whole).values)
})

test('pictures alone become vectors; with their captions the run is examined and shown', async () => {
  const out = join(temporaryFolder(), 'run')
  await pretrain(seenLength, samples(), { ...options, out, report: true })
  const run = openRun(out, { methods: [seenLength] })
  const { values } = await embed(run, samples(), { threads: 1 })
  const both = samples()
  const pictures = both.as<{ image: ReturnType<typeof image> }>({ image: both.channels.image })
  expect((await embed(run, pictures, { threads: 1 })).values).toEqual(values)
  expect((await pretext(run, both, { threads: 1 })).measures[0]?.name).toBe('loss')
  expect(existsSync(join(out, 'report.html'))).toBe(true)
  const { columns, names } = await preview(seenLength, both, { count: 2 })
  const told = columns[3]?.texts ?? []
  expect(told.map(text => text.slice(0, 4))).toEqual(names.map(name => captionOf(Number(name)).slice(0, 4)))
  for (const [i, text] of told.entries()) expect(captionOf(Number(names[i])).startsWith(text)).toBe(true)
  expect(columns.map(({ title, kind }) => `${title}: ${kind}`)).toEqual([
    'picture as stored: image',
    'words as stored: text',
    'shown: image',
    'its words: text',
  ])
})

test('a tokenizer that is given is taken, as a file or from a run; one that is none is told', async () => {
  const [first, second] = [join(temporaryFolder(), 'first'), join(temporaryFolder(), 'second')]
  await pretrain(seenLength, samples(), { ...options, steps: 1, out: first })
  const others = samples(i => `${captionOf(i)} of another kind`)
  await pretrain(seenLength, others, { ...options, steps: 1, out: second, tokenizer: first })
  expect(readFileSync(join(second, 'tokenizer.json'))).toEqual(readFileSync(join(first, 'tokenizer.json')))
  const given = (tokenizer: string) =>
    pretrain(seenLength, others, { ...options, out: join(temporaryFolder(), 'run'), tokenizer })
  await expect(given('/nowhere')).rejects.toThrow('/nowhere: no such file; a tokenizer.json')
  await expect(given(join(first, 'metrics.jsonl'))).rejects.toThrow('is no tokenizer.json')
  await expect(
    pretrain('simclr', others, { ...options, out: join(temporaryFolder(), 'run'), tokenizer: first }),
  ).rejects.toThrow('--tokenizer is given, and simclr reads no text; leave it away')
  rmSync(join(second, 'tokenizer.json'))
  expect(() => openRun(second, { methods: [seenLength] }).tokenizer()).toThrow('tokenizer.json: no such file')
})

test('captions that are all equal are told before anything is trained', async () => {
  const out = join(temporaryFolder(), 'run')
  await expect(
    pretrain(
      seenLength,
      samples(() => 'a photo'),
      { ...options, out },
    ),
  ).rejects.toThrow(
    'memory: all 32 texts are the same ("a photo"): there is nothing to learn from them; give texts that differ',
  )
  expect(existsSync(out)).toBe(false)
})

test.each(['clip', 'siglip'] as const)('%s that was ended goes on to the same bytes', async method => {
  const [whole, broken] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'broken')]
  const small = { text: 'text:dim=16,depth=1,heads=2', tokens: 8, vocabulary: 300, projection: 8 }
  // of two captions each step draws one
  const pairs = () => samples(record => `${captionOf(record)}\u001eanother of ${record}`)
  const settings = { ...options, encoder: 'c4-half', options: small }
  await pretrain(method, pairs(), { ...settings, out: whole })
  const stop = new AbortController()
  let steps = 0
  const onStep = () => ++steps === 3 && stop.abort()
  const ended = await pretrain(method, pairs(), { ...settings, out: broken, signal: stop.signal, onStep })
  expect(ended).toMatchObject({ step: 3, interrupted: true })
  await pretrain(method, pairs(), { threads: 1, report: false, out: broken, resume: true })
  for (const file of ['checkpoint/state.safetensors', 'tokenizer.json'])
    expect(readFileSync(join(broken, file)).equals(readFileSync(join(whole, file)))).toBe(true)
})
