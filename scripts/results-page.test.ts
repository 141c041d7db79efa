import type { Evaluation, Pretext } from 'lacuna'
import { expect, test } from 'vitest'
import type { Scored, Scores } from '#lacuna/evaluation/index.js'
import type { Experiment } from './experiments.js'
import type { ResultRecord } from './records.js'
import { type Measured, resultsPage } from './results-page.js'

const experiment: Experiment = {
  ...{ name: 'rotation-emoji', method: 'rotation', on: 'emoji', train: '--steps 100', score: '--labels 10,all' },
  seeds: [0, 1],
}

/** Trained and random of two seeds, raw pixels at 0.3. */
function column(trained: readonly number[], random: readonly number[], balance = 0.9): Scored {
  const seeds = trained.map((t, i): Scores => ({ trained: t, random: random[i] ?? 0, raw: 0.3 }))
  const mean = (of: readonly number[]) => of.reduce((a, b) => a + b, 0) / of.length
  const summary = { mean: { trained: mean(trained), random: mean(random), raw: 0.3 }, seeds }
  const sd = { trained: 0.01, random: 0, raw: 0 }
  const less = ({ trained: t, random: r, raw }: Scores) => ({
    trained: balance * t,
    random: balance * r,
    raw: balance * raw,
  })
  return { ...summary, sd, balanced: { mean: less(summary.mean), sd, seeds: seeds.map(less) } }
}

const accuracy = { name: 'accuracy', value: 0.6, better: 'higher', baselines: { chance: 0.25 } } as const
const pretext: Pretext = {
  ...{ method: 'rotation', step: 100, pictures: 1234, heldOut: true, notes: [], alarms: [] },
  measures: [accuracy, { name: 'loss', value: 1.5, better: 'lower', baselines: { chance: 1.39 } }],
}

function recordOf(knns: Scored, probes: Evaluation['probes'], more: Partial<ResultRecord> = {}): ResultRecord {
  const evaluation = {
    labelled: 1429,
    tested: 477,
    classes: 9,
    chance: 1 / 9,
    majority: 0.2,
    seeds: 2,
    k: 20,
    knns,
    probes,
  }
  return {
    ...{ name: 'rotation-emoji', method: 'rotation', on: 'emoji', fingerprint: 'f', seeds: [0, 1] },
    commands: ['lacuna pretrain rotation runs/quickstart-data --steps 100'],
    run: { encoder: 'c4-half', size: 32, channels: 3, steps: 100, batch: 32, pictures: 2828 },
    minutes: { trainings: [1, 2], scoring: 0.5 },
    curve: { steps: [1, 100], loss: [1.4, 1], chance: 1.386 },
    pretexts: [pretext, pretext],
    evaluation: evaluation as unknown as Evaluation,
    measured: {
      ...{ day: '2026-01-31', commit: 'abc1234', lacuna: '0.1.0', onnxruntime: '1.30.0', node: '20.20.0' },
      ...{ processor: 'abacus', cores: 2, load: 1 },
    },
    ...more,
  }
}

const above = recordOf(column([0.6, 0.62], [0.5, 0.5]), [{ labelsPerClass: 10, ...column([0.45, 0.45], [0.4, 0.41]) }])
const page = (record: ResultRecord | undefined, ...others: Measured[]) =>
  resultsPage([{ experiment, record, state: record === undefined ? 'missing' : 'measured' }, ...others])
const rowOf = (text: string) => text.split('\n').find(line => line.startsWith('| rotation |')) ?? ''

test('a row has balanced accuracy, trained / random / raw, and whether every seed is above random', () => {
  const row = rowOf(page(above))
  expect(row).toContain('**54.9** / 45.0 / 27.0') // 0.9 times 61, 50 and 30
  expect(row).toContain('| 100 × 32 | 1.5 |')
  expect(row).toMatch(/\| yes \|$/)
  expect(page(above)).toContain('by 3.6 points at least') // 0.9 × (0.45 − 0.41)
})

test('accuracy stands beside balanced accuracy, seed by seed', () => {
  const text = page(above)
  expect(text).toContain('| seed 1: trained / random / raw | 55.8 / 45.0 / 27.0 | 40.5 / 36.9 / 27.0 |')
  expect(text).toContain('| seed 1: trained / random / raw | 62.0 / 50.0 / 30.0 | 45.0 / 41.0 / 30.0 |')
})

test('a method that is not above random initialisation is said not to be, with the columns', () => {
  const record = recordOf(column([0.4, 0.4], [0.5, 0.5]), [{ labelsPerClass: 10, ...column([0.6, 0.4], [0.45, 0.45]) }])
  const text = page(record)
  expect(rowOf(text)).toMatch(/\| no \|$/)
  expect(text).toContain('Not above random initialisation: kNN (balanced); kNN.')
  expect(text).toContain('Above it in the mean but not with every seed: probe, 10 labels a class (balanced); probe')
})

