import type { Evaluation } from 'lacuna'
import { expect, test } from 'vitest'
import { marginsText } from './margins.js'

const scored = (trained: number, random: number, raw: number, balancedTrained = trained) => ({
  mean: { trained, random, raw },
  balanced: { mean: { trained: balancedTrained, random, raw } },
})
const evaluation = (...columns: ReturnType<typeof scored>[]) =>
  ({
    knns: columns[0],
    probes: columns.slice(1).map(column => ({ labelsPerClass: 10, ...column })),
  }) as unknown as Evaluation

test('training has paid when every column is five points above both', () => {
  const text = marginsText(evaluation(scored(0.65, 0.5, 0.58), scored(0.5, 0.4, 0.42)))
  expect(text).toMatch(/^kNN +\+15\.0 above random initialisation +\+7\.0 above raw pixels$/m)
  expect(text).toContain('in every column 10.0 above random initialisation and 7.0 above raw pixels, or more')
})

test('a column that is not, in accuracy or balanced, is named with its points', () => {
  const text = marginsText(evaluation(scored(0.65, 0.5, 0.58), scored(0.5, 0.4, 0.42, 0.395)))
  expect(text).toContain(
    'Not clear everywhere: less than 5 points in probe, 10 labels a class, balanced: −0.5 above random initialisation; probe, 10 labels a class, balanced: −2.5 above raw pixels.',
  )
})
