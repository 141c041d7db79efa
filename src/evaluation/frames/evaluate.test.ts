import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../data/testing.js'
import { slowAudioEncoder } from '../../nn/audio/testing.js'
import { pretrain } from '../../pretrain.js'
import { openRun } from '../../runs/run.js'
import { openRawSound } from '../raw-sound.js'
import { collectFrames } from './collect.js'
import { evaluateFrames } from './evaluate.js'
import { planFrames } from './plan.js'
import { loudFrames, spoken } from './testing.js'

const gridOf = (hop: number) => ({
  hop,
  receptiveField: 400,
  framesOf: (n: number) => Math.max(0, Math.floor((n - 400) / hop) + 1),
})
const grid = gridOf(160)

test('a plan keeps recordings apart, and asks for labelled middles of frames', () => {
  const { recordings, alignments } = spoken(10)
  const plan = planFrames(recordings, alignments, grid, 16_000, { frames: 200 })
  expect(plan?.classes).toEqual(['a', 'i', 'pau', 'u'])
  expect([plan?.training.length, plan?.test.length, plan?.counts]).toEqual([200, 200, { training: 7, test: 2 }])
  const [learnt, told] = [plan?.training, plan?.test].map(part => new Set(part?.map(({ recording }) => recording)))
  expect([...(learnt ?? [])].filter(recording => told?.has(recording))).toEqual([])
  for (const { recording, seconds, label } of plan?.training ?? []) {
    expect((seconds * 16_000 - 200) % 160).toBeCloseTo(0, 6)
    const name = Number(plan?.recordings.items[recording]?.name)
    const said = alignments.byPosition.get(name)?.find(({ start, end }) => start <= seconds && seconds < end)
    expect(plan?.classes[label]).toBe(said?.label)
  }
  expect(plan?.tokens.every(({ phone }) => phone !== 'pau')).toBe(true)
  expect(plan?.notes).toEqual([
    'Frames: the data has no test part, so one fifth of the recordings was kept for the test.',
    'ABX: no column `speaker` in the metadata, so all is taken to be said by one, and nothing compared across speakers.',
  ])
})

test('one recording, or one label, leaves nothing to be told', () => {
  const { recordings, alignments } = spoken(4)
  const [first = [0, []]] = alignments.byPosition
  expect(planFrames(recordings, { byPosition: new Map([first]), notes: [] }, grid, 16_000)).toBeUndefined()
  const same = new Map([...alignments.byPosition].map(([i, all]) => [i, all.map(s => ({ ...s, label: 'a' }))]))
  expect(planFrames(recordings, { byPosition: same, notes: [] }, grid, 16_000)).toBeUndefined()
})

test('frames of another grid are those at the same moments; tokens are the frames within', async () => {
  const { recordings, alignments } = spoken(6)
  const plan = planFrames(recordings, alignments, gridOf(320), 16_000, { frames: 100 })
  if (plan === undefined) throw new Error('a plan')
  const raw = await openRawSound('log-mel', { rate: 16_000 }, { threads: 1 })
  try {
    const { training, tokens } = await collectFrames(plan, raw)
    const all = []
    for await (const { values } of raw.frames(plan.recordings)) all.push(values)
    for (const [i, { recording, seconds }] of plan.training.entries()) {
      const t = (seconds * 16_000 - 200) / 160
      expect(Number.isInteger(Number(t.toFixed(6)))).toBe(true)
      const row = training.features.values.subarray(160 * i, 160 * (i + 1))
      expect(row).toEqual(all[recording]?.subarray(160 * Math.round(t), 160 * (Math.round(t) + 1)))
    }
    expect(tokens.map(({ count }) => count).every(count => count >= 9 && count <= 10)).toBe(true)
  } finally {
    await raw.close()
  }
})

test('tones are told by log-mel and MFCC, above chance by an encoder, and speakers compared where there are two', async () => {
  const { recordings, alignments } = spoken(20, i => ({ labels: { speaker: i % 2 === 0 ? 'low' : 'high' } }))
  const out = join(temporaryFolder(), 'run')
  await pretrain(loudFrames, recordings, { out, encoder: slowAudioEncoder, steps: 2, threads: 1, report: false })
  const run = openRun(out, { methods: [loudFrames], encoders: [slowAudioEncoder] })
  const found = await evaluateFrames(run, recordings, alignments, { threads: 1, seeds: 2, frames: 600, triples: 400 })
  const { probe, abx, classes, training, test } = found
  expect([classes, training, test]).toEqual([4, { frames: 600, recordings: 16 }, { frames: 472, recordings: 4 }])
  expect(probe.mean.raw).toBeGreaterThan(0.9)
  expect(probe.mean.mfcc).toBeGreaterThan(0.9)
  expect(probe.seeds.length).toBe(2)
  expect(found.majority).toBeLessThan(0.5)
  for (const part of [abx.within, abx.across]) {
    expect(part?.triples).toBeGreaterThan(100)
    expect(part?.mean.raw).toBeLessThan(0.1)
    expect(part?.mean.trained).toBeLessThan(0.5)
  }
  expect(found).toMatchObject({ hop: 0.01, sees: 0.025, layer: 'context', seeds: 2, steps: [2] })
})
