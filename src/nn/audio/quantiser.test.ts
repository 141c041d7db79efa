import { describe, expect, test } from 'vitest'
import { array, evaluate, maxAbs, randomArray, relativeError } from '../../engine/testing.js'
import { commonnessWithin, perplexity, sameCodes } from '../../losses/codes.js'
import { draw, variableOf } from '../../program/trace.js'
import { range } from '../../tensor/shape.js'
import { constant } from '../../tensor/tensor.js'
import { initialValues } from '../initialise.js'
import { variablesOf } from '../module.js'
import { at, runModule } from '../testing.js'
import { codeUsage, commonnessOf, inUse } from './code-usage.js'
import { learntCodes } from './learnt-codes.js'
import { gumbelQuantiser } from './quantiser.js'

const [rows, inputs, groups, codes, width] = [6, 5, 2, 4, 6]
const quantiser = gumbelQuantiser({ inputs, groups, codes, width })
const x = randomArray([rows, inputs], { low: -2, high: 2 })
const first = new Map(initialValues(new Map([...variablesOf(quantiser)].map(([name, v]) => [v, name])), 0))
const scores = (row: number, g: number) =>
  range(codes).map(v =>
    range(inputs).reduce(
      (sum, d) => sum + at(x, row, d) * Number(first.get('scores.weight')?.[(g * codes + v) * inputs + d]),
      0,
    ),
  )
const vector = (g: number, v: number) =>
  range(width / groups).map(d => Number(first.get('vectors')?.[(g * codes + v) * (width / groups) + d]))

describe('without noise', () => {
  const likeliest = (row: number, g: number) => scores(row, g).indexOf(Math.max(...scores(row, g)))
  test('the vectors of the likeliest codes, one group after the other', async () => {
    const { y } = await runModule(quantiser, x => quantiser(x).vectors, [x])
    const expected = range(rows).flatMap(row => range(groups).flatMap(g => vector(g, likeliest(row, g))))
    expect(relativeError(y, expected)).toBeLessThan(1e-12)
  })
  test('how likely each is', async () => {
    const { y } = await runModule(quantiser, x => quantiser(x).probabilities, [x])
    const expected = range(rows).flatMap(row =>
      range(groups).flatMap(g => {
        const all = scores(row, g).map(Math.exp)
        return all.map(e => e / all.reduce((sum, one) => sum + one, 0))
      }),
    )
    expect(relativeError(y, expected)).toBeLessThan(1e-12)
  })
})

describe('with noise', () => {
  const gumbel = (temperature: number) => ({ draw, temperature: constant(temperature) })
  test('one vector of each group, hard; gradients go by all codes', async () => {
    const { y, gradients } = await runModule(quantiser, x => quantiser(x, gumbel(2)).vectors, [x], {
      training: true,
      gradientsOf: ['scores.weight', 'vectors'],
      weights: range(rows * width).map(i => Math.sin(i)),
    })
    for (const row of range(rows))
      for (const g of range(groups)) {
        const own = y.slice(row * width + (g * width) / groups, row * width + ((g + 1) * width) / groups)
        const nearest = range(codes).map(v => maxAbs(vector(g, v).map((value, d) => value - (own[d] ?? 0))))
        expect(Math.min(...nearest)).toBeLessThan(1e-12)
      }
    const byScore = range(groups * codes).map(v =>
      maxAbs(gradients['scores.weight']?.slice(v * inputs, (v + 1) * inputs) ?? []),
    )
    expect(Math.min(...byScore)).toBeGreaterThan(1e-6)
  })

  test('codes are drawn by their probabilities', async () => {
    const one = gumbelQuantiser({ inputs: 1, groups: 1, codes: 3, width: 1 })
    const values = new Map([['scores.weight', [0, Math.log(2), Math.log(5)]]])
    const count = 4000
    const { y } = await runModule(
      one,
      x => one(x, gumbel(1)).codes.cast('float'),
      [array([count, 1], Array(count).fill(1))],
      {
        training: true,
        values,
      },
    )
    // 1 : 2 : 5 of 4000, within four standard deviations of 31 at most
    ;[500, 1000, 2500].forEach((expected, v) => {
      expect(Math.abs(y.filter(code => code === v).length - expected)).toBeLessThan(125)
    })
  })
})

test('a layer with ReLU before the scores, and one book for all groups', async () => {
  const hidden = 4
  const deep = gumbelQuantiser({ inputs, groups, codes, width, hidden, shared: true })
  const book = randomArray([1, codes, width / groups], { seed: 2 })
  const inner = randomArray([hidden, inputs], { seed: 3 })
  const outer = randomArray([groups * codes, hidden], { seed: 4 })
  const values = new Map([
    ['vectors', book.values],
    ['scores.0.weight', inner.values],
    ['scores.0.bias', Array(hidden).fill(0.1)],
    ['scores.2.weight', outer.values],
    ['scores.2.bias', range(groups * codes).map(i => 0.01 * i)],
  ])
  const { y } = await runModule(deep, x => deep(x).vectors, [x], { values })
  const expected = range(rows).flatMap(row => {
    const between = range(hidden).map(h =>
      Math.max(0, 0.1 + range(inputs).reduce((sum, d) => sum + at(inner, h, d) * at(x, row, d), 0)),
    )
    return range(groups).flatMap(g => {
      const own = range(codes).map(
        v => 0.01 * (g * codes + v) + between.reduce((sum, b, h) => sum + at(outer, g * codes + v, h) * b, 0),
      )
      return range(width / groups).map(d => at(book, 0, own.indexOf(Math.max(...own)), d))
    })
  })
  expect(relativeError(y, expected)).toBeLessThan(1e-12)
})

