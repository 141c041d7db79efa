import { expect, test } from 'vitest'
import { evaluate } from '../engine/testing.js'
import { draw } from '../program/trace.js'
import { takeRows } from '../tensor/indexing.js'
import { constant } from '../tensor/tensor.js'
import { randomMasking } from './masking.js'

const [n, patches, kept] = [6, 16, 4]
const results = evaluate(() => ({ ...randomMasking(draw, n, patches, kept) }), [])
const row = (values: readonly number[] = [], i: number) =>
  values.slice((i * values.length) / n, ((i + 1) * values.length) / n)

test('as many are shown as asked for, each in its place; the rest is hidden', async () => {
  const { shown, place, hidden } = await results
  for (let i = 0; i < n; i++) {
    const [s, p, h] = [row(shown, i), row(place, i), row(hidden, i)]
    expect(s).toHaveLength(kept)
    expect(s.map(patch => p[patch])).toEqual([0, 1, 2, 3])
    expect(p.toSorted((a, b) => a - b)).toEqual([...Array(patches).keys()])
    expect(h).toEqual(h.map((_, patch) => (s.includes(patch) ? 0 : 1)))
  }
})

test('every picture has its own mask', async () => {
  const { shown } = await results
  expect(new Set([...Array(n).keys()].map(i => row(shown, i).join())).size).toBe(n)
})

test('what was taken out in the order of `shown`, and the hidden behind it, is put back by `place`', async () => {
  const { restored } = await evaluate(() => {
    const { place } = randomMasking(draw, n, patches, kept)
    const tokens = constant([...Array(n * patches).keys()], [n, patches, 1])
    const shuffle = place.cast('float').neg().topK(patches) // argsort(place): ids_shuffle
    return { restored: takeRows(takeRows(tokens, shuffle), place) }
  }, [])
  expect(restored).toEqual([...Array(n * patches).keys()])
})

test.each([
  [64, 0.75, 16],
  [49, 0.75, 12],
])('of %i patches, %d hidden leaves %i', (count, masked, left) => {
  expect(Math.floor(count * (1 - masked))).toBe(left)
})
