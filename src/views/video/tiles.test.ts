import { expect, test } from 'vitest'
import { array, evaluate } from '../../engine/testing.js'
import { uniforms } from '../../program/draws.js'
import { draw } from '../../program/trace.js'
import { range } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { joined, motionInTiles, squareAround, tilesOf } from './tiles.js'

const SIZE = 13
const SIDE = 4
/** Two windows of two frames of two colours; each pixel says where it is. */
const pixel = (n: number, t: number, c: number, i: number, j: number) => (((n * 2 + t) * 2 + c) * 20 + i) * 20 + j
const frames = array(
  [2, 2, 2, SIZE, SIZE],
  range(2 * 2 * 2 * SIZE * SIZE).map(k => {
    const [i, j, of] = [Math.floor(k / SIZE) % SIZE, k % SIZE, Math.floor(k / SIZE ** 2)]
    return pixel(Math.floor(of / 4), Math.floor(of / 2) % 2, of % 2, i, j)
  }),
)

test('frames in tiles, and joined again, are their middle', async () => {
  const { tiles, back } = await evaluate(
    x => {
      const tiles = tilesOf(x as never, SIDE)
      return { tiles, back: joined(tiles.slice(1, 0, 1).reshape(18, 2, SIDE, SIDE), 3) }
    },
    [frames],
  )
  expect(tiles).toHaveLength(2 * 9 * 2 * 2 * SIDE ** 2)
  // (13 − 12) / 2, whole pixels: nothing above and to the left is left out
  expect(tiles?.slice(0, 4)).toEqual(range(4).map(j => pixel(0, 0, 0, 0, j)))
  expect(tiles?.[(5 * 2 * 2 + 1) * SIDE ** 2 + SIDE + 2]).toBe(pixel(0, 0, 1, 4 + 1, 8 + 2)) // tile 5: second row, third column
  const expected = range(2).flatMap(n =>
    range(2).flatMap(c => range(12).flatMap(i => range(12).map(j => pixel(n, 0, c, i, j)))),
  )
  expect(back).toEqual(expected)
})

test('motion in tiles is the mean of what their pixels change by', async () => {
  const next = uniforms(0, 0, 'frames')
  const film = array(
    [1, 3, 1, 8, 8],
    range(3 * 64).map(() => next()),
  )
  const { motion } = await evaluate(x => ({ motion: motionInTiles(x as never, SIDE) }), [film])
  const expected = range(2).flatMap(t =>
    range(4).map(tile => {
      const [top, left] = [SIDE * Math.floor(tile / 2), SIDE * (tile % 2)]
      const changes = range(16).map(k => {
        const place = (top + Math.floor(k / 4)) * 8 + left + (k % 4)
        return Math.abs((film.values[(t + 1) * 64 + place] ?? 0) - (film.values[t * 64 + place] ?? 0))
      })
      return changes.reduce((a, b) => a + b, 0) / 16
    }),
  )
  for (const [i, value] of expected.entries()) expect(motion?.[i]).toBeCloseTo(value, 12)
})

test('a square around a tile has the pixels of one place, in all frames and colours, at most a quarter away', async () => {
  const places = range(90).map(n => n % 9)
  const corners = array(
    [90, 2, 1, SIZE, SIZE],
    places.flatMap(() =>
      range(2).flatMap(t => range(SIZE ** 2).map(k => pixel(0, t, 0, Math.floor(k / SIZE), k % SIZE))),
    ),
  )
  const { square = [] } = await evaluate(
    (x, place) => ({ square: squareAround(x as never, (place as never as Tensor).cast('int'), SIDE, draw) }),
    [corners, array([90, 1], places)],
  )
  const seen = new Set<string>()
  for (const [n, place] of places.entries()) {
    const own = square.slice(n * 2 * SIDE ** 2, (n + 1) * 2 * SIDE ** 2)
    const [top, left] = [Math.floor((own[0] ?? 0) / 20), (own[0] ?? 0) % 20]
    const off = [top - SIDE * Math.floor(place / 3), left - SIDE * (place % 3)]
    for (const by of off) expect(Math.abs(by)).toBeLessThanOrEqual(SIDE / 4)
    seen.add(off.join())
    const expected = range(2).flatMap(t =>
      range(SIDE ** 2).map(k => pixel(0, t, 0, top + Math.floor(k / SIDE), left + (k % SIDE))),
    )
    expect(own).toEqual(expected)
  }
  expect(seen.size).toBe(4) // a pixel less or none, each way
})
