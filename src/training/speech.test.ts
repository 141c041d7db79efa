import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import { maxAbs } from '../engine/testing.js'
import { embed } from '../evaluation/encoder.js'
import { pretext } from '../evaluation/pretext.js'
import { bestRq } from '../methods/best-rq.js'
import { hubert } from '../methods/hubert.js'
import type { Method } from '../methods/method.js'
import { ear, voices as made } from '../methods/testing.js'
import { wav2vec2 } from '../methods/wav2vec2.js'
import { pretrain } from '../pretrain.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { openRun } from '../runs/run.js'
import { previewRun } from './preview.js'

const RECORDS = 48
const voices = made(RECORDS)
const methods: readonly (readonly [Method, Readonly<Record<string, unknown>>])[] = [
  [bestRq, { seconds: 1, codes: 32, bands: 20, span: 4, start: 0.12 }],
  [wav2vec2, { seconds: 1, codes: 8, projection: 16, span: 4, start: 0.12, diversity: 0 }],
  [hubert, { seconds: 1, clusters: 12, span: 4, start: 0.12 }],
]

describe.each(methods)('$name', (method, options) => {
  const settings = { threads: 1, encoder: ear, batch: 16, report: false, options, warmup: 0.1 } as const
  const root = temporaryFolder
  const train = async (out: string, changes: object) => {
    const run = await pretrain(method, voices, { ...settings, out, steps: 4, ...changes })
    return { run, values: loadCheckpoint(out).values }
  }

  test('goes on after an interruption to the same bits', async () => {
    const [whole, broken] = [join(root(), 'whole'), join(root(), 'broken')]
    const { values: expected } = await train(whole, {})
    const stop = new AbortController()
    await train(broken, { signal: stop.signal, onStep: () => stop.abort() })
    expect(loadCheckpoint(broken).step).toBe(1)
    await pretrain(method, voices, { threads: 1, report: false, encoder: ear, out: broken, resume: true })
    expect(loadCheckpoint(broken).values).toEqual(expected)
  })

  test('chunks move the weights as the whole batch does', async () => {
    const { values: whole } = await train(join(root(), 'whole'), { steps: 3 })
    const { values: parts } = await train(join(root(), 'parts'), { steps: 3, chunk: 4 })
    for (const [name, values] of whole)
      if (!/^optimiser|usage/.test(name)) {
        const other = parts.get(name) ?? []
        expect(maxAbs(Array.from(values, (v, i) => v - (other[i] ?? Number.NaN))), name).toBeLessThan(1e-4)
      }
  })

  test('learns more than how common each code is and what stands beside, gives vectors, and is shown', async () => {
    const out = join(root(), 'run')
    const { run } = await train(out, { steps: 200, learningRate: 0.2 })
    const opened = openRun(out, { methods: [method], encoders: [ear] })
    const lines = opened.metrics()
    expect(lines.at(-1)?.loss).toBeLessThan(0.85 * run.chance)
    const { measures } = await pretext(opened, voices, { threads: 1 })
    for (const { name, value, baselines } of measures.slice(0, 2))
      for (const figure of Object.values(baselines))
        if (name === 'accuracy') expect(value).toBeGreaterThan(figure)
        else expect(value).toBeLessThan(figure)
    const vectors = await embed(opened, voices, { threads: 1 })
    expect([vectors.count, vectors.width]).toEqual([RECORDS, 16])
    const { columns } = await previewRun(opened, voices, 2)
    for (const { kind, shape } of columns.slice(1)) expect([kind, shape[1]]).toEqual(['image', 2 * 49])
    expect(columns[1]?.values[0]).not.toEqual(columns[2]?.values[0]) // something is hidden
  })
})
