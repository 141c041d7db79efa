import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { emoji, lacuna, start, temporary } from './lacuna.js'

const folder = temporary()
const [plain, labelled, run] = [join(folder, 'plain'), join(folder, 'labelled'), join(folder, 'run')]
const tiny = ['--size', '16', '--encoder', 'c4-half', '--batch', '16', '--steps', '8']
const evil = '<img src=x onerror=alert(1)>.png'

const pageOf = (out: string) => readFileSync(join(out, 'report.html'), 'utf8')
const sectionsOf = (out: string) => [...pageOf(out).matchAll(/<h2>(.*?)<\/h2>/g)].map(match => match[1])
const ofEveryRun = ['The task', 'Training', 'Nearest neighbours', 'Map', 'Health of the vectors', 'Repeat it']

beforeAll(async () => {
  const files = readdirSync(emoji).slice(0, 48)
  for (const [i, file] of files.entries())
    for (const into of [plain, join(labelled, i % 2 === 0 ? 'even' : 'odd')]) {
      mkdirSync(into, { recursive: true })
      copyFileSync(join(emoji, file), join(into, i === 7 ? evil : file))
    }
  const ended = await lacuna('pretrain', 'rotation', plain, '--out', run, ...tiny, '--json')
  expect(ended.code, ended.err).toBe(0)
  const { verdict, report } = JSON.parse(ended.out) as { verdict: { advice: string }; report: string }
  expect(verdict).toMatchObject({ state: expect.any(String), text: expect.stringMatching(/\d/) })
  expect(verdict.advice).not.toBe('')
  expect(report).toBe(join(run, 'report.html'))
  expect(JSON.parse(readFileSync(join(run, 'verdict.json'), 'utf8'))).toEqual(verdict)
})

test('pictures without labels: the page has every part, and names, whatever they are', () => {
  expect(sectionsOf(run)).toEqual(ofEveryRun)
  const page = pageOf(run)
  expect(page).not.toMatch(/<img src=x|<script|(src|href)="(?!data:image)/)
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;.png')
  expect(page).toContain('turned back as guessed')
  expect(page).toContain('on white noise')
})

test('pretext adds its figures to the page, evaluate adds classes and keeps them', async () => {
  const measured = await lacuna('pretext', run, plain)
  expect(measured.code, measured.err).toBe(0)
  expect(measured.err).toContain('measuring the task: 0 %')
  const { measures } = JSON.parse(readFileSync(join(run, 'pretext.json'), 'utf8')) as {
    measures: { name: string; value: number }[]
  }
  const accuracy = measures.find(({ name }) => name === 'accuracy')?.value ?? Number.NaN
  const cell = `<b>${Number(accuracy.toPrecision(3))}</b>`
  expect(pageOf(run)).toContain(cell)
  const scored = await lacuna('evaluate', run, labelled, '--labels', '5', '--seeds', '1', '--json')
  expect(scored.code, scored.err).toBe(0)
  expect(sectionsOf(run)).toEqual(['What the encoder learned', 'Class by class', ...ofEveryRun])
  const page = pageOf(run)
  expect(page).toContain(cell)
  expect(page).toMatch(/class="legend".*even.*odd/s)
  const { knn } = JSON.parse(scored.out) as { knn: { trained: number } }
  expect(page).toContain((100 * knn.trained).toFixed(1))
  // figures of the network as it was are none of the one that was trained on
  const longer = await lacuna('pretrain', 'rotation', plain, '--out', run, '--resume', '--steps', '12')
  expect(longer.code, longer.err).toBe(0)
  expect(sectionsOf(run)).toEqual(ofEveryRun)
  expect(pageOf(run)).toMatch(/<dt>steps<\/dt><dd>12<\/dd>/)
})

test('--no-report leaves it out; the verdict is there all the same', async () => {
  const out = join(folder, 'without')
  const ended = await lacuna('pretrain', 'rotation', plain, '--out', out, ...tiny, '--no-report')
  expect(ended.code, ended.err).toBe(0)
  expect(existsSync(join(out, 'report.html'))).toBe(false)
  expect(ended.out).toMatch(/^8 steps: .*\n(Alarm: )?(The loss|Loss) .*--steps \d+/)
})

test('an interrupted run has its page too, with the steps it took', async () => {
  const out = join(folder, 'cut')
  const { child, ended } = start('pretrain', 'rotation', plain, '--out', out, ...tiny.slice(0, -1), '100000')
  while (!existsSync(join(out, 'metrics.jsonl'))) await new Promise(wait => setTimeout(wait, 50))
  await new Promise(wait => setTimeout(wait, 1000))
  child.kill('SIGINT')
  const { code, err } = await ended
  expect(code, err).toBe(130)
  expect(sectionsOf(out)).toEqual(ofEveryRun)
  expect(pageOf(out)).toMatch(/<dt>steps<\/dt><dd>\d+ of 100,000<\/dd>/)
})
