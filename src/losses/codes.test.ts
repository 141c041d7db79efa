import { expect, test } from 'vitest'
import { array, evaluate, gradientError, randomArray } from '../engine/testing.js'
import { codeDiversity, perplexity } from './codes.js'

const figureOf = async (of: typeof codeDiversity, shape: readonly number[], values: readonly number[]) =>
  (await evaluate(p => ({ y: of(p) }), [array(shape, values)])).y

test.each([
  ['uniform', [2, 320], (i: number) => 1 / 320 + 0 * i, 0],
  ['one code a group, V = 320', [2, 320], (i: number) => Number(i % 320 === 7), 0.996875],
  ['one code a group, V = 64', [2, 64], (i: number) => Number(i % 64 === 0), 0.984375],
  ['G = 1, V = 2', [1, 2], (i: number) => [0.75, 0.25][i] ?? 0, 0.1226173],
] as const)('diversity: %s', async (_, shape, value, known) => {
  const values = Array.from({ length: shape[0] * shape[1] }, (_, i) => value(i))
  expect((await figureOf(codeDiversity, shape, values))?.[0]).toBeCloseTo(known, 6)
})

test('perplexity: of the codes (0, 0, 1, 2) 2.8284271, of one code 1, of none 1', async () => {
  const y = await figureOf(perplexity, [3, 4], [0.5, 0.25, 0.25, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  expect(y?.[0]).toBeCloseTo(2.8284271, 7)
  expect(y?.slice(1)).toEqual([1, 1])
})

test('gradient of the diversity as central differences', async () => {
  const p = randomArray([2, 5], { low: 0.05, high: 1 })
  expect(await gradientError(p => codeDiversity(p.div(p.sum(-1, true))), [p])).toBeLessThan(1e-8)
})
