import { expect, test } from 'vitest'
import { evaluate, gradientError, randomArray } from '../program/testing.js'
import { constant } from '../tensor/tensor.js'
import { takeRows } from './rows.js'
import { at } from './testing.js'

const x = randomArray([2, 3, 4])
const rows = [2, 0, 2, 1, 1, 0]
const indices = constant(rows, [2, 3], 'int')

test('rows of each sample by their numbers, some twice', async () => {
  const { y = [] } = await evaluate(t => ({ y: takeRows(t, indices) }), [x])
  expect(y).toEqual(y.map((_, i) => at(x, Math.floor(i / 12), rows[Math.floor(i / 4)] ?? -1, i % 4)))
})

test('gradients as central differences', async () => {
  expect(await gradientError(t => takeRows(t, indices).square(), [x])).toBeLessThan(1e-8)
})
