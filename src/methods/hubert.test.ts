import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import { relativeError } from '../engine/testing.js'
import { pretrain } from '../pretrain.js'
import { uniforms } from '../program/draws.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { readConfig } from '../runs/config.js'
import { range } from '../tensor/shape.js'
import { hubert } from './hubert.js'
import { stepped, voice, voices } from './testing.js'

const next = uniforms(1, 0, 'centres')
const given = {
  options: { seconds: 1, span: 3, start: 0.15 },
  prepared: {
    centres: range(8).map(() => range(39).map(() => 2 * next() - 1)),
    counts: Array(8).fill(5),
    sounds: range(8).map(() => Array(20).fill(0)),
  },
}

test('padding changes neither the loss nor any gradient', async () => {
  const recordings = [voice(6000, 1), voice(3500, 2)]
  const [short, long] = [await stepped(hubert, given, recordings, 6000), await stepped(hubert, given, recordings, 9200)]
  expect(short.loss).toBeGreaterThan(1)
  expect(long.loss).toBeCloseTo(short.loss, 10)
  for (const [name, gradient] of Object.entries(short.gradients))
    expect(relativeError(long.gradients[name], gradient), name).toBeLessThan(1e-8)
})

describe('targets of an earlier run', () => {
  const root = temporaryFolder
  const encoder = 'log-mel:dim=16,depth=2,heads=2'
  const settings = { threads: 1, batch: 8, report: false, warmup: 0, encoder } as const
  const train = async (out: string, targets: string, changes: object = {}) => {
    const options = { seconds: 0.5, clusters: 6, targets }
    await pretrain('hubert', voices(16), { ...settings, out, options, steps: 3, ...changes })
    return loadCheckpoint(out).values
  }

  test('its layer is frozen in the checkpoint, which goes on to the same bits when the run is gone', async () => {
    const [first, whole, broken] = ['first', 'whole', 'broken'].map(name => join(root(), name)) as [
      string,
      string,
      string,
    ]
    const before = await train(first, 'mfcc')
    const targets = `${first}:1`
    const after = await train(whole, targets)
    const frozen = [...after].filter(([name]) => name.startsWith('teacher.'))
    expect(frozen.length).toBeGreaterThan(10)
    for (const [name, values] of frozen) expect(values, name).toEqual(before.get(name.replace('teacher', 'encoder')))
    const { prepared } = readConfig(whole) as { prepared: { centres: number[][]; earlier: string } }
    expect([prepared.earlier, prepared.centres.length, prepared.centres[0]?.length]).toEqual([encoder, 6, 16])

    const stop = new AbortController()
    await train(broken, targets, { signal: stop.signal, onStep: () => stop.abort() })
    rmSync(first, { recursive: true })
    await pretrain('hubert', voices(16), { threads: 1, report: false, out: broken, resume: true })
    expect(loadCheckpoint(broken).values).toEqual(after)
  })

  test.each([
    ['fbank', 'targets=fbank is neither mfcc nor a layer of an earlier run; type --set targets=runs/first:3'],
    ['no/such/run:2', 'no/such/run'],
  ])('%s is told before anything is done', async (targets, says) => {
    await expect(train(join(root(), 'run'), targets)).rejects.toThrow(says)
  })

  test('a layer that is not there, and frames of another length', async () => {
    const first = join(root(), 'first')
    await train(first, 'mfcc')
    await expect(train(join(root(), 'run'), `${first}:7`)).rejects.toThrow(
      `has 2 layers, not 7; type --set targets=${first}:1`,
    )
    await expect(
      train(join(root(), 'run'), `${first}:1`, { encoder: 'log-mel:dim=16,depth=2,heads=2,stack=4' }),
    ).rejects.toThrow('has a frame every 320 numbers, the encoder to train one every 640')
  })
})
