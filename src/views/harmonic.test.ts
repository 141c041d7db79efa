import { describe, expect, test } from 'vitest'
import { evaluate, type Given, randomArray } from '../engine/testing.js'
import { arrayOf } from '../nn/testing.js'
import { harmonicFill } from './harmonic.js'
import { difference } from './testing.js'

const square = (size: number, from: number, to: number) =>
  arrayOf([1, 1, size, size], (_n, _c, i, j) => Number(i >= from && i < to && j >= from && j < to))

async function fill(picture: Given, hidden: Given, options = {}): Promise<number[]> {
  const { y = [] } = await evaluate((x, hole) => ({ y: harmonicFill(x, hole) }), [picture, hidden], options)
  return y
}

describe.each([
  [16, 4, 12],
  [32, 8, 24],
])('%i px with a hole from %i to %i', (size, from, to) => {
  const ramp = arrayOf([2, 1, size, size], (n, _c, i, j) => 0.1 + (n === 0 ? i : 0.3 * i - 0.7 * j) / size)
  const hole = square(size, from, to)
  const both = { shape: [2, 1, size, size], values: [...hole.values, ...hole.values] }

  test('a ramp is its own harmonic fill', async () => {
    expect(difference(await fill(ramp, both), ramp.values)).toBeLessThan(1e-6)
  })
})

test('what is hidden does not matter, what is shown stays', async () => {
  const picture = randomArray([1, 2, 12, 12])
  const hidden = square(12, 3, 9)
  const changed = { ...picture, values: picture.values.map((v, i) => (hidden.values[i % 144] ? 7 : v)) }
  const filled = await fill(picture, hidden)
  expect(await fill(changed, hidden)).toEqual(filled)
  for (const [i, v] of filled.entries()) if (hidden.values[i % 144] === 0) expect(v).toBe(picture.values[i])
})

test('in every hidden pixel the mean of its neighbours, also at the border of the picture and in holes of any form', async () => {
  const picture = randomArray([1, 1, 10, 10])
  const noise = randomArray([1, 1, 10, 10], { seed: 5 })
  const hidden = { ...noise, values: noise.values.map(v => Number(v > -0.4)) }
  const filled = await fill(picture, hidden)
  const value = (i: number, j: number) => (i < 0 || j < 0 || i > 9 || j > 9 ? undefined : filled[i * 10 + j])
  for (let i = 0; i < 10; i++)
    for (let j = 0; j < 10; j++) {
      if (hidden.values[i * 10 + j] === 0) continue
      const around = [value(i - 1, j), value(i + 1, j), value(i, j - 1), value(i, j + 1)].filter(v => v !== undefined)
      expect(value(i, j)).toBeCloseTo(around.reduce((sum, v) => sum + v, 0) / around.length, 5)
    }
})

test('in float32 too, and with steps to spare', async () => {
  const ramp = arrayOf([1, 1, 8, 8], (_n, _c, i, j) => (i - 2 * j) / 8)
  expect(difference(await fill(ramp, square(8, 3, 5), { precision: 'float32' }), ramp.values)).toBeLessThan(1e-6)
})

test('no hole leaves a picture alone; a picture that is all hole becomes zero, not NaN', async () => {
  const picture = randomArray([1, 1, 8, 8])
  expect(await fill(picture, square(8, 0, 0), { precision: 'float32' })).toEqual(picture.values.map(Math.fround))
  expect(await fill(picture, square(8, 0, 8), { precision: 'float32' })).toEqual(Array(64).fill(0))
})
