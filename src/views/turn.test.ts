import { expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../engine/testing.js'
import { arrayOf, at } from '../nn/testing.js'
import { constant } from '../tensor/tensor.js'
import { turn, turnEach } from './turn.js'

const square = array([1, 1, 2, 2], [1, 2, 3, 4])
const pictures = randomArray([4, 3, 5, 5])

test('a quarter against the clock', async () => {
  const { y } = await evaluate(x => ({ y: turn(x, 1) }), [square])
  expect(y).toEqual([2, 4, 1, 3])
})

test.each([0, 1, 2, 3])('%i quarters are as many times one quarter, as a loop has it, bit for bit', async quarters => {
  let expected = pictures
  for (let i = 0; i < quarters; i++) {
    const before = expected
    expected = arrayOf(pictures.shape, (n, c, row, column) => at(before, n, c, column, 4 - row))
  }
  const { y, whole } = await evaluate(
    x => ({ y: turn(x, quarters), whole: turn(turn(x, quarters), 4 - quarters) }),
    [pictures],
  )
  expect(y).toEqual(expected.values)
  expect(whole).toEqual(pictures.values)
})

test('each picture by its own number of quarters', async () => {
  const results = await evaluate(
    x => ({
      each: turnEach(x, constant([2, 0, 3, 1], [4], 'int')),
      ...Object.fromEntries([0, 1, 2, 3].map(q => [`by${q}`, turn(x, q)])),
    }),
    [pictures],
  )
  const rows = (name: string, i: number) => results[name]?.slice(75 * i, 75 * (i + 1))
  for (const [i, q] of [2, 0, 3, 1].entries()) expect(rows('each', i)).toEqual(rows(`by${q}`, i))
})
