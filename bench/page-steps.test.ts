import { expect, test } from 'vitest'
import { cases } from './cases.js'
import { ours } from './measure-steps.js'
import { stepSection, summaryRow } from './page-steps.js'
import type { StepRecord } from './records.js'

const one = cases[0] as (typeof cases)[number]
const measured = (seconds: number, more = {}) => ({
  ...{ seconds, firstStepSeconds: 3 * seconds, peakMegabytes: 512.4, parameters: 2_500_000, matmulGflops: 200 },
  ...more,
})
const machine = {
  processor: 'abacus',
  cores: 2,
  gigabytes: 4,
  system: 'none',
  node: 'v20',
  onnxruntime: '1',
  sharp: '1',
}
const record: StepRecord = {
  ...{ machine, day: '2026-01-31', size: 32, batch: 32, steps: 8, threads: 2, problems: ['PyTorch 3: not out yet'] },
  results: {
    [ours.whole]: [measured(1), measured(0.8)].map(m => ({ ...m, compileSeconds: 2 })),
    [ours.plain]: [measured(0.64), measured(0.64)].map(m => ({ ...m, compileSeconds: 1, gflop: 64 })),
    'PyTorch 1, eager': [measured(2), measured(1.6)],
    'PyTorch 2, eager': [measured(1.28), measured(1.28)],
  },
}

test('the row of a case compares with the fastest peer, round by round', () => {
  const [title, whole, plain, int8, fastest, ...ratios] = summaryRow(one, record)
  expect(title).toContain('32 pictures of 32 px (64 views)')
  expect([whole, plain, fastest]).toEqual(['72', '100', '50 (2, eager)']) // (64 + 80) / 2, 64 / 0.64, 64 / 1.28
  expect(ratios).toEqual(['1.44 (1.28–1.6)', '2 (2–2)', ''])
  expect(int8).toBe('')
})

test('the table of a case has the operations of the step without augmentation over the time of each', () => {
  const rows = stepSection(one, record)
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line => line.split(' | '))
  expect(rows[3]).toEqual([...[`| ${ours.plain}`, '100 (100–100)', '', '', '100', '50 % of 200', '512', '1', '1.92 |']])
  expect(rows[4]?.slice(2, 4)).toEqual(['2 (2–2)', '2.81 (2.5–3.13)'])
  const int8 = { ...record, results: { ...record.results, [ours.plainInt8]: [measured(0.4), measured(0.4)] } }
  expect(stepSection(one, int8)).toContain(`| ${ours.plainInt8} | 160 (160–160) |  |  |  | 160 |`)
  expect(summaryRow(one, int8)).toEqual(summaryRow(one, record)) // no peer
  expect(stepSection(one, record)).toContain('Left out: PyTorch 3: not out yet.')
})

test('peers in bf16 stand beside ours in int8 and apart from what is in fp32', () => {
  const more = {
    [ours.wholeInt8]: [measured(0.64), measured(0.32)],
    [ours.plainInt8]: [measured(0.32), measured(0.32)],
    'PyTorch 2, eager, bf16': [measured(0.64), measured(0.96)],
  }
  const fewer = { ...record, results: { ...record.results, ...more } }
  const [, ...row] = summaryRow(one, fewer)
  // bf16 is faster than the fastest, and none of those that ours are compared with
  expect(row).toEqual(['72', '100', '150', '50 (2, eager)', '1.44 (1.28–1.6)', '2 (2–2)', '3 (2–4)'])
  const [head, , ...rows] = stepSection(one, fewer)
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line => line.split(' | ').slice(0, 6))
  expect(head?.slice(2)).toEqual([
    ...['ratio, whole', 'ratio, no augmentation', 'ratio, whole, int8', 'ratio, no augmentation, int8'],
  ])
  expect(rows.slice(2)).toEqual([
    [`| ${ours.wholeInt8}`, '150 (100–200)', '', '', '', ''],
    [`| ${ours.plainInt8}`, '200 (200–200)', '', '', '', ''],
    ['| PyTorch 1, eager', '36 (32–40)', '2 (2–2)', '2.81 (2.5–3.13)', '4.06 (3.13–5)', '5.63 (5–6.25)'],
    ['| PyTorch 2, eager', '50 (50–50)', '1.44 (1.28–1.6)', '2 (2–2)', '3 (2–4)', '4 (4–4)'],
    ['| PyTorch 2, eager, bf16', '83.3 (66.7–100)', '', '', '2 (1–3)', '2.5 (2–3)'],
  ])
  expect(stepSection(one, record)).not.toContain('int8')
})
