import { expect, test } from 'vitest'
import type { AcrossEvaluation, AcrossTask, Figure } from '../evaluation/across/evaluate.js'
import type { Evaluation, Scores } from '../evaluation/evaluate.js'
import type { Pretext } from '../evaluation/pretext.js'
import { acrossSaid } from './across-lines.js'
import { reportPage } from './page.js'
import type { RunReport } from './report.js'
import { plainPicture, readPng } from './testing.js'
import { thumbnail } from './thumbnail.js'
import { curveOf } from './verdict/testing.js'

const bare: RunReport = {
  title: 'SimCLR on emoji',
  subtitle: 'What was done',
  alarms: [],
  notes: [],
  method: { name: 'SimCLR', shown: 'a view', hidden: 'its twin', paper: 'Chen et al. 2020' },
  facts: [{ label: 'Pictures', value: '3,664' }],
  metrics: [],
  command: 'lacuna pretrain simclr emoji',
}

const scores = (trained: number, random: number, raw: number): Scores => ({ trained, random, raw })
const balanced = { mean: scores(0.41, 0.31, 0.21), sd: scores(0, 0, 0), seeds: [] }
const knns = { mean: scores(0.6234, 0.6231, 0.2), sd: scores(0.012, 0, 0), seeds: [], balanced }
const evaluation: Evaluation = {
  knn: knns.mean,
  probe: scores(0.5, Number.NaN, 0.4),
  labelled: 100,
  tested: 1234,
  classes: 9,
  chance: 1 / 9,
  majority: 0.25,
  commonest: 'cat',
  seeds: 3,
  steps: [100],
  k: 20,
  place: { layer: 'conv4', pool: 'mean' },
  knns,
  probes: [{ labelsPerClass: 10, mean: scores(0.5, Number.NaN, 0.4), sd: scores(0, 0, 0), seeds: [], balanced }],
  perClass: [{ label: 'cat', training: 60, tested: 234, knn: scores(0.1, 0.2, 0.3), probe: scores(0.4, 0.5, 0.6) }],
  health: { deviation: 0.1, cosine: 0.2, rank: 30, width: 128, alarms: [] },
  notes: ['A note.'],
}

const pretext: Pretext = {
  method: 'rotation',
  step: 100,
  pictures: 2560,
  heldOut: true,
  measures: [
    {
      ...{ name: 'accuracy', value: 0.8694, better: 'higher', baselines: { chance: 0.25, copied: 0.4 } },
      ...{ noise: 0.246, noiseBound: 0.26 },
    },
    { name: 'code perplexity', value: 12, better: 'higher', baselines: {} },
  ],
  notes: [],
  alarms: [],
}

const one = (mean: number, sd = 0): Figure => ({ mean, sd, seeds: sd > 0 ? [mean - sd, mean + sd] : [mean] })
const found = (share: number, rank: number, sd = 0) => ({ 'R@10': one(share, sd), 'median rank': one(rank) })
const across: AcrossEvaluation = {
  ...{ method: 'clip', channels: ['image', 'text'], pairs: 1000, runs: 2, steps: [100, 100], notes: ['A fifth.'] },
  tasks: [
    {
      ...{ name: 'image → text', asked: 1000, trained: found(0.3, 31, 0.02), random: found(0.012, 480) },
      ...{ plain: found(0.28, 25), chance: { 'R@10': 0.01, 'median rank': 500.5 } },
    },
    {
      ...{ name: 'classes by their names', asked: 400, chance: { accuracy: 0.4, 'balanced accuracy': 0.1 } },
      trained: { accuracy: one(0.5), 'balanced accuracy': one(0.25) },
      random: { accuracy: one(0.1), 'balanced accuracy': one(0.12) },
    },
  ],
}

