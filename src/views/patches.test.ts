import { describe, expect, test } from 'vitest'
import { evaluate, type Given, randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { arrayOf, at } from '../nn/testing.js'
import { draw } from '../program/trace.js'
import { constant } from '../tensor/tensor.js'
import {
  arrange,
  coveringPatches,
  cutPatches,
  type Grid,
  layPatches,
  neighbourGrid,
  spanOf,
  standardise,
  tileGrid,
} from './patches.js'
import { affineGroup9, inverseOf } from './permutations.js'
import { difference } from './testing.js'

const measures = { gap: true, jitter: true }

describe('grids', () => {
  test.each([
    [32, 2, { side: 2, patch: 12, pitch: 16, jitter: 2, shift: 2 }],
    [48, 3, { side: 3, patch: 12, pitch: 16, jitter: 2, shift: 2 }],
    [64, 3, { side: 3, patch: 16, pitch: 21, jitter: 3, shift: 2 }],
    [96, 3, { side: 3, patch: 24, pitch: 32, jitter: 6, shift: 2 }],
    [16, 2, { side: 2, patch: 6, pitch: 8, jitter: 0, shift: 2 }],
  ])('tiles of %i px, %i in a row', (size, side, grid) => {
    expect(tileGrid('jigsaw', size, side, { ...measures, shift: 2 })).toEqual(grid)
  })

  test.each([
    [24, { side: 3, patch: 6, pitch: 7, jitter: 2, shift: 0 }],
    [28, { side: 3, patch: 7, pitch: 8, jitter: 2, shift: 0 }],
    [32, { side: 3, patch: 8, pitch: 10, jitter: 2, shift: 0 }],
    [64, { side: 3, patch: 14, pitch: 20, jitter: 4, shift: 0 }],
    [96, { side: 3, patch: 22, pitch: 33, jitter: 6, shift: 0 }],
    [192, { side: 3, patch: 44, pitch: 66, jitter: 12, shift: 0 }],
  ])('neighbours at %i px', (size, grid) => {
    expect(neighbourGrid('relative-position', size, measures)).toEqual(grid)
  })

  test('each measure can be left out', () => {
    const of = (options: object) => tileGrid('jigsaw', 64, 3, { ...measures, shift: 2, ...options })
    expect(of({ gap: false })).toEqual({ side: 3, patch: 16, pitch: 16, jitter: 3, shift: 2 })
    expect(of({ jitter: false })).toEqual({ side: 3, patch: 16, pitch: 21, jitter: 0, shift: 2 })
    expect(of({ shift: 0 })).toEqual({ side: 3, patch: 16, pitch: 21, jitter: 5, shift: 0 })
    const near = neighbourGrid('relative-position', 64, { gap: false, jitter: false })
    expect(near).toEqual({ side: 3, patch: 14, pitch: 14, jitter: 0, shift: 0 })
  })

  test('fit into pictures of every size they are made for', () => {
    for (let size = 24; size <= 200; size++) {
      expect(spanOf(neighbourGrid('relative-position', size, measures))).toBeLessThanOrEqual(size)
      for (const side of [2, 3]) {
        const grid = tileGrid('jigsaw', size, side, { ...measures, shift: 2 })
        expect(spanOf(grid)).toBeLessThanOrEqual(size)
      }
    }
  })

  test.each([
    [
      () => tileGrid('jigsaw', 23, 3, measures),
      'jigsaw: pictures of 23 px are too small for 3 × 3 tiles; choose --size 24 or more',
    ],
    [() => tileGrid('jigsaw', 14, 2, measures), 'choose --size 16 or more'],
    [() => neighbourGrid('relative-position', 23, measures), 'choose --size 24 or more'],
  ])('too small a picture is wrong usage, and the answer says what would do', (build, says) => {
    expect(build).toThrow(says)
    expect(build).toThrow(LacunaError)
    expect(build).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

/** Every pixel tells its picture, channel, row and column. */
const labelled = arrayOf([5, 3, 32, 32], (n, c, row, column) => 1e6 * n + 1e4 * c + 100 * row + column)
const place = (value: number) => ({
  picture: Math.floor(value / 1e6),
  channel: Math.floor(value / 1e4) % 100,
  row: Math.floor(value / 100) % 100,
  column: value % 100,
})

describe.each<[string, Grid]>([
  ['moved, each channel by itself', { side: 3, patch: 6, pitch: 8, jitter: 3, shift: 2 }],
  ['moved', { side: 2, patch: 12, pitch: 16, jitter: 4, shift: 0 }],
  ['at their places', { side: 3, patch: 8, pitch: 10, jitter: 0, shift: 0 }],
])('patches %s', (_, grid) => {
  const { side, patch, pitch, jitter, shift } = grid
  const count = side ** 2
  const cut = evaluate(x => ({ y: cutPatches(x, draw, grid) }), [labelled], { precision: 'float32' }).then(
    ({ y = [] }): Given => ({ shape: [5, count, 3, patch, patch], values: y }),
  )

  test('are copies of the pixels', async () => {
    const patches = await cut
    const copies = arrayOf(patches.shape, (n, t, c, i, j) => {
      const { row, column } = place(at(patches, n, t, c, 0, 0))
      return at(labelled, n, c, row + i, column + j)
    })
    expect(patches.values).toEqual(copies.values)
  })

  test('lie where their grid allows, and everywhere there', async () => {
    const patches = await cut
    const seen = { jitter: new Set<number>(), shift: new Set<number>() }
    for (let n = 0; n < 5; n++) {
      const corner = (t: number, c: number) => {
        const { row, column } = place(at(patches, n, t, c, 0, 0))
        return [row - pitch * Math.floor(t / side), column - pitch * (t % side)] as const
      }
      for (const axis of [0, 1] as const) {
        const all = [...Array(count).keys()].map(t => [0, 1, 2].map(c => corner(t, c)[axis]))
        const lowest = Math.min(...all.flat())
        expect(Math.max(...all.flat()) - lowest).toBeLessThanOrEqual(jitter + shift)
        for (const channels of all) {
          const own = Math.min(...channels)
          seen.jitter.add(own - lowest)
          for (const offset of channels) seen.shift.add(offset - own)
        }
      }
    }
    expect(Math.max(...seen.jitter)).toBeGreaterThanOrEqual(jitter)
    expect(Math.max(...seen.shift)).toBe(shift)
  })
})

test.each([
  [12, [0, 20]],
  [8, [0, 8, 16, 24]],
  [14, [0, 18]],
  [20, [0]],
])('patches of %i px cover the picture from border to border', async (patch, starts) => {
  const { y } = await evaluate(x => ({ y: coveringPatches(x, patch) }), [labelled])
  const side = starts.length
  const expected = arrayOf([5, side ** 2, 3, patch, patch], (n, t, c, i, j) =>
    at(labelled, n, c, (starts[Math.floor(t / side)] ?? 0) + i, (starts[t % side] ?? 0) + j),
  )
  expect(y).toEqual(expected.values)
})

test('arranging takes of each sample the patches it names', async () => {
  const x = randomArray([3, 4, 2, 5])
  const which = [3, 3, 0, 1, 2, 0]
  const { y } = await evaluate(t => ({ y: arrange(t, constant(which, [3, 1, 2], 'int')) }), [x])
  const expected = arrayOf([3, 1, 2, 2, 5], (n, _, k, i, j) => at(x, n, which[2 * n + k] ?? 0, i, j))
  expect(y).toEqual(expected.values)
})

test('tiles in any order, and then in the inverse one, are where they were, bit for bit', async () => {
  const tiles = randomArray([72, 9, 3, 4, 4])
  const orders = affineGroup9()
  const table = (rows: readonly (readonly number[])[]) => constant(rows.flat(), [72, 9], 'int')
  const { y } = await evaluate(
    x => ({ y: arrange(arrange(x, table(orders)), table(orders.map(inverseOf))) }),
    [tiles],
    {
      precision: 'float32',
    },
  )
  expect(y).toEqual(tiles.values.map(Math.fround))
})

test('laying patches puts each into its cell, with grey around', async () => {
  const tiles = randomArray([2, 9, 1, 4, 4], { low: 0 })
  const { y } = await evaluate(
    x => ({ y: layPatches(x, { side: 3, patch: 4, pitch: 6, jitter: 0, shift: 0 }, 20) }),
    [tiles],
  )
  const expected = arrayOf([2, 1, 20, 20], (n, _, row, column) => {
    const [r, c] = [row - 2, column - 2] // cells of 6 from pixel 1 on, tiles from 1 px inside
    const inside = r >= 0 && c >= 0 && r % 6 < 4 && c % 6 < 4 && r < 18 && c < 18
    return inside ? at(tiles, n, 3 * Math.floor(r / 6) + Math.floor(c / 6), 0, r % 6, c % 6) : 0.5
  })
  expect(difference(y, expected.values)).toBe(0)
})

describe('standardised', () => {
  test('each channel has mean 0 and deviation 1, whatever its brightness and contrast', async () => {
    const plain = randomArray([2, 3, 8, 8], { low: 0 })
    const { y = [], z = [] } = await evaluate(
      x => ({ y: standardise(x), z: standardise(x.mul(0.5).add(0.3)) }),
      [plain],
    )
    for (let plane = 0; plane < 6; plane++) {
      const values = y.slice(64 * plane, 64 * (plane + 1))
      const mean = values.reduce((sum, v) => sum + v, 0) / 64
      expect(mean).toBeCloseTo(0, 10)
      expect(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 64).toBeCloseTo(1, 2)
    }
    expect(difference(y, z)).toBeLessThan(0.02)
  })

  test('what is flat is 0, and faint noise stays faint', async () => {
    const { flat = [], faint = [] } = await evaluate(
      x => ({ flat: standardise(x.mul(0).add(0.7)), faint: standardise(x.mul(1e-3)) }),
      [randomArray([1, 1, 8, 8])],
    )
    expect(Math.max(...flat.map(Math.abs))).toBeLessThan(1e-9)
    expect(Math.max(...faint.map(Math.abs))).toBeLessThan(0.2)
  })

  test('all patches of a flat ramp are one patch', async () => {
    const grid = neighbourGrid('relative-position', 32, { gap: true, jitter: true })
    const ramp = arrayOf([1, 3, 32, 32], (_n, _c, row, column) => (row + 2 * column) / 100)
    const { y = [] } = await evaluate(x => ({ y: standardise(cutPatches(x, draw, grid)) }), [ramp])
    for (let t = 1; t < 9; t++) expect(difference(y.slice(192 * t, 192 * (t + 1)), y.slice(0, 192))).toBeLessThan(1e-9)
  })
})
