import { describe, expect, test } from 'vitest'
import { host } from '#host'
import { distance, evaluate, type Given, randomArray } from '../../engine/testing.js'
import { frameTransformer } from '../../nn/audio/wav2vec2-transformer.js'
import { clipLayers } from '../../nn/clip-layers.js'
import { affine } from '../../nn/layers.js'
import { type Module, module, variablesOf } from '../../nn/module.js'
import { attention } from '../../nn/transformer.js'
import { matmul } from '../../tensor/contraction.js'
import { derivative } from '../../tensor/derivative.js'
import type { Shape } from '../../tensor/shape.js'
import { input, type Tensor } from '../../tensor/tensor.js'
import { compile } from '../compile.js'
import type { Products } from './emitter.js'

const int8 = await host.int8('cpu')
const [ROWS, IN, OUT] = [512, 192, 768]

/** A layer and its gradients for a given gradient of its output. */
const layer = (x: Tensor, weight: Tensor, bias: Tensor, g: Tensor) => {
  const y = affine(x, weight, bias, { int8: true })
  const [ofX, ofWeight] = derivative(y.mul(g.reshape(...y.shape)).sum(), [x, weight]) as [Tensor, Tensor]
  return { y, ofX, ofWeight }
}

const weight = randomArray([OUT, IN], { seed: 2, low: -0.08, high: 0.08 })
const bias = randomArray([OUT], { seed: 3 })
const rowsOf = ({ shape: [n = 1, ...rest], values }: Given, of: (row: number, value: number) => number): Given => {
  const width = values.length / n
  return { shape: [n, ...rest], values: values.map((value, i) => Math.fround(of(Math.floor(i / width), value))) }
}

async function bothOf(x: Given, g: Given) {
  const given = [x, weight, bias, g]
  const exact = await evaluate(layer, given)
  return { exact, rounded: await evaluate(layer, given, { precision: 'float32', products: 'int8' }) }
}

/** Over all numbers, or over some. */
const error = (found: readonly number[] = [], right: readonly number[] = [], from = 0, to = right.length): number =>
  distance(found.slice(from, to), right.slice(from, to))

describe.skipIf(!int8?.exact)('products in int8', () => {
  test('of a layer and of both its gradients are near those in float64, also where rows differ a thousandfold', async () => {
    const x = randomArray([ROWS, IN], { seed: 4 })
    const even = randomArray([ROWS, OUT], { seed: 5 })
    for (const g of [even, rowsOf(even, (row, value) => 1e-7 * value * 10 ** ((-3 * row) / ROWS))]) {
      const { exact, rounded } = await bothOf(x, g)
      expect(error(rounded.y, exact.y)).toBeLessThan(0.01)
      expect(error(rounded.ofX, exact.ofX)).toBeLessThan(0.015)
      expect(error(rounded.ofWeight, exact.ofWeight)).toBeLessThan(0.015)
      for (let row = 0; row < ROWS; row++)
        expect(error(rounded.ofX, exact.ofX, row * IN, (row + 1) * IN), `row ${row}`).toBeLessThan(0.03)
    }
  })

  test('have rows that are far larger than others, and columns that are seldom used', async () => {
    const x = randomArray([ROWS, IN], { seed: 6, low: 0, high: 1 })
    const lonely = rowsOf(randomArray([ROWS, OUT], { seed: 7 }), (row, value) => (row === 100 ? 1000 * value : value))
    const { exact, rounded } = await bothOf(x, lonely)
    expect(error(rounded.ofX, exact.ofX, 0, 100 * IN)).toBeLessThan(0.015)
    expect(error(rounded.ofWeight, exact.ofWeight)).toBeLessThan(0.015)
  })

  test('keep zeros, and make no NaN of them', async () => {
    const x = rowsOf(randomArray([ROWS, IN], { seed: 8 }), (row, value) => (row < 10 ? 0 : value))
    const g = rowsOf(randomArray([ROWS, OUT], { seed: 9 }), (row, value) => (row % 2 === 0 ? 0 : value))
    const { rounded } = await bothOf(x, g)
    const ofX = rounded.ofX ?? []
    expect(ofX.filter((value, i) => Math.floor(i / IN) % 2 === 0 && value !== 0)).toEqual([])
    expect(rounded.y?.slice(0, OUT)).toEqual(bias.values.map(Math.fround))
    const none = rowsOf(g, () => 0)
    const { rounded: nothing } = await bothOf(
      rowsOf(x, () => 0),
      none,
    )
    for (const values of [nothing.ofX, nothing.ofWeight]) expect(values?.every(value => value === 0)).toBe(true)
  })

  test('with a weight that has a number that is none are none: a training that diverges shall be seen', async () => {
    const build = (x: Tensor, w: Tensor) => ({ y: matmul(x, w, false, true, 'forward') })
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const given = [randomArray([ROWS, IN]), { ...weight, values: weight.values.with(5, wrong) }]
      const { y } = await evaluate(build, given, { precision: 'float32', products: 'int8' })
      expect(y?.every(Number.isNaN)).toBe(true)
    }
  })

  test('of numbers that integers hold exactly are exact', async () => {
    const whole = (given: Given, least: number, most: number) => ({
      ...given,
      values: given.values.map((value, i) => [most, least][i] ?? Math.floor((most - 1) * value)),
    })
    const x = whole(randomArray([ROWS, IN], { seed: 10, low: 0, high: 1 }), 0, 255)
    const w = whole(randomArray([OUT, IN], { seed: 11 }), -128, 127)
    const build = (x: Tensor, w: Tensor) => ({ y: matmul(x, w, false, true, 'forward') })
    expect(await evaluate(build, [x, w], { precision: 'float32', products: 'int8' })).toEqual(
      await evaluate(build, [x, w]),
    )
  })

  test('add up as many rows as may be, all at the end of what integers hold', async () => {
    const rows = 2 ** 16
    const all = (width: number, value: number): Given => ({
      shape: [rows, width],
      values: Array<number>(rows * width).fill(value),
    })
    const build = (g: Tensor, x: Tensor) => ({ y: matmul(g, x, true, false, 'weight') })
    for (const [g, x] of [
      [1, 1],
      [-1, 1],
      [1, -1],
      [-1, -1],
    ] as const) {
      const given = [all(96, g), all(192, x)]
      const { y = [] } = await evaluate(build, given, { precision: 'float32', products: 'int8' })
      expect(y).toHaveLength(96 * 192)
      for (const value of y) expect(value / (g * x * rows)).toBeCloseTo(1, 3)
    }
  })
})