const sectionsOf = (page: string) => [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(match => match[1])

test('every text is escaped wherever it stands', async () => {
  const evil = `<script>alert("1")</script>&'`
  const source = await thumbnail(plainPicture(2, 2, [0]))
  const shown = { source, name: evil, label: evil, same: true }
  const gallery = { caption: evil, columns: [evil], rows: [[shown, shown]] }
  const page = reportPage({
    title: evil,
    subtitle: evil,
    verdict: { state: 'settled', alarm: false, text: evil, advice: evil },
    alarms: [evil],
    notes: [evil],
    method: { name: evil, shown: evil, hidden: evil, paper: evil },
    facts: [{ label: evil, value: evil }],
    metrics: [],
    evaluation: { ...evaluation, notes: [evil] },
    pretext: {
      ...pretext,
      measures: [{ name: evil, value: 1, better: 'lower', baselines: { [evil]: 2 } }],
      notes: [evil],
    },
    across: { ...across, tasks: across.tasks.map(task => ({ ...task, name: evil })), notes: [evil] },
    views: gallery,
    neighbours: gallery,
    map: { points: [{ x: 0, y: 0, label: evil }], shares: [1, 0], exhibits: [{ ...shown, point: 0 }] },
    command: evil,
  })
  expect(page).not.toMatch(/<script|alert\("/)
  expect(page.split('&lt;script&gt;').length).toBeGreaterThan(30)
})

test('alarms and remarks on the data stand at the top, each kind in a box of its own', () => {
  const page = reportPage({ ...bare, alarms: ['It collapsed.', 'A shortcut.'], notes: ['40 pictures, 1 different.'] })
  expect(page).toContain(
    '<div class="box alarm"><strong class="mark">Alarm</strong><ul><li>It collapsed.</li><li>A shortcut.</li></ul></div>',
  )
  expect(page).toMatch(/<div class="box remark">.*To know.*40 pictures, 1 different\./)
  expect(page.indexOf('box alarm')).toBeLessThan(page.indexOf('<section>'))
  expect(reportPage(bare)).not.toContain('class="box')
})

test('the verdict says what was learnt and what is next, and an alarm looks like one', () => {
  const verdict = {
    state: 'chance',
    alarm: true,
    text: 'The loss never left chance.',
    advice: 'Another --lr.',
  } as const
  const boxOf = (page: string) => /<div class="box (\w+)">(.*?)<\/div>/.exec(page)?.slice(1)
  expect(boxOf(reportPage({ ...bare, verdict }))).toEqual([
    'alarm',
    '<strong class="mark">Alarm</strong><p class="said">The loss never left chance.</p><p class="advice"><b>Next:</b> Another <span class="flag">--lr</span>.</p>',
  ])
  const advice = 'See `lacuna evaluate` <b>.'
  expect(boxOf(reportPage({ ...bare, verdict: { ...verdict, advice } }))?.[1]).toContain(
    'See <code>lacuna evaluate</code> &lt;b&gt;.',
  )
  expect(boxOf(reportPage({ ...bare, verdict: { ...verdict, state: 'falling', alarm: false } }))?.[0]).toBe('verdict')
  expect(boxOf(reportPage({ ...bare, verdict: { ...verdict, state: 'short', alarm: false } }))?.[0]).toBe('remark')
})

test('the best of a column is bold, by what is printed; missing values are a dash', () => {
  const page = reportPage({ ...bare, evaluation })
  const cells = [...page.matchAll(/<td>(.*?)<\/td>/g)].map(match => match[1])
  expect(cells.slice(6, 12)).toEqual([
    '<b>62.3</b> <span class="sd">± 1.2</span>',
    '<b>50.0</b>',
    '<b>62.3</b> <span class="sd"></span>',
    '–',
    '20.0 <span class="sd"></span>',
    '40.0',
  ])
  expect(cells.slice(0, 6)).toEqual(['<b>41.0</b>', '<b>41.0</b>', '31.0', '31.0', '21.0', '21.0'])
  expect([...page.matchAll(/<h3 class="over">(.*?)<\/h3>/g)].map(match => match[1])).toEqual([
    'Balanced accuracy',
    'Accuracy',
  ])
  expect(page).toContain('1,234 test pictures of 9 classes')
  expect(page).toContain('A note.')
})

test('channels found by one another: figures of each task, the best in bold, a low rank the better', () => {
  const page = reportPage({ ...bare, across })
  expect(sectionsOf(page)[0]).toBe('One by the other')
  const rows = [...page.matchAll(/<tr><th scope="row">(.*?)<\/tr>/g)].map(match => match[1]?.replace(/<\/t[hd]>/g, ''))
  expect(rows).toEqual([
    'trained<td><b>30.0</b> <span class="sd">± 2.0</span><td>31.0',
    'random init<td>1.2 <span class="sd"></span><td>480.0',
    'colours against words<td>28.0 <span class="sd"></span><td><b>25.0</b>',
    'chance<td>1.0 <span class="sd"></span><td>500.5',
    ...['trained<td><b>50.0</b><td><b>25.0</b>', 'random init<td>10.0<td>12.0', 'chance<td>40.0<td>10.0'],
  ])
  expect(page).toContain('1,000 pairs held out, each looked for among all of them; mean ± sd over 2 runs.')
  expect(page).toContain('A fifth.')
})

test('what is found across channels, and whether it is more than what has learnt nothing finds', () => {
  const [towards, named] = across.tasks as [AcrossTask, AcrossTask]
  expect(acrossSaid(across)).toBe(
    'Of 1,000 pairs held out, the other half is among the 10 nearest in 30.0 %, clearly more than random init (1.2 %) or chance (1.0 %), not clearly more than colours against words (28.0 %). By their names alone, classes are told right (balanced) in 25.0 %, clearly more than random init (12.0 %) or chance (10.0 %).',
  )
  // of few pairs ten places hold too much, and no difference is sure
  const few = { ...towards, asked: 16, chance: { 'R@1': 0.0625, 'R@10': 0.625 } }
  const first = (share: number) => ({ 'R@1': one(share), 'median rank': one(3) })
  const task = { ...few, trained: first(0.2), random: first(0.1), plain: first(0.15) }
  expect(acrossSaid({ ...across, pairs: 16, tasks: [task] })).toBe(
    'Of 16 pairs held out, the other half is the nearest in 20.0 %, not clearly more than random init (10.0 %) or colours against words (15.0 %) or chance (6.3 %).',
  )
  expect(acrossSaid({ ...across, tasks: [{ ...towards, asked: 10_000, plain: found(0.33, 20) }] })).toMatch(
    / or chance \(1\.0 %\), clearly less than colours against words \(33\.0 %\)\.$/,
  )
  expect(acrossSaid({ ...across, tasks: [{ ...named, asked: 100_000 }] })).toMatch(
    /^By their names .* clearly more than random/,
  )
})

test('each class has its numbers, and where training made it worse is marked', () => {
  const rowsOf = (page: string) =>
    [...(page.split('<h2>Class by class')[1] ?? '').matchAll(/<tr><th scope="row">(.*?)<\/tr>/g)].map(match => match[1])
  const [first] = evaluation.perClass
  expect(rowsOf(reportPage({ ...bare, evaluation }))).toEqual([
    'cat</th><td>60</td><td>234</td><td><span class="worse">10.0</span></td><td>20.0</td><td>30.0</td><td><span class="worse">40.0</span></td><td>50.0</td><td>60.0</td>',
  ])
  if (first === undefined) throw new Error('no class')
  const fine = { ...evaluation, perClass: [{ ...first, label: '<b>', knn: scores(0.5, 0.5, 0.9) }] }
  expect(rowsOf(reportPage({ ...bare, evaluation: fine }))[0]).toMatch(
    /^&lt;b&gt;<\/th><td>60<\/td><td>234<\/td><td>50\.0</,
  )
  const many = Array.from({ length: 30 }, (_, i) => ({ ...first, label: `class ${i}` }))
  expect(reportPage({ ...bare, evaluation: { ...evaluation, perClass: many } })).toContain(
    '<summary>All 30 classes</summary>',
  )
})

test('the task: its measure beside what needs no learning and white noise, with the bound that this is held against', () => {
  const page = reportPage({ ...bare, pretext })
  const columns = [...page.matchAll(/<th scope="col">(.*?)<\/th>/g)].map(match => match[1])
  const cells = [...page.matchAll(/<td>(.*?)<\/td>/g)].map(match => match[1])
  expect([columns, cells]).toEqual([
    ['trained', 'chance', 'copied', 'on white noise', 'bound there'],
    ['<b>0.869</b>', '0.25', '0.4', '0.246', '0.26', '<b>12</b>', '–', '–', '–', '–'],
  ])
  expect(page).toContain('2,560 pictures held out')
  expect(page).toContain('clearly better there than the bound has found a shortcut')
  const quiet = { ...pretext, measures: pretext.measures.slice(1) }
  expect(reportPage({ ...bare, pretext: quiet })).not.toMatch(/white noise|bound/)
})

test('neighbours have their names, shortened, and whole where one points at them', async () => {
  const source = await thumbnail(plainPicture(2, 2, [7]))
  const name = 'animals/a-very-long-name-of-a-fox.png'
  const neighbours = {
    caption: '',
    columns: ['picture', 'nearest'],
    rows: [[{ source, name, label: 'fox', same: true }]],
  }
  const page = reportPage({ ...bare, neighbours })
  expect(page).toContain(`<span class="name" title="${name}">a-very-l…-of-a-fox</span><span class="label">fox</span>`)
  expect(page).toContain('class="exhibit first same"')
})

test('small pictures lie inside the page to the pixel', async () => {
  const source = await thumbnail(plainPicture(2, 2, [200, 10, 20]))
  const page = reportPage({ ...bare, views: { caption: '', columns: [''], rows: [[{ source }]] } })
  const [, data = ''] = /src="data:image\/png;base64,([^"]*)"/.exec(page) ?? []
  const pixels = await readPng(Buffer.from(data, 'base64'))
  expect([pixels.width, pixels.height, pixels.at(1, 1)]).toEqual([2, 2, [200, 10, 20]])
  expect(await thumbnail(plainPicture(600, 300, [9]))).toMatch(/^data:image\/webp/)
})

test('health: what was found beside what is healthy', () => {
  const health = { deviation: 0.0701, cosine: 0.42, rank: 31.24, width: 128, alarms: [], pictures: 2000 }
  const page = reportPage({ ...bare, health })
  const cells = [...page.matchAll(/<td>(.*?)<\/td>/g)].map(match => match[1])
  expect(cells).toEqual([
    ...['<b>0.0701</b>', 'near 0.0884', '0'],
    ...['<b>0.420</b>', 'well below 1', '1'],
    ...['<b>31.2</b>', 'well above 1', '1'],
  ])
})

test('nothing is fetched or run, and sections without content are left out', () => {
  const page = reportPage({ ...bare, metrics: curveOf(share => 4 - share, { steps: 5, accuracy: 0.5 }) })
  expect(page).not.toMatch(/<script|<link|url\(|@import|(src|href)=/)
  expect(page).toContain("default-src 'none'")
  expect(sectionsOf(page)).toEqual(['The task', 'Training', 'Repeat it'])
  expect(page.match(/<svg/g)).toHaveLength(4) // each for a wide page and for a narrow one
  expect(sectionsOf(reportPage(bare))).toEqual(['The task', 'Repeat it'])
})
