import { expect, test } from 'vitest'
import { barChart } from './bars.js'
import { type RunReport, reportPage } from './page.js'
import { pictureSheet } from './sheet.js'
import { plainPicture } from './testing.js'

const report: RunReport = {
  title: 'SimCLR on emoji',
  subtitle: 'What was done',
  method: { name: 'SimCLR', shown: 'a view', hidden: 'its twin', paper: 'Chen et al. 2020' },
  facts: [{ label: 'Pictures', value: '3,664' }],
  pictures: [],
  charts: [],
  command: 'lacuna pretrain simclr emoji',
}

test('every text is escaped wherever it stands', async () => {
  const evil = `<script>alert("1")</script>&'`
  const png = await pictureSheet({ rows: [{ pictures: [plainPicture(2, 2, [0])] }] })
  const page = reportPage({
    title: evil,
    subtitle: evil,
    method: { name: evil, shown: evil, hidden: evil, paper: evil },
    facts: [{ label: evil, value: evil }],
    evaluation: { columns: [evil], rows: [{ name: evil, values: [{ mean: 1 }] }], note: evil },
    pictures: [{ title: evil, caption: evil, png }],
    charts: [{ title: evil, caption: evil, svg: barChart({ title: evil, bars: [{ label: evil, mean: 1 }] }) }],
    command: evil,
  })
  expect(page).not.toMatch(/<script|alert\("/)
  expect(page.split('&lt;script&gt;').length - 1).toBe(22)
})

test('the best of a column is bold, by what is printed; missing values are a dash', () => {
  const rows = [
    { name: 'a', values: [{ mean: 0.6234, sd: 0.012 }, { mean: 0.5 }] },
    { name: 'b', values: [{ mean: 0.6231 }, { mean: Number.NaN }] },
    { name: 'c', values: [{ mean: 0.2 }] },
  ]
  const page = reportPage({ ...report, evaluation: { columns: ['probe', 'kNN'], rows } })
  const cells = [...page.matchAll(/<td>(.*?)<\/td>/g)].map(match => match[1])
  expect(cells).toEqual([
    '<b>62.3</b> <span class="sd">± 1.2</span>',
    '<b>50.0</b>',
    '<b>62.3</b> <span class="sd"></span>',
    '–',
    '20.0 <span class="sd"></span>',
    '–',
  ])
})

test('pictures lie inside the page, with their size', async () => {
  const png = await pictureSheet({ rows: [{ pictures: [plainPicture(2, 2, [0])] }] }, { cell: 40 })
  const page = reportPage({ ...report, pictures: [{ title: 'views', caption: 'two', png }] })
  expect(page).toContain('<img width="80" height="80" style="--natural:80px" alt="views"')
  const [, data = ''] = /src="data:image\/png;base64,([^"]*)"/.exec(page) ?? []
  expect(Buffer.from(data, 'base64').equals(png)).toBe(true)
})

test('nothing is fetched or run, and sections without content are left out', () => {
  const page = reportPage(report)
  expect(page).not.toMatch(/<script|<link|url\(|@import|(src|href)=/)
  const headings = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(match => match[1])
  expect(headings).toEqual(['The task', 'Repeat it'])
})