test('other budgets that were tried are listed from their records', () => {
  const tried: Experiment = {
    ...experiment,
    name: 'rotation-emoji-short',
    train: '--steps 7',
    insteadOf: 'rotation-emoji',
  }
  const record = recordOf(column([0.4, 0.4], [0.5, 0.5]), [], { name: tried.name })
  const text = page(above, { experiment: tried, record, state: 'measured' })
  expect(text).toContain('| `--steps 7` | 2 | 1.5 | 36.0 / 45.0 | no |')
  expect(text.match(/^## rotation on emoji/gm)).toHaveLength(1)
})

test('a record whose first steps were taken again by later code says so', () => {
  const again = { ...above, rechecked: { day: '2030-01-02', commit: 'abc1234' } }
  expect(page(again)).toContain('The code of 2030-01-02 (abc1234) takes the same first steps.')
  expect(page(above)).not.toContain('takes the same first steps')
})

test('what has no record is said not to be measured, and what is stale to be so', () => {
  expect(rowOf(page(undefined))).toContain('not measured yet')
  expect(page(undefined)).toContain('npm run results -- --only rotation-emoji')
  const stale = resultsPage([{ experiment, record: above, state: 'stale' }])
  expect(stale).toContain('to be repeated')
})

test('the task is told beside what needs no learning, and where it is no better', () => {
  const text = page(above)
  expect(text).toContain('accuracy **0.600** (chance 0.250); loss **1.50** (chance 1.39)')
  expect(text).toContain('Not better than chance in loss.')
})

test('the minutes of all records are summed, and a busy machine is told', () => {
  expect(page(above)).toContain('4 minutes of one core in all') // 1 + 2 + 0.5, rounded
  expect(page(above)).not.toContain('busy')
  const busy = { ...above, measured: { ...above.measured, load: 8 } }
  expect(page(busy)).toContain('busy with other work')
})

test('a method of sound is told by what it was asked on other data, beside log-mel and MFCC', () => {
  const asked = { ...experiment, name: 'cpc-speech', method: 'cpc', on: 'recordings' } as const
  const task = { title: 'speaker', path: 'runs/recordings/speaker-cs', score: '--label speaker' }
  const probe = column([0.6, 0.62], [0.499, 0.63])
  const withMfcc = { ...probe, balanced: { ...probe.balanced, mean: { ...probe.balanced.mean, mfcc: 0.42 } } }
  const { evaluation, ...record } = recordOf(column([0.7, 0.7], [0.5, 0.5]), [{ labelsPerClass: 'all', ...withMfcc }])
  const own: ResultRecord = {
    ...record,
    method: 'cpc',
    run: { encoder: 'cpc-small', seconds: 1.28, steps: 100, batch: 32, pictures: 900 },
    asked: [{ title: 'speaker', command: 'lacuna evaluate runs speaker', evaluation: evaluation as Evaluation }],
  }
  const text = resultsPage([{ experiment: { ...asked, tasks: [task] }, record: own, state: 'measured' }])
  expect(text).toContain('**54.9** / 50.8 / 27.0 / 42.0 | not in speaker |') // 0.9 times 61 and 56.5
  expect(text).toContain('900 recordings, 1.3 s of each at a time')
  expect(text).not.toContain('pictures without labels')
})

test('methods that compare channels are told by what they find, beside words and colours, seed by seed', () => {
  const figure = (...seeds: number[]) => ({ mean: seeds.reduce((a, b) => a + b, 0) / seeds.length, sd: 0.01, seeds })
  const task = (plain: number) => ({
    ...{ name: 'image → text', trained: { 'R@10': figure(0.3, 0.2) }, random: { 'R@10': figure(0.02, 0.02) } },
    ...{ plain: { 'R@10': figure(plain) }, chance: { 'R@10': 0.01 }, asked: 477 },
  })
  const siglip = { ...experiment, name: 'siglip-emoji', method: 'siglip' } as const
  const pageOf = (plain: number) => {
    const across = {
      method: 'siglip',
      channels: ['image', 'text'],
      pairs: 477,
      runs: 2,
      steps: [100, 100],
      tasks: [task(plain)],
      notes: [],
    }
    const record = { ...above, name: 'siglip-emoji', method: 'siglip', across }
    return resultsPage([{ experiment: siglip, record, state: 'measured' }])
  }
  expect(pageOf(0.19)).toContain('| **25.0** / 2.0 / 19.0 / 1.0 | 477 | yes |')
  expect(pageOf(0.19)).toContain('Above all of them with every seed.')
  expect(pageOf(0.19)).toContain('pairs held out')
  // above it in the mean, not with every seed
  expect(pageOf(0.21)).toContain('| not in image → text (words and colours) |')
})

test('methods of films stand in a table of their own', () => {
  const film = { ...experiment, name: 'next-frame-vtest', method: 'next-frame', on: 'vtest' } as const
  const { evaluation: _, ...record } = { ...above, method: 'next-frame', name: film.name }
  const text = resultsPage([{ experiment: film, record, state: 'measured' }])
  expect(text).toContain('| next-frame | a square | c4-half | 100 × 32 | 1.5 | accuracy **0.600** (chance 0.250)')
  expect(text).toContain('2,828 films of 32 px, colour')
})
