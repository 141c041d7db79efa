import { expect, test } from 'vitest'
import type { ResultRecord } from '../scripts/records.js'
import { accuracyChart, accuracySection } from './page-accuracy.js'

const scored = (...trained: number[]) => ({ balanced: { seeds: trained.map(value => ({ trained: value })) } })
const record = (knn: number[], loss: number[], norms: number[]) =>
  ({
    seeds: [0, 1],
    run: { encoder: 'vit-mini', steps: 3000, batch: 32 },
    curve: { steps: [1, 2], loss: [4, 3], gradientNorm: norms, chance: 4 },
    evaluation: { knns: scored(...knn), probes: [] },
    last: { loss, gradientNorm: norms },
  }) as unknown as ResultRecord

const pair = {
  title: 'simclr on Fashion-MNIST',
  fp32: record([0.7, 0.72], [1.5, 1.7], [2, 2]),
  int8: record([0.71, 0.7], [1.6, 1.8], [2, 3]),
}

test('a training is compared seed by seed: scores in per cent, loss and gradient as they are', () => {
  const rows = accuracySection([pair], 'a.svg')
    .split('\n')
    .filter(line => line.startsWith('|'))
  expect(rows.slice(2)).toEqual([
    '| simclr on Fashion-MNIST: vit-mini, 3000 × 32 | kNN | 71.0 | 70.5 | −0.5 (+1.0, −2.0) |',
    '|  | loss, last tenth of the steps | 1.60 | 1.70 | +0.100 (+0.100, +0.100) |',
    '|  | norm of the gradient there | 2.00 | 2.50 | +0.500 (+0.00, +1.00) |',
  ])
})

test('over all trainings that have a score: the mean of the differences and its standard error', () => {
  const rows = accuracySection([pair, { ...pair, fp32: record([0.7, 0.7], [1, 1], [1, 1]) }], 'a.svg').split('\n')
  // +1, −2, +1 and 0 points: deviation √2, over √4
  expect(rows).toContain('| all of them that have it | kNN |  |  | +0.0 ± 0.7 (4 seeds of 2 trainings) |')
  expect(rows.filter(row => row.includes('standard error') || row.includes(' ± '))).toHaveLength(2)
})

test('the chart has loss and gradient of each training in both', () => {
  const chart = accuracyChart([pair, pair])
  expect(chart.match(/<svg /g)).toHaveLength(5) // all, and two of each
  expect(chart.match(/<path [^>]*stroke-width="2"/g)).toHaveLength(8)
})
