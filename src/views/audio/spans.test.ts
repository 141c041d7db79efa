import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given } from '../../engine/testing.js'
import { type Draw, draw } from '../../program/trace.js'
import type { Tensor } from '../../tensor/tensor.js'
import { hiddenCounts, hiddenWith, spanMask, spanShare } from './spans.js'

const rows = (values: readonly number[] = [], n: number) =>
  Array.from({ length: n }, (_, i) => values.slice((i * values.length) / n, ((i + 1) * values.length) / n))

/** Which of T frames are there, by how many. */
const frames = (counts: readonly number[], length: number): Given =>
  array(
    [counts.length, length],
    counts.flatMap(count => Array.from({ length }, (_, t) => Number(t < count))),
  )

/** Numbers given in place of drawn ones. */
const given = (drawn: Tensor): Draw => ({ ...draw, uniform: () => drawn })

/** Mean length of runs of ones. */
const runs = (row: readonly number[]) =>
  row
    .join('')
    .split('0')
    .filter(Boolean)
    .map(run => run.length)

describe('the share that is hidden', () => {
  test.each([
    [0.065, 10, 0.489358],
    [0.08, 10, 0.5656],
    [0.14, 5, 0.529573],
    [0.01, 40, 0.331028],
    [0.01, 10, 0.095618],
  ])('p = %d, M = %i: %d, in a long draw as by the formula', async (start, span, share) => {
    expect(spanShare({ start, span })).toBeCloseTo(share, 4)
    const [n, length] = [64, 750]
    const { mask } = await evaluate(
      there => ({ mask: spanMask(draw, there.greater(0), { start, span }) }),
      [frames(Array(n).fill(length), length)],
    )
    const all = mask ?? []
    expect(Math.abs(all.reduce((sum, m) => sum + m, 0) / all.length - share)).toBeLessThan(0.015)
    // the first and the last frames as often as those in the middle: 64 · 5 of them, so a standard error of .03
    const at = (from: number) => rows(all, n).flatMap(row => row.slice(from, from + 5))
    for (const from of [0, length - 5])
      expect(Math.abs(at(from).reduce((sum, m) => sum + m, 0) / (5 * n) - share)).toBeLessThan(0.12)
  })

  test('spans that run into each other are 14.7 frames long for p = .065, M = 10', async () => {
    const { mask } = await evaluate(
      there => ({ mask: spanMask(draw, there.greater(0), { start: 0.065, span: 10 }) }),
      [frames(Array(64).fill(749), 749)],
    )
    const lengths = rows(mask, 64).flatMap(row => runs(row.slice(row.indexOf(0), row.lastIndexOf(0))))
    expect(Math.abs(lengths.reduce((sum, l) => sum + l, 0) / lengths.length - 14.7)).toBeLessThan(0.5)
    expect(Math.min(...lengths)).toBe(10)
  })
})

test('as a loop, whatever the lengths', async () => {
  const [n, length, start, span, least] = [4, 24, 0.1, 5, 2]
  const counts = [24, 17, 6, 3]
  const drawn = Array.from({ length: n * (span - 1 + length) }, (_, i) => ((i * 37) % 101) / 101)
  const { mask } = await evaluate(
    (there, u) => ({ mask: spanMask(given(u), there.greater(0), { start, span, least }) }),
    [frames(counts, length), array([n, span - 1 + length], drawn)],
  )
  const expected = counts.map((count, i) => {
    const own = rows(drawn, n)[i] ?? []
    const inside = own.slice(span - 1).map((u, t) => ({ u, t }))
    const fitting = inside.filter(({ t }) => t === 0 || t + span <= count).sort((a, b) => a.u - b.u)
    const begins = new Set(fitting.slice(0, least).map(({ t }) => t))
    own.forEach((u, b) => {
      if (u < start) begins.add(b - span + 1)
    })
    return Array.from({ length }, (_, t) =>
      Number(t < count && [...begins].some(begin => begin <= t && t < begin + span)),
    )
  })
  expect(rows(mask, n)).toEqual(expected)
})

test('there are as many spans as asked for, though none would begin by itself', async () => {
  const { mask } = await evaluate(
    there => ({ mask: spanMask(draw, there.greater(0), { start: 0, span: 3, least: 2 }) }),
    [frames([60, 9, 2, 1], 60)],
  )
  const hidden = rows(mask, 4).map(row => row.reduce((sum, m) => sum + m, 0))
  expect(hidden[0]).toBeGreaterThan(3)
  expect(hidden[0]).toBeLessThanOrEqual(6)
  expect(hidden.slice(2)).toEqual([2, 1])
  const { single } = await evaluate(
    there => ({ single: spanMask(draw, there.greater(0), { start: 0, span: 1, least: 2 }) }),
    [frames([60], 60)],
  )
  expect(single?.reduce((sum, m) => sum + m, 0)).toBe(2)
})

test('padding changes no mask, by the same numbers', async () => {
  const [short, long, span] = [20, 31, 4]
  const drawn = Array.from({ length: long + span - 1 }, (_, i) => ((i * 29) % 97) / 97)
  const masked = async (length: number) => {
    const { mask } = await evaluate(
      (there, u) => ({ mask: spanMask(given(u), there.greater(0), { start: 0.08, span, least: 2 }) }),
      [frames([short], length), array([1, length + span - 1], drawn.slice(0, length + span - 1))],
    )
    return mask
  }
  const padded = await masked(long)
  expect(padded?.slice(0, short)).toEqual(await masked(short))
  expect(padded?.slice(short)).toEqual(Array(long - short).fill(0))
})

test('how many are hidden, simulated: on average the share of the formula, and spread as in the program', async () => {
  const options = { start: 0.065, span: 10 }
  const counts = hiddenCounts(99, options)
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
  const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map(v => (v - mean(values)) ** 2)))
  expect(mean(counts) / 99).toBeCloseTo(spanShare(options), 1.7)
  const { mask } = await evaluate(
    there => ({ mask: spanMask(draw, there.greater(0), options) }),
    [frames(Array(600).fill(99), 99)],
  )
  const drawn = rows(mask, 600).map(row => row.reduce((sum, m) => sum + m, 0))
  expect(Math.abs(mean(drawn) - mean(counts))).toBeLessThan(2)
  expect(Math.abs(deviation(drawn) - deviation(counts))).toBeLessThan(2)
})

test.each([0, 1, 2])('frames that are hidden with %i before and after them', async neighbours => {
  const length = 30
  const { hidden = [], inside = [] } = await evaluate(
    there => {
      const hidden = spanMask(draw, there.greater(0), { start: 0.15, span: 4 })
      return { hidden, inside: hiddenWith(hidden, neighbours) }
    },
    [frames([length, 17], length)],
  )
  const wanted = rows(hidden, 2).map(row =>
    row.map((_, t) =>
      Number(Array.from({ length: 2 * neighbours + 1 }, (_, i) => row[t + i - neighbours] === 1).every(Boolean)),
    ),
  )
  expect(wanted.flat().some(Boolean)).toBe(true)
  expect(rows(inside, 2)).toEqual(wanted)
})
