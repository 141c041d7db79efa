import { expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../engine/testing.js'
import { perPicture, toFloat, toStored } from './picture.js'

test('channels come before height and width, 255 is 1', async () => {
  const stored = array([1, 1, 2, 3], [0, 51, 102, 153, 204, 255])
  const { y } = await evaluate(x => ({ y: toFloat(x.cast('uint8')) }), [stored])
  expect(y?.map(value => Math.round(value * 1e12) / 1e12)).toEqual([0, 0.6, 0.2, 0.8, 0.4, 1])
})

test('every byte comes back as it was', async () => {
  const stored = array(
    [2, 8, 8, 3],
    Uint8Array.from({ length: 384 }, (_, i) => i),
  )
  for (const precision of ['float64', 'float32'] as const) {
    const { y } = await evaluate(x => ({ y: toStored(toFloat(x.cast('uint8'))) }), [stored], { precision })
    expect(y).toEqual(stored.values)
  }
})

test('storing rounds to the nearest byte and clips', async () => {
  const pictures = array([1, 1, 2, 3], [-0.5, 1.7, 0.4999 / 255, 0.5001 / 255, 254.4 / 255, 254.6 / 255])
  const { y } = await evaluate(x => ({ y: toStored(x) }), [pictures])
  expect(y).toEqual([0, 255, 0, 1, 254, 255])
})

test('one number a picture multiplies all of it', async () => {
  const x = randomArray([2, 3, 2, 2])
  const { y } = await evaluate((pictures, f) => ({ y: pictures.mul(perPicture(f)) }), [x, array([2], [2, -1])])
  expect(y).toEqual(x.values.map((value, i) => (i < 12 ? 2 * value : -value)))
})
