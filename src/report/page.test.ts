import { expect, test } from 'vitest'
import type { Evaluation, Scores } from '../evaluation/evaluate.js'
import type { Pretext } from '../evaluation/pretext.js'
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
  measures: [{ name: 'accuracy', value: 0.8694, better: 'higher', baselines: { chance: 0.25 }, noise: 0.246 }],
  notes: [],
  alarms: [],
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

test('the task: its measure beside what needs no learning and beside white noise', () => {
  const page = reportPage({ ...bare, pretext })
  const columns = [...page.matchAll(/<th scope="col">(.*?)<\/th>/g)].map(match => match[1])
  const cells = [...page.matchAll(/<td>(.*?)<\/td>/g)].map(match => match[1])
  expect([columns, cells]).toEqual([
    ['trained', 'chance', 'on white noise'],
    ['<b>0.869</b>', '0.25', '0.246'],
  ])
  expect(page).toContain('2,560 pictures held out')
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
