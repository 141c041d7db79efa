import { describe, expect, test } from 'vitest'
import { array, maxAbs, randomArray, relativeError } from '../../engine/testing.js'
import { draw, variableOf } from '../../program/trace.js'
import { concat } from '../../tensor/movement.js'
import { range } from '../../tensor/shape.js'
import { constant } from '../../tensor/tensor.js'
import { initialValues } from '../initialise.js'
import { variablesOf } from '../module.js'
import { at, runModule } from '../testing.js'
import { nearestCodes } from './nearest-codes.js'

const [n, length, inputs, groups, codes] = [2, 4, 6, 2, 5]
const width = inputs / groups
const x = randomArray([n, length, inputs], { low: -2, high: 2 })
const frames = [4, 3]
const weight = randomArray([inputs, width, 1], { seed: 2 })

/** The projection and the nearest codes, number by number, of the frames that are there. */
function byLoops(book: (g: number, v: number, d: number) => number, together: 'number' | 'group') {
  const mapped = (i: number, t: number, c: number) => {
    const first = Math.floor(c / width) * width
    return range(width).reduce((sum, d) => sum + at(weight, c, d, 0) * at(x, i, t, first + d), 0)
  }
  const rows: { replaced: number[]; codes: number[]; chosen: number[] }[] = []
  for (const i of range(n)) {
    const there = frames[i] ?? 0
    const of = range(inputs).map(c => {
      const first = Math.floor(c / width) * width
      const own = together === 'group' ? range(width).map(d => first + d) : [c]
      const all = range(there).flatMap(t => own.map(d => mapped(i, t, d)))
      const mean = all.reduce((sum, v) => sum + v, 0) / all.length
      const variance = all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length
      return { mean, deviation: Math.sqrt(variance + 1e-5) }
    })
    for (const t of range(there)) {
      const replaced = range(inputs).map(c => {
        const { mean, deviation } = of[c] ?? { mean: 0, deviation: 1 }
        return 0.5 + (mapped(i, t, c) - mean) / deviation
      })
      const found = range(groups).map(g => {
        const far = range(codes).map(v =>
          range(width).reduce((sum, d) => sum + ((replaced[g * width + d] ?? 0) - book(g, v, d)) ** 2, 0),
        )
        return far.indexOf(Math.min(...far))
      })
      const chosen = found.flatMap((v, g) => range(width).map(d => book(g, v, d)))
      rows.push({ replaced, codes: found, chosen })
    }
  }
  return rows
}

test.each([
  [false, 'group'],
  [true, 'group'],
  [true, 'number'],
] as const)('projection, norm and nearest codes, as loops; one book: %s, norm of a %s', async (shared, together) => {
  const quantiser = nearestCodes({ inputs, groups, codes, shared, together, mean: 0.5 })
  const book = randomArray([shared ? 1 : groups, codes, width], { seed: 3 })
  const values = new Map([
    ['projection.0.weight', weight.values],
    ['embedding', book.values],
  ])
  const { y } = await runModule(
    quantiser,
    (x, frames) => {
      const { vectors, codes, replaced, chosen } = quantiser(x, frames.cast('int'), draw)
      return concat([vectors, replaced, chosen, codes.cast('float')], 1)
    },
    [x, array([n], frames)],
    { values },
  )
  const size = 3 * inputs + groups
  const rows = range(n).flatMap(i => range(frames[i] ?? 0).map(t => i * length + t))
  const expected = byLoops((g, v, d) => at(book, shared ? 0 : g, v, d), together)
  expect(expected).toHaveLength(rows.length)
  for (const [place, row] of rows.entries()) {
    const { replaced = [], codes = [], chosen = [] } = expected[place] ?? {}
    const own = y.slice(row * size, (row + 1) * size)
    expect(relativeError(own, [...chosen, ...replaced, ...chosen, ...codes])).toBeLessThan(1e-9)
  }
  expect(new Set(expected.flatMap(({ codes }) => codes)).size).toBeGreaterThan(2)
})