describe('where', () => {
  /** How often an operator stands in the program of a function of inputs, and of its gradients. */
  function counted(
    of: (...inputs: Tensor[]) => Tensor,
    shapes: readonly Shape[],
    products: Products = 'int8',
    names = new Map<Tensor, string>(),
  ) {
    const inputs = shapes.map((shape, i) => input(`input.${i}`, shape))
    const y = of(...inputs)
    const g = input('g', y.shape)
    const outputs = Object.fromEntries([y, ...derivative(y.mul(g).sum(), inputs)].map((t, i) => [`${i}`, t]))
    const { model } = compile({ outputs, names }, { device: 'cpu', precision: 'float32', products })
    const text = new TextDecoder('latin1').decode(model)
    const count = (name: string) => text.split(name).length - 1
    return { integer: count('MatMulIntegerToFloat'), float: count('FusedMatMul'), added: count('Add'), count }
  }
  const layerOf = (x: Tensor, w: Tensor, b: Tensor) => affine(x, w, b, { int8: true })
  const shapes = [[8, 128, 192], [768, 192], [768]]

  test('layers say so, all three products are in int8, the last in two terms, and the bias is added inside', () => {
    const [ofTerms, ofScale] = [1, 1]
    expect(counted(layerOf, shapes)).toMatchObject({ integer: 4, float: 0, added: ofTerms + ofScale })
    expect(counted(layerOf, shapes, 'fp32')).toMatchObject({ integer: 0, float: 3, added: 1 })
  })

  test('layers say so of their gradients alone, the first product stays as it is', () => {
    const gradients = (x: Tensor, w: Tensor) => affine(x, w, undefined, { int8: 'gradients' })
    expect(counted(gradients, shapes.slice(0, 2))).toMatchObject({ integer: 3, float: 1 })
  })

  test('several layers read the same, it is quantised once', () => {
    const three = (x: Tensor, ...w: Tensor[]) =>
      w.map(w => affine(x, w, undefined, { int8: true })).reduce((a, b) => a.add(b))
    const { integer, count } = counted(three, [[1024, 192], ...Array.from({ length: 3 }, () => [768, 192])])
    expect(integer).toBe(3 + 3 + 2) // all have the same gradient in their weights here
    expect(count('DynamicQuantizeLinear')).toBe(1 + 3 + 2) // x, weights, and g as it is and by rows
  })

  test('nobody says so they stay as they are: layers, products of two results, convolutions', () => {
    expect(counted((x, w, b) => affine(x, w, b), shapes)).toMatchObject({ integer: 0, float: 3 })
    expect(
      counted(
        (a, b) => matmul(a, b, false, true),
        [
          [8, 3, 64, 64],
          [8, 3, 64, 64],
        ],
      ).integer,
    ).toBe(0)
    expect(
      counted(
        (x, w) => x.conv(w, { padding: 1 }),
        [
          [8, 64, 16, 16],
          [64, 64, 3, 3],
        ],
      ).integer,
    ).toBe(0)
  })

  test('it would take longer they stay as well: small products, and sums too long for 32 bits', () => {
    expect(counted(layerOf, [[2, 16, 24], [24, 24], [24]])).toMatchObject({ integer: 0, float: 3 })
    const sumOf = (rows: number) => counted(layerOf, [[rows, 192], [192, 192], [192]])
    expect(sumOf(2 ** 16)).toMatchObject({ integer: 4, float: 0 })
    const long = sumOf(2 ** 16 + 1)
    expect(long, 'the gradient in the weight is a sum over all rows').toMatchObject({ integer: 2, float: 1 })
  })

  test('attention multiplies queries, keys and values it stays in float32', () => {
    const own = attention(192, 3)
    const names = new Map([...variablesOf(own)].map(([name, variable]) => [variable, name]))
    const { integer, float } = counted(x => own(x), [[16, 64, 192]], 'int8', names)
    expect(integer).toBe(4 + 4) // projections, forward and back to x
    expect(float).toBe(2 + 4) // scores and what they mix, with two gradients each
  })

  test('a transformer is of texts or of sound its layers say so as well', () => {
    const sizes = { dim: 192, depth: 1, heads: 3 }
    const integers = (layers: Module<[x: Tensor]>) => {
      const names = new Map([...variablesOf(layers)].map(([name, variable]) => [variable, name]))
      return counted(x => layers(x), [[16, 64, 192]], 'int8', names).integer
    }
    const sound = frameTransformer({ ...sizes, positions: { kernel: 4, groups: 3 } })
    for (const layers of [clipLayers(sizes), module({ sound }, (x: Tensor) => sound(x))])
      expect(integers(layers)).toBe(6 + 6) // four projections and two of the hidden layers, forward and back to x
  })
})
