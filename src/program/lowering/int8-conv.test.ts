import { describe, expect, test } from 'vitest'
import { host } from '#host'
import { distance, evaluate, type Given, optimisedGraph, randomArray } from '../../engine/testing.js'
import type { ConvolutionOptions } from '../../tensor/contraction.js'
import { derivative } from '../../tensor/derivative.js'
import type { Shape } from '../../tensor/shape.js'
import { input, type Tensor } from '../../tensor/tensor.js'
import { compile } from '../compile.js'

const int8 = await host.int8('cpu')
const block = await host.block('cpu')

/** Large enough that int8 pays. */
const one = { x: [16, 128, 8, 8], weight: [128, 128, 3, 3], padding: 1 } as const

/** A convolution and its gradients, for a given gradient of its output. */
function layer(x: Tensor, weight: Tensor, g: Tensor) {
  const y = x.conv(weight, { padding: one.padding, int8: true })
  const [ofX, ofWeight] = derivative(y.mul(g).sum(), [x, weight]) as [Tensor, Tensor]
  return { y, ofX, ofWeight }
}

const x = randomArray(one.x, { seed: 1, low: -0.5, high: 3 })
const weight = randomArray(one.weight, { seed: 2 })
const g = randomArray(one.x, { seed: 3 })
const [SAMPLES] = one.x
const EACH = x.values.length / SAMPLES
const bySample = ({ shape, values }: Given, of: (sample: number, value: number) => number): Given => ({
  shape,
  values: values.map((value, i) => Math.fround(of(Math.floor(i / EACH), value))),
})

const inInt8 = { precision: 'float32', products: 'int8', block } as const

describe.skipIf(!int8?.exact || block === 0)('a convolution in int8', () => {
  test('and its gradients are near those in float64', async () => {
    const exact = await evaluate(layer, [x, weight, g])
    const rounded = await evaluate(layer, [x, weight, g], inInt8)
    expect(distance(rounded.y, exact.y ?? [])).toBeLessThan(0.01)
    expect(distance(rounded.ofX, exact.ofX ?? [])).toBeLessThan(0.01)
    expect(rounded.y).not.toEqual(exact.y?.map(Math.fround))
  })

  test('has gradients of samples that differ a thousandfold, and zeros of those that have none', async () => {
    const uneven = bySample(g, (sample, value) => (sample === 0 ? 0 : 1e-7 * value * 10 ** ((-3 * sample) / SAMPLES)))
    const exact = await evaluate(layer, [x, weight, uneven])
    const rounded = await evaluate(layer, [x, weight, uneven], inInt8)
    const sampleOf = (values: readonly number[] = [], sample: number) =>
      values.slice(sample * EACH, (sample + 1) * EACH)
    expect(new Set(sampleOf(rounded.ofX, 0))).toEqual(new Set([0]))
    for (let sample = 1; sample < SAMPLES; sample++)
      expect(distance(sampleOf(rounded.ofX, sample), sampleOf(exact.ofX, sample)), `sample ${sample}`).toBeLessThan(
        0.01,
      )
  })

  test('of numbers that integers hold exactly is exact, also at the border, where the integer of zero is not 0', async () => {
    const whole = (given: Given, least: number, most: number) => ({
      ...given,
      values: given.values.map((_, i) => [most, least][i] ?? least + ((i * 7919) % (most - least + 1))),
    })
    const given = [whole(x, -100, 155), whole(weight, -128, 127)]
    const build = (x: Tensor, w: Tensor) => ({ y: x.conv(w, { padding: 1, int8: true }) })
    expect(await evaluate(build, given, inInt8)).toEqual(await evaluate(build, given))
  })

  test('with a weight that has a number that is none is none', async () => {
    const build = (x: Tensor, w: Tensor) => ({ y: x.conv(w, { padding: 1, int8: true }) })
    const { y } = await evaluate(build, [x, { ...weight, values: weight.values.with(5, Number.NaN) }], inInt8)
    expect(y?.every(Number.isNaN)).toBe(true)
  })

  test('has the same bits on any number of threads', async () => {
    const given = [x, weight, g]
    const alone = await evaluate(layer, given, inInt8)
    for (const threads of [2, 3, 4])
      expect(await evaluate(layer, given, { ...inInt8, threads }), `${threads} threads`).toEqual(alone)
  })

  test('of a number that is none shows it in the gradient of the weight', async () => {
    const { ofWeight } = await evaluate(layer, [{ ...x, values: x.values.with(5, Number.NaN) }, weight, g], inInt8)
    expect(ofWeight?.some(Number.isNaN)).toBe(true)
  })

  test('has its weight in order without a transpose of single bytes', async () => {
    const inputs = [input('x', one.x), input('w', one.weight)] as const
    const y = inputs[0].conv(inputs[1], { padding: 1, int8: true })
    const target = { device: 'cpu', precision: 'float32', products: 'int8', block } as const
    const { node } = await optimisedGraph(compile({ outputs: { y }, names: new Map() }, target))
    const turns = node.filter(({ opType }) => opType === 'Transpose')
    expect(turns.map(({ attribute }) => attribute[0]?.ints.map(Number))).toEqual([[1, 0]])
  })

  test('is one where a layer says so, int8 is asked for, and it takes less time', () => {
    const counted = (shape: Shape, kernel: Shape, options: ConvolutionOptions, products: 'fp32' | 'int8' = 'int8') => {
      const inputs = [input('x', shape), input('w', kernel)] as const
      const y = inputs[0].conv(inputs[1], options)
      const outputs = Object.fromEntries([y, ...derivative(y.sum(), inputs)].map((t, i) => [`${i}`, t]))
      const target = { device: 'cpu', precision: 'float32', products, block } as const
      const { model } = compile({ outputs, names: new Map() }, target)
      return new TextDecoder('latin1').decode(model).split('MatMulIntegerToFloat').length - 1
    }
    const [said, stride] = [{ padding: 1, int8: true }, 2]
    expect(counted(one.x, one.weight, said)).toBe(2)
    expect(counted([64, 128, 16, 16], [256, 128, 3, 3], { ...said, stride })).toBe(1 + stride * stride)
    expect(counted([32, 16, 32, 32], [32, 16, 3, 3], { ...said, stride })).toBe(0)
    expect(counted(one.x, one.weight, said, 'fp32')).toBe(0)
    expect(counted(one.x, one.weight, { padding: 1 })).toBe(0)
    expect(counted([2, 16, 4, 4], [16, 16, 3, 3], said)).toBe(0)
    expect(counted([16, 128, 8, 8], [128, 16, 3, 3], { ...said, groups: 8 })).toBe(0)
  })
})
