import { expect, test } from 'vitest'
import { array, evaluate } from '../engine/testing.js'
import { deviationOfThere, meanOfThere, thereOf } from './there.js'

test('frames after those that are there do not count', async () => {
  const { there, mean } = await evaluate(
    (x, frames) => ({ there: thereOf(frames.cast('int'), 3), mean: meanOfThere(x, frames.cast('int')) }),
    [array([3, 3, 1], [1, 50, 60, 1, 3, 70, 1, 2, 6]), array([3], [1, 2, 3])],
  )
  expect(there).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1])
  expect(mean).toEqual([1, 2, 3])
})

test('the deviation is that of the frames that are there, and 0 of a single one', async () => {
  const { deviation } = await evaluate(
    (x, frames) => ({ deviation: deviationOfThere(x, frames.cast('int')) }),
    [array([3, 3, 2], [1, 5, 50, 60, 70, 80, 1, -5, 3, -9, 7, 7, 2, 0, 2, 3, 2, 6]), array([3], [1, 2, 3])],
  )
  expect(deviation).toEqual([0, 0, 1, 2, 0, Math.sqrt(6)])
})
