import { describe, expect, test } from 'vitest'
import { evaluate, randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { arrayOf } from '../nn/testing.js'
import { range } from '../tensor/shape.js'
import { coveringPatches } from './patches.js'
import { foundByPixels, halfOverlapping, rowsBelow, SIDE, shownAbove } from './rows-below.js'

test.each([
  [24, 6],
  [32, 8],
  [48, 12],
  [64, 16],
])('of %i px, patches of %i px half over one another fill the picture', async (size, patch) => {
  expect(halfOverlapping('cpc-image', size)).toBe(patch)
  const picture = arrayOf([1, 1, size, size], (_, __, row, column) => 1000 * row + column)
  const { corners } = await evaluate(
    x => ({ corners: coveringPatches(x, patch, SIDE).slice(3, 0, 1).slice(4, 0, 1) }),
    [picture],
  )
  const starts = range(SIDE).map(i => (i * patch) / 2)
  expect(corners).toEqual(starts.flatMap(row => starts.map(column => 1000 * row + column)))
})

test.each(range(60).map(i => 24 + i))('of %i px, patches two rows apart share no pixel', size => {
  const patch = halfOverlapping('cpc-image', size)
  const starts = range(SIDE).map(i => Math.round((i * (size - patch)) / (SIDE - 1)))
  for (const row of range(SIDE - 2)) expect((starts[row + 2] ?? 0) - (starts[row] ?? 0)).toBeGreaterThanOrEqual(patch)
})

test('pictures too small are refused', () => {
  const refused = () => halfOverlapping('cpc-image', 23)
  expect(refused).toThrow(LacunaError)
  expect(refused).toThrow('cpc-image: pictures of 23 px are too small for 7 × 7 patches; choose --size 24 or more')
})

test('the right answer of picture b, row r, column c is b·49 + (r + down)·7 + c', () => {
  const labels = rowsBelow(3, 2)
  expect(labels).toHaveLength(3 * 5 * 7)
  let next = 0
  for (let b = 0; b < 3; b++)
    for (let r = 0; r < 5; r++) for (let c = 0; c < 7; c++) expect(labels[next++]).toBe(b * 49 + (r + 2) * 7 + c)
})

describe('by pixels alone', () => {
  const found = async (picture: Parameters<typeof arrayOf>[1], down = 2) => {
    const given = arrayOf([3, 49, 1, 2, 2], picture)
    return (await evaluate(x => ({ found: foundByPixels(x, down) }), [given])).found?.[0]
  }
  // a number for each picture and column in many digits, which differ in all of four pixels
  const wave = (of: number, pixel: number) => Math.cos(of * (pixel + 1))

  test('one finds a patch that is as the one above, where no other is', async () => {
    const column = (place: number) => place % 7
    // rows 5 and 6 alone are as those two rows above them, and no others
    const row = (place: number) => Math.min(Math.floor(place / 7) % 2, 1)
    const share = await found((b, place, _, y, x) => wave(100 * b + 10 * column(place) + row(place) + 1, 2 * y + x), 6)
    expect(share).toBe(0) // row 6 is as rows 2 and 4, of which one is found first
    const last = await found((b, place, _, y, x) => {
      const like = Math.floor(place / 7) === 6 ? 0 : Math.floor(place / 7)
      return wave(100 * b + 10 * column(place) + like + 1, 2 * y + x)
    }, 6)
    expect(last).toBe(1)
  })

  test('one finds hardly any in noise', async () => {
    const noise = randomArray([3, 49, 1, 2, 2]).values
    expect(await found((b, place, _, y, x) => noise[((b * 49 + place) * 2 + y) * 2 + x] ?? 0)).toBeLessThan(0.05)
  })
})

test('what is shown ends with the patches of a row; a later row has every other patch', async () => {
  const size = 32
  const picture = randomArray([2, 3, size, size], { low: 0, high: 1 })
  const { above, whole } = await evaluate(
    x => {
      const patches = coveringPatches(x, 8, SIDE)
      return { above: shownAbove(x, 1), whole: shownAbove(x, 1, { row: 4, patches: patches.slice(1, 28, 35) }) }
    },
    [picture],
  )
  for (const [i, value] of picture.values.entries()) {
    const row = Math.floor(i / size) % size
    expect(above?.[i]).toBe(row < 12 ? value : 0.5)
    expect(whole?.[i]).toBe(row < 12 || (row >= 16 && row < 24) ? value : 0.5)
  }
})
