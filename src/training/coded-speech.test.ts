import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import { maxAbs } from '../engine/testing.js'
import { openEncoder } from '../evaluation/encoder.js'
import { exportEncoder } from '../evaluation/export.js'
import { hubert } from '../methods/hubert.js'
import { voices as made } from '../methods/testing.js'
import { vqWav2vec } from '../methods/vq-wav2vec.js'
import { wav2vecEncoder } from '../nn/audio/wav2vec.js'
import { defineEncoder } from '../nn/encoder.js'
import { pretrain } from '../pretrain.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { openRun } from '../runs/run.js'
import { range } from '../tensor/shape.js'

const listener = defineEncoder({
  name: 'small-wav2vec',
  reads: 'audio',
  build: () => wav2vecEncoder({ channels: 16, aggregator: [3, 3] }),
})
const voices = made(12)
const root = temporaryFolder
const settings = { threads: 1, encoder: listener, batch: 4, report: false } as const
const options = (quantiser: string) => ({ seconds: 0.4, steps: 4, codes: 6, quantiser, diversity: 0 })
const train = async (out: string, quantiser: string, changes: object = {}) => {
  await pretrain(vqWav2vec, voices, { ...settings, out, options: options(quantiser), steps: 4, ...changes })
  return loadCheckpoint(out).values
}

describe.each(['gumbel', 'kmeans'])('vq-wav2vec with %s', quantiser => {
  test('goes on after an interruption to the same bits', async () => {
    const [whole, broken] = [join(root(), 'whole'), join(root(), 'broken')]
    const expected = await train(whole, quantiser)
    const stop = new AbortController()
    await train(broken, quantiser, { signal: stop.signal, onStep: () => stop.abort() })
    expect(loadCheckpoint(broken).step).toBe(1)
    await pretrain(vqWav2vec, voices, { threads: 1, report: false, encoder: listener, out: broken, resume: true })
    expect(loadCheckpoint(broken).values).toEqual(expected)
  })

  test('keeps the codes between latents and context: in vectors, layers and exports', async () => {
    const out = join(root(), 'run')
    await train(out, quantiser)
    const run = openRun(out, { methods: [vqWav2vec], encoders: [listener] })
    const { layers, groups } = await framesOf(run, 'codes')
    expect(layers).toEqual(['latents', 'codes', 'aggregator1', 'aggregator2'])
    // a frame of codes is two of six vectors
    expect(groups.size).toBeGreaterThan(1)
    expect(groups.size).toBeLessThanOrEqual(6)
    const exported = await exportEncoder(run, join(root(), 'encoder'))
    expect(exported.difference).toBeLessThan(1e-5 * exported.largest)
  })
})

/** The different halves of the frames of a layer. */
async function framesOf(run: ReturnType<typeof openRun>, layer: string) {
  const encoder = await openEncoder(run, { threads: 1, layer })
  const groups = new Set<string>()
  try {
    for await (const { values } of encoder.sound?.frames(voices) ?? [])
      for (const i of range(values.length / 8))
        groups.add(Array.from(values.subarray(8 * i, 8 * i + 8), v => v.toFixed(3)).join())
  } finally {
    await encoder.close()
  }
  const { kept } = run.assembly().learner
  return { layers: kept.encoder?.layers, groups }
}

test('chunks move the weights as the whole batch does', async () => {
  const whole = await train(join(root(), 'whole'), 'gumbel', { steps: 3 })
  const parts = await train(join(root(), 'parts'), 'gumbel', { steps: 3, chunk: 2 })
  for (const [name, values] of whole)
    if (!/^optimiser|usage/.test(name)) {
      const other = parts.get(name) ?? []
      expect(maxAbs(Array.from(values, (v, i) => v - (other[i] ?? Number.NaN))), name).toBeLessThan(1e-4)
    }
})

test('its layers are no targets of hubert, which knows no codes', async () => {
  const out = join(root(), 'run')
  await pretrain(vqWav2vec, voices, {
    ...{ ...settings, out, steps: 1, encoder: 'wav2vec-small' },
    options: options('gumbel'),
  })
  const second = pretrain(hubert, voices, {
    ...{ threads: 1, batch: 4, report: false, out: join(root(), 'second'), steps: 1 },
    encoder: 'log-mel:dim=16,depth=1,heads=2,stack=1',
    options: { seconds: 0.4, clusters: 4, targets: `${out}:2` },
  })
  await expect(second).rejects.toThrow('its method keeps more than wav2vec-small, such as quantiser.')
})
