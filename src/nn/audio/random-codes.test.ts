import { describe, expect, test } from 'vitest'
import { array } from '../../engine/testing.js'
import { perplexityOf } from '../../methods/guessed-codes.js'
import { uniforms } from '../../program/draws.js'
import { variableOf } from '../../program/trace.js'
import { range } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { initialValues } from '../initialise.js'
import { variablesOf } from '../module.js'
import { runModule } from '../testing.js'
import { randomCodes } from './random-codes.js'

const float = (codes: Tensor) => codes.cast('float')

describe('three frames by hand', () => {
  const small = randomCodes({ inputs: 3, width: 2, codes: 4, books: 1, seed: 0 })
  const values = new Map([
    ['0.projection', [1, 0, 1, 0, 1, 1]], // P = [[1, 0], [0, 1], [1, 1]], transposed
    ['0.codes', [1, 0, 0, 1, -1, 0, 0, -1]],
  ])
  const frames = [0.3, 0.2, 0, -0.9, 0.1, 0, 0.1, -0.05, 0]
  const codesOf = async (x: readonly number[]) =>
    (await runModule(small, x => float(small(x)), [array([1, x.length / 3, 3], x)], { values })).y

  test('codes 0, 2, 0: normalised over their own numbers, not over time, which would give 1, 2, 3', async () => {
    expect(await codesOf(frames)).toEqual([0, 2, 0])
  })
  test('a frame has the same code whatever stands beside it, and however loud it is', async () => {
    expect(await codesOf(frames.slice(3, 6))).toEqual([2])
    expect(await codesOf(frames.map(x => 1e-3 * x))).toEqual([0, 2, 0])
    expect(await codesOf(frames.map(x => 1e3 * x))).toEqual([0, 2, 0])
  })
})

describe('20 000 frames of 320 numbers that hang on 12 factors', () => {
  const [count, inputs, factors] = [20_000, 320, 12]
  const gaussians = (name: string, n: number) => {
    const next = uniforms(4, 0, name)
    return Float32Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()))
  }
  const [own, mixing] = [gaussians('factors', count * factors), gaussians('mixing', factors * inputs)]
  const deviations = range(inputs).map(d => Math.hypot(...range(factors).map(f => mixing[f * inputs + d] ?? 0)))
  const frames = new Float32Array(count * inputs)
  for (let i = 0; i < count; i++)
    for (let d = 0; d < inputs; d++) {
      let sum = 0
      for (let f = 0; f < factors; f++) sum += (own[i * factors + f] ?? 0) * (mixing[f * inputs + d] ?? 0)
      frames[i * inputs + d] = sum / (deviations[d] ?? 1)
    }
  const quantiser = randomCodes({ inputs, width: 16, codes: 1024, books: 1, seed: 1 })
  const perplexity = async (shift: number) => {
    const given = { shape: [count, inputs], values: frames as unknown as number[] }
    const { y } = await runModule(quantiser, x => float(quantiser(x.add(shift))), [given], { precision: 'float32' })
    const counts = Array<number>(1024).fill(0)
    for (const code of y) counts[code] = (counts[code] ?? 0) + 1
    return perplexityOf(counts)
  }
  // what six draws of the mixing and of the projection gave in NumPy: how far a shift leads hangs on them
  test.each([
    [0, 250, 340],
    [1, 20, 110],
    [3, 1, 15],
    [6, 1, 6],
  ])('with a mean of %d deviations the codes have a perplexity of %d to %d', async (shift, least, most) => {
    const found = await perplexity(shift)
    expect(found).toBeGreaterThan(least)
    expect(found).toBeLessThan(most)
  })
})

describe('projections and codes', () => {
  const options = { inputs: 6, width: 4, codes: 10, books: 2, seed: 7 }
  const filled = (seed: number) => {
    const made = randomCodes({ ...options, seed })
    return new Map(initialValues(new Map([...variablesOf(made)].map(([name, v]) => [v, name])), 99))
  }
  test('are never trained', () => {
    for (const v of variablesOf(randomCodes(options)).values()) expect(variableOf(v).role).toBe('statistic')
  })
  test('hang on their own seed, not on that of the run; books differ', () => {
    expect(filled(7)).toEqual(filled(7))
    expect(filled(7).get('0.codes')).not.toEqual(filled(8).get('0.codes'))
    expect(filled(7).get('0.codes')).not.toEqual(filled(7).get('1.codes'))
  })
  test('are within the bounds of Glorot, and of length 1', () => {
    const values = filled(7)
    const bound = Math.sqrt(6 / 10)
    const projection = [...(values.get('0.projection') ?? [])]
    expect(Math.max(...projection.map(Math.abs))).toBeLessThanOrEqual(bound)
    expect(Math.max(...projection.map(Math.abs))).toBeGreaterThan(0.8 * bound)
    const codes = values.get('1.codes') ?? new Float32Array()
    for (const code of range(10)) expect(Math.hypot(...codes.slice(4 * code, 4 * code + 4))).toBeCloseTo(1, 6)
  })
})
