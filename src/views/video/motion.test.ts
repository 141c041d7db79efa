import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given } from '../../engine/testing.js'
import { range } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { blockMotion, goingOn, movingPixels } from './motion.js'

const SIDE = 24
/** A textured square of 8 px on a textured ground, its corner at (x, y). */
const frame = (x: number, y: number): Given =>
  array(
    [1, 1, SIDE, SIDE],
    range(SIDE * SIDE).map(i => {
      const [row, column] = [Math.floor(i / SIDE), i % SIDE]
      const inside = row >= y && row < y + 8 && column >= x && column < x + 8
      return inside ? 0.6 + 0.05 * (((row - y) * 3 + (column - x) * 5) % 8) : 0.1 + 0.02 * ((row * 7 + column * 3) % 5)
    }),
  )
const through = async (of: (...frames: [Tensor, Tensor, Tensor]) => Tensor, given: Given[]) =>
  Array.from((await evaluate((...x) => ({ y: of(...(x as [Tensor, Tensor, Tensor])) }), given)).y ?? [])
const wrong = (found: number[], truth: Given) =>
  found.reduce((sum, value, i) => sum + Math.abs(value - (truth.values[i] ?? 0)), 0)

describe('block motion', () => {
  test.each([
    [2, 0],
    [3, -2],
    [-4, 1],
  ])('a square that moves by (%i, %i) each time is found where it moves on to', async (dx, dy) => {
    const frames = [0, 1, 2].map(t => frame(8 + t * dx, 8 + t * dy)) as [Given, Given, Given]
    const found = await through((before, last) => blockMotion(before, last).add(0), [frames[0], frames[1]])
    const copied = wrong(frames[1].values as number[], frames[2])
    expect(wrong(found, frames[2])).toBeLessThan(0.25 * copied)
    const linear = await through((before, last) => goingOn(before, last), [frames[0], frames[1]])
    expect(wrong(linear, frames[2])).toBeGreaterThan(0.5 * copied)
  })

  test('what stands still stays to the last bit', async () => {
    const still = frame(5, 9)
    const found = await through((before, last) => blockMotion(before, last), [still, still])
    expect(found).toEqual(still.values)
  })
})

test('pixels that move are those that differ between any two of the frames, and those beside them', async () => {
  const dark = array([1, 1, 5, 5], Array(25).fill(0))
  const spot = (place: number, value = 1) =>
    array(
      [1, 1, 5, 5],
      range(25).map(i => (i === place ? value : 0)),
    )
  const mask = (a: Given, b: Given, c: Given) => through((a, b, c) => movingPixels(a, b, c), [a, b, c])
  const around = range(25).map(i => Number(Math.floor(i / 5) <= 1 && i % 5 <= 1))
  expect(await mask(dark, dark, spot(0))).toEqual(around)
  expect(await mask(spot(0), dark, dark)).toEqual(around)
  expect(await mask(dark, dark, spot(0, 0.04))).toEqual(Array(25).fill(0))
})

test('going on as before lies within black and white', async () => {
  const [a, b] = [array([1, 1, 1, 3], [0, 0.4, 1]), array([1, 1, 1, 3], [0.75, 0.5, 0.25])]
  expect(await through((x, y) => goingOn(x, y), [a, b])).toEqual([1, 0.6, 0])
})
