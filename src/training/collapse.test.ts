import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { audio } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import type { SampleSet } from '../data/index.js'
import { numbered, setInMemory } from '../data/memory.js'
import { temporaryFolder } from '../data/testing.js'
import { pretext } from '../evaluation/pretext.js'
import { ear } from '../methods/testing.js'
import { wav2vec2 } from '../methods/wav2vec2.js'
import { pretrain } from '../pretrain.js'
import { verdictOf } from '../report/verdict/verdict.js'
import { openRun } from '../runs/run.js'
import { range } from '../tensor/shape.js'
import { codesWatched } from './codes-note.js'

const [RATE, RECORDS] = [16_000, 48]

/** Recordings of a second, each number a function of the recording and the place. */
const made = (value: (record: number, i: number) => number) =>
  setInMemory<{ audio: ReturnType<typeof audio> }>(
    {
      audio: memoryColumn(
        { kind: 'audio', rate: RATE, length: RATE },
        range(RECORDS).map(record => range(RATE).map(i => Math.round(2 ** 15 * value(record, i)))),
      ),
    },
    numbered(RECORDS),
  )

/** What is said of a training, and of its task on recordings. */
async function toldOf(out: string, samples: SampleSet, options: object, changes: object) {
  await pretrain(wav2vec2, samples as never, {
    ...{ threads: 1, encoder: ear, batch: 16, report: false, warmup: 0.05, out },
    ...{ options: { seconds: 1, start: 0.12, projection: 16, ...options } },
    ...changes,
  })
  const run = openRun(out, { methods: [wav2vec2], encoders: [ear] })
  const { alarms } = await pretext(run, samples, { threads: 1 })
  const metrics = run.metrics()
  const verdict = verdictOf({ method: 'wav2vec2', metrics, steps: run.config.steps })
  return { alarms, verdict, last: metrics.at(-1) }
}

describe('each way to collapse is provoked, and told', () => {
  const root = temporaryFolder

  test('codes that tell loud from quiet alone: guessed right, with a perplexity of 2', async () => {
    const onAndOff = made((record, i) => {
      const on = Math.floor((i + 331 * record) / RATE) % 2 === 0
      return (on ? 0.3 : 0.003) * Math.sin((2 * Math.PI * 400 * i) / RATE)
    })
    const few = { groups: 1, codes: 2, diversity: 0, span: 2 }
    const { alarms, verdict } = await toldOf(join(root(), 'few'), onAndOff, few, {
      steps: 120,
      learningRate: 0.3,
    })
    const told =
      /the codes have collapsed: (9\d\.\d|100\.0) % are guessed right, but their perplexity is [12]\.\d, so nearly all frames have the same few/
    expect(alarms).toContainEqual(expect.stringMatching(told))
    expect(verdict).toMatchObject({ state: 'few codes', alarm: true, text: expect.stringMatching(told) })
    expect(verdict.advice).toContain('--set diversity=0.5')
  })

  test('recordings in which nothing happens: the loss is ln(K + 1)', async () => {
    // steady tones, each of its own pitch: all frames of one are alike but for rounding
    const tones = made((record, i) => 0.3 * Math.sin((2 * Math.PI * (200 + 100 * (record % 40)) * i) / RATE + record))
    const options = { codes: 64, span: 4 }
    const { verdict, last } = await toldOf(join(root(), 'tones'), tones, options, {
      steps: 40,
      learningRate: 0.02,
    })
    expect(Math.abs((last?.contrast ?? 0) / (last?.contrastChance ?? 1) - 1)).toBeLessThan(0.02)
    const told = expect.stringContaining('which is what it is when nothing is known')
    expect(verdict).toMatchObject({ state: 'chance', alarm: true, text: told })
  })
})

describe('while it runs', () => {
  const watched = () => {
    const notes: string[] = []
    return { notes, see: codesWatched('wav2vec2', note => notes.push(note)) }
  }
  test('codes that have collapsed are told of at once, and once', () => {
    const { notes, see } = watched()
    see({ step: 1, steps: 100, accuracy: 0.9, perplexity: 2 })
    see({ step: 2, steps: 100, accuracy: 0.987, perplexity: 80 })
    expect(notes).toEqual([])
    for (const step of [3, 4]) see({ step, steps: 100, accuracy: 0.987, perplexity: 2 })
    expect(notes).toEqual([
      expect.stringContaining(
        'step 3: the codes have collapsed: 98.7 % are guessed right, but their perplexity is 2.0',
      ),
    ])
    expect(notes[0]).toContain('--set quantise=false; or take hubert or best-rq')
  })
  test('a loss of ln 101 is told of after a quarter of the steps', () => {
    const { notes, see } = watched()
    const figures = { contrast: 4.6151, contrastChance: Math.log(101), accuracy: 0.01, perplexity: 60 }
    see({ step: 20, steps: 100, ...figures })
    see({ step: 30, steps: 100, ...figures, contrast: 4.5 })
    expect(notes).toEqual([])
    see({ step: 31, steps: 100, ...figures })
    expect(notes).toEqual([
      expect.stringContaining('step 31: the contrastive loss is 4.62, which is what it is when nothing is known'),
    ])
  })
})
