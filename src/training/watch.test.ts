import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { watchVectors } from '../evaluation/watch.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { readMetrics } from '../runs/metrics.js'
import type { PretrainOptions } from './options.js'
import { pretrain } from './pretrain.js'
import { type Watch, watchPlan } from './watch.js'

test('looking takes 2 % of the work at most: often and at many in long trainings, never in short ones', () => {
  expect(watchPlan({ steps: 100_000, batch: 128 }, 60_000)).toEqual({ times: 10, count: 512 })
  expect(watchPlan({ steps: 100_000, batch: 128 }, 40)).toEqual({ times: 10, count: 40 })
  expect(watchPlan({ steps: 700, batch: 64 }, 3000)).toEqual({ times: 5, count: 268 })
  expect(watchPlan({ steps: 60, batch: 128 }, 3000)).toBeUndefined()
  for (const steps of [300, 1000, 3000, 10_000])
    for (const batch of [16, 64, 256]) {
      const { times, count } = watchPlan({ steps, batch }, 5000) ?? { times: 0, count: 0 }
      expect(times * count).toBeLessThanOrEqual(0.02 * steps * batch * 1.5)
    }
})

test('a training that is looked at takes the same steps to the last bit, also when it is resumed', async () => {
  const pictures = memorySet(32)
  const options = { encoder: 'c4-half', batch: 16, steps: 140, threads: 1 } as const // two looks, after 70 and 140 steps
  const stateOf = (out: string) => {
    const digest = createHash('sha256')
    for (const [name, data] of loadCheckpoint(out).values) digest.update(name).update(Float32Array.from(data))
    return digest.digest('hex')
  }
  const runOf = async (more: Partial<PretrainOptions>, out = join(temporaryFolder(), 'run')) => {
    await pretrain('rotation', pictures, { ...options, ...more, out })
    return out
  }
  const seen: number[] = []
  const watch: Watch = (vectors, items) => {
    seen.push(vectors.count)
    return watchVectors(vectors, items)
  }
  const looksOf = (out: string) =>
    readMetrics(out).flatMap(({ step, rank }) => (rank === undefined ? [] : [[step, rank]]))
  const [plain, watched] = [await runOf({}), await runOf({ watch })]
  expect(seen).toEqual([32, 32])
  expect(looksOf(watched).map(([step]) => step)).toEqual([70, 140])
  expect(looksOf(plain)).toEqual([])
  expect(stateOf(watched)).toBe(stateOf(plain))

  const controller = new AbortController()
  let taken = 0
  const cut = await runOf({ watch, signal: controller.signal, onStep: () => ++taken === 100 && controller.abort() })
  await runOf({ watch, resume: true }, cut)
  expect(looksOf(cut)).toEqual(looksOf(watched))
  expect(stateOf(cut)).toBe(stateOf(plain))
})
