import { expect, test } from 'vitest'
import { array, evaluate } from '../engine/testing.js'
import { meanOfThere, thereOf } from './there.js'

test('frames after those that are there do not count', async () => {
  const { there, mean } = await evaluate(
    (x, frames) => ({ there: thereOf(frames.cast('int'), 3), mean: meanOfThere(x, frames.cast('int')) }),
    [array([3, 3, 1], [1, 50, 60, 1, 3, 70, 1, 2, 6]), array([3], [1, 2, 3])],
  )
  expect(there).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1])
  expect(mean).toEqual([1, 2, 3])
})
