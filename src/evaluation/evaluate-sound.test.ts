import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import { slowAudioEncoder } from '../nn/audio/testing.js'
import { pretrain } from '../pretrain.js'
import { framesText, layersText } from '../report/sound-lines.js'
import { evaluationText } from '../report/text-lines.js'
import { openRun } from '../runs/run.js'
import { evaluate } from './evaluate.js'
import { loudFrames, spoken } from './frames/testing.js'

const speaker = (i: number) => (i % 2 === 0 ? 'low' : 'high')

async function run() {
  const { recordings } = spoken(40, i => ({ label: speaker(i), group: `${Math.floor(i / 2)}` }))
  const out = join(temporaryFolder(), 'run')
  await pretrain(loudFrames, recordings, { out, encoder: slowAudioEncoder, steps: 2, threads: 1, report: false })
  return { opened: openRun(out, { methods: [loudFrames], encoders: [slowAudioEncoder] }), recordings }
}

test('speakers are told by means, and by means and deviations, beside log-mel and MFCC', async () => {
  const { opened, recordings } = await run()
  const found = await evaluate(opened, recordings, { threads: 1, seeds: 2, labels: ['all'], k: 3, layers: true })
  expect(found).toMatchObject({ medium: 'audio', classes: 2, tested: 8, labelled: 32 })
  expect(found.probes.map(({ labelsPerClass, pool }) => [labelsPerClass, pool])).toEqual([
    ['all', 'mean'],
    ['all', 'mean-sd'],
  ])
  for (const { mean } of found.probes) {
    expect(mean.raw).toBe(1)
    expect(mean.mfcc).toBe(1)
  }
  expect(found.knns.seeds.map(seed => Object.keys(seed))).toEqual(Array(2).fill(['trained', 'random', 'raw', 'mfcc']))
  expect(found.layers?.map(({ layer }) => layer)).toEqual(['latents', 'context'])
  const text = evaluationText(found)
  expect(text).toMatch(/^log-mel \+ Δ .*100\.0 %/m)
  expect(text).toMatch(/^MFCC \+ Δ \+ ΔΔ .*100\.0 %/m)
  expect(text).toContain('8 test recordings of 2 classes')
  expect(text).toContain('balanced, probe, by layer')
  expect(text).not.toMatch(/picture|pixel/)
})

test('a test set of its own is tested whole, and one pool is what was asked for', async () => {
  const { opened, recordings } = await run()
  const { recordings: others } = spoken(6, i => ({ label: i === 5 ? 'other' : speaker(i) }))
  const found = await evaluate(opened, recordings, {
    threads: 1,
    seeds: 1,
    labels: ['all'],
    test: others,
    pool: 'mean-sd',
  })
  expect(found).toMatchObject({ tested: 6, labelled: 40, classes: 3, place: { pool: 'mean-sd' } })
  expect(found.probes.map(({ pool }) => pool)).toEqual(['mean-sd'])
  expect(found.notes).toContain('In the test part only, so never told right: other.')
  expect(found.notes[0]).toBe('Learnt from memory, tested on memory.')
})

test('recordings without labels, or of one speaker, say so', async () => {
  const { opened } = await run()
  const { recordings } = spoken(4)
  await expect(evaluate(opened, recordings)).rejects.toThrow('no labels: put the recordings of each class in a folder')
  const columns = spoken(4, () => ({ labels: { speaker: 'anna' } })).recordings
  await expect(evaluate(opened, columns)).rejects.toThrow('no labels: choose --label of speaker, or put')
  const { recordings: one } = spoken(4, () => ({ label: 'low' }))
  await expect(evaluate(opened, one)).rejects.toThrow('give recordings of two classes or more')
})

test('what frames tell is printed with what it is of', () => {
  const scores = { trained: 0.5, random: 0.25, raw: 0.4, mfcc: 0.3 }
  const none = { trained: 0, random: 0, raw: 0, mfcc: 0 }
  const summary = { mean: scores, sd: none, seeds: [scores] }
  const text = framesText({
    ...{ probe: { ...summary, balanced: summary }, classes: 4, commonest: 'pau', majority: 0.2, seeds: 1, steps: [2] },
    ...{ training: { frames: 1000, recordings: 20 }, test: { frames: 500, recordings: 5 }, layer: 'context' },
    ...{ abx: { within: { ...summary, triples: 1234 } }, hop: 0.01, sees: 0.025, notes: ['a note'] },
  })
  expect(text).toMatch(/^trained +50\.0 % +50\.0 % +50\.0 %$/m)
  expect(text).toContain('500 test frames of 5 recordings, 1,000 of 20 to learn from, 4 labels; commonest (pau) 20.0 %')
  expect(text).toContain('every 10 ms, of 25 ms of the wave')
  expect(text).toContain('1,234 triples of one speaker.')
  expect(layersText('x', [{ layer: 'l1', trained: 0.5, random: 0.125 }])).toMatch(/^l1 +50\.0 % +12\.5 %$/m)
})