test('what goes on backwards is the identity: ∂vectors / ∂replaced = I, and nothing to the codes', async () => {
  const quantiser = nearestCodes({ inputs, groups, codes })
  const weights = range(n * length * inputs).map(i => Math.sin(i))
  const gradientsOf = ['projection.1.weight', 'projection.1.bias', 'embedding']
  const run = (of: 'vectors' | 'replaced') =>
    runModule(quantiser, x => quantiser(x, constant([4, 4], [2], 'int'), draw)[of], [x], {
      training: true,
      gradientsOf,
      weights,
    })
  const [coded, plain] = [await run('vectors'), await run('replaced')]
  expect(relativeError(coded.y, plain.y)).toBeGreaterThan(0.5)
  for (const name of gradientsOf.slice(0, 2)) {
    expect(maxAbs(plain.gradients[name] ?? [])).toBeGreaterThan(0.1)
    expect(relativeError(coded.gradients[name], plain.gradients[name] ?? []), name).toBeLessThan(1e-12)
  }
  // the bias of the norm moves each number of each frame by as much
  const sums = range(inputs).map(c => range(n * length).reduce((sum, row) => sum + Math.sin(row * inputs + c), 0))
  expect(relativeError(coded.gradients['projection.1.bias'], sums)).toBeLessThan(1e-12)
  expect(maxAbs(coded.gradients.embedding ?? [1])).toBe(0)
})

test('first values: codes 0.01 · N(0, 1), as many numbers in one book for all groups', () => {
  const of = (shared: boolean) => variablesOf(nearestCodes({ inputs: 64, groups: 2, codes: 40, shared }))
  const values = initialValues(new Map([...of(true)].map(([name, v]) => [v, name])), 1)
  const book = new Map(values).get('embedding') ?? []
  const square = Array.from(book, Number).reduce((sum, v) => sum + v * v, 0) / book.length
  expect(Math.sqrt(square)).toBeCloseTo(0.01, 3)
  expect(of(true).get('embedding')?.shape).toEqual([1, 40, 32])
  expect(of(false).get('embedding')?.shape).toEqual([2, 40, 32])
  expect([...of(false)].map(([name, v]) => [name, variableOf(v).role])).toEqual([
    ['projection.0.weight', 'weight'],
    ['projection.1.weight', 'gain'],
    ['projection.1.bias', 'bias'],
    ['embedding', 'token'],
    ['start', 'statistic'],
    ['usage.share', 'statistic'],
  ])
})

describe('codes that are hardly ever chosen', () => {
  const one = nearestCodes({ inputs: 4, groups: 1, codes: 5 })
  const x = randomArray([3, 8, 4], { seed: 5 })
  const lengths = array([3], [8, 5, 8])
  const step = (values: ReadonlyMap<string, ArrayLike<number>> = new Map()) =>
    runModule(
      one,
      (x, lengths) => {
        const { replaced, chosen, codes } = one(x, lengths.cast('int'), draw)
        return concat([replaced, chosen, codes.cast('float')], 1)
      },
      [x, lengths],
      { training: true, values },
    )
  const rowsOf = (numbers: readonly number[], width: number) =>
    range(numbers.length / width).map(i => numbers.slice(i * width, (i + 1) * width))
  const book = (state: ReadonlyMap<string, readonly number[]>) =>
    rowsOf(
      (state.get('embedding') ?? []).map((e, i) => e + (state.get('start')?.[i] ?? 0)),
      4,
    )

  test('begin at frames that are there: all of them in the first step', async () => {
    const { y, state } = await step()
    const frames = rowsOf(y, 9)
      .filter((_, row) => row % 8 < (row < 8 || row >= 16 ? 8 : 5))
      .map(row => row.slice(0, 4))
    for (const code of book(state)) {
      const nearest = Math.min(...frames.map(frame => maxAbs(frame.map((v, d) => v - (code[d] ?? 0)))))
      expect(nearest).toBeLessThan(1e-12)
    }
    expect(new Set(rowsOf(y, 9).map(row => row[8])).size).toBeGreaterThan(2)
  })

  test('begin anew while the others stay', async () => {
    const { state } = await step()
    const share = [0.3, 0.3, 0, 0.4, 1e-4]
    const after = await step(new Map([...state, ['usage.share', share]]))
    const [before, now] = [book(state), book(after.state)]
    for (const v of [0, 1, 3]) expect(now[v]).toEqual(before[v])
    expect(after.state.get('usage.share')?.[0]).not.toBe(0.3)
  })
})