test('first values: weights N(0, 1), biases 0, vectors U(0, 1)', () => {
  const wide = gumbelQuantiser({ inputs: 50, groups: 2, codes: 32, width: 64 })
  const values = new Map(initialValues(new Map([...variablesOf(wide)].map(([name, v]) => [v, name])), 1))
  const mean = (of: readonly number[]) => of.reduce((sum, v) => sum + v, 0) / of.length
  const weights = [...(values.get('scores.weight') ?? [])]
  expect(mean(weights.map(w => w * w))).toBeCloseTo(1, 1)
  expect(maxAbs([...(values.get('scores.bias') ?? [1])])).toBe(0)
  const vectors = [...(values.get('vectors') ?? [])]
  expect([Math.min(...vectors) >= 0, Math.max(...vectors) < 1]).toEqual([true, true])
  expect(mean(vectors)).toBeCloseTo(0.5, 1)
})

test('the temperature falls from 2 to .5 by equal shares, whatever the length of the run', async () => {
  // a soft choice at 2 is flatter than at .5: told by the gradient of a code that was not chosen
  const learnt = learntCodes({ inputs, groups, codes, width, temperature: [0.5, 2] })
  const steepness = async (progress: number) => {
    const { gradients } = await runModule(
      learnt,
      x =>
        learnt(x, constant(Array(rows).fill(1)), { ...draw, uniform: shape => constant(0.5).expand(...shape) }).vectors,
      [array([rows, inputs], Array(rows * inputs).fill(0))],
      { training: true, progress, gradientsOf: ['quantiser.scores.bias'], weights: range(rows * width).map(i => i) },
    )
    return maxAbs(gradients['quantiser.scores.bias'] ?? [])
  }
  // with all codes alike likely the gradient is that of the softmax over τ
  const start = await steepness(0)
  for (const [progress, temperature] of [
    [0.5, 1],
    [1, 0.5],
  ] as const)
    expect((await steepness(progress)) / start).toBeCloseTo(2 / temperature, 8)
})

test('shares of codes: by weight in the batch, and lately over the batches; not trained', async () => {
  const usage = codeUsage(2, 4)
  const given = [array([4, 2], [0, 1, 0, 2, 3, 1, 2, 2]), array([4], [1, 1, 1, 0])]
  const run = (values: ReadonlyMap<string, ArrayLike<number>> = new Map()) =>
    runModule(usage, (codes, weight) => usage(codes.cast('int'), weight).batch, given, { training: true, values })
  const { y, state } = await run()
  const expected = [2 / 3, 0, 0, 1 / 3, 0, 2 / 3, 1 / 3, 0]
  expect(relativeError(y, expected)).toBeLessThan(1e-12)
  expect(
    relativeError(
      state.get('share'),
      expected.map(s => s / 100),
    ),
  ).toBeLessThan(1e-12)
  const before = Array(8).fill(0.25)
  const after = (await run(new Map([['share', before]]))).state.get('share') ?? []
  expect(
    relativeError(
      after,
      expected.map(s => 0.99 * 0.25 + 0.01 * s),
    ),
  ).toBeLessThan(1e-12)
  for (const v of variablesOf(usage).values()) expect(variableOf(v).role).toBe('statistic')
  const { used, perplexed } = await evaluate(
    share => ({ used: inUse(share), perplexed: perplexity(share) }),
    [array([2, 4], [1, 0, 0, 0, 0.997, 0.001, 0.001, 0.001])],
  )
  expect(used).toEqual([2 / 8])
  expect(perplexed?.[0]).toBe(1)
})

test('frames have the same codes when all groups agree', async () => {
  const codes = array([1, 3, 2], [0, 1, 0, 2, 0, 1])
  const { same } = await evaluate(codes => ({ same: sameCodes(codes.cast('int')) }), [codes])
  expect(same).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1])
})

test('how common the codes of a frame are together', async () => {
  const share = array([2, 3], [0.5, 0.25, 0.25, 0.1, 0.9, 0])
  const codes = array([1, 3, 2], [0, 1, 2, 0, 1, 2])
  const { common } = await evaluate(
    (codes, share) => ({ common: commonnessOf(codes.cast('int'), share) }),
    [codes, share],
  )
  expect(relativeError(common, [0.45, 0.025, 0.25 * 1e-12].map(Math.log))).toBeLessThan(1e-12)
})

test('the commonest codes of a recording among those that count, no two alike', async () => {
  const codes = [
    [1, 0],
    [2, 1],
    [1, 0],
    [0, 2],
    [2, 1],
    [1, 0],
  ]
  const { common } = await evaluate(
    (codes, weight) => ({ common: commonnessWithin(codes.cast('int'), weight, 3) }),
    [array([1, 6, 2], codes.flat()), array([1, 6], [1, 1, 0, 1, 1, 1])],
  )
  const fraction = [1 / 9, 5 / 9, 1 / 9, 6 / 9, 5 / 9, 1 / 9]
  expect(common).toHaveLength(6)
  for (const [i, often] of [2, 2, 2, 1, 2, 2].entries()) expect(common?.[i]).toBeCloseTo(often + (fraction[i] ?? 0), 5)
})
