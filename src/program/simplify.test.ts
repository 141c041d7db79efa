import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { array, evaluate, randomArray, relativeError } from '../engine/testing.js'
import { convInput, convWeight } from '../tensor/contraction.js'
import { topological } from '../tensor/derivative.js'
import { where } from '../tensor/elementwise.js'
import { concat } from '../tensor/movement.js'
import { interpret } from '../tensor/naive/testing.js'
import type { TensorOf } from '../tensor/primitives.js'
import type { Shape } from '../tensor/shape.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { simplify } from './simplify.js'

const nodes = (...outputs: Tensor[]) => topological(simplify(outputs, false)).map(t => t.op)
const given = [randomArray([2, 3]), randomArray([3], { seed: 2, low: 0.5, high: 2 }), randomArray([1, 3], { seed: 3 })]

/** Grows an expression: each pick makes one tensor out of earlier ones. */
type Growth = (pool: readonly Tensor[]) => Tensor
const tensor = fc.nat({ max: 1000 })
const scalar = fc.constantFrom(0, 1, -1, 2, 0.5, 3)
const pick = (pool: readonly Tensor[], i: number): Tensor => pool[i % pool.length] ?? constant(0)
const growth: fc.Arbitrary<Growth> = fc.oneof(
  fc.tuple(fc.constantFrom('add', 'sub', 'mul', 'maximum', 'minimum'), tensor, tensor).map(
    ([op, a, b]): Growth =>
      pool =>
        pick(pool, a)[op as 'add'](pick(pool, b)),
  ),
  fc.tuple(fc.constantFrom('add', 'sub', 'mul', 'div'), tensor, scalar).map(
    ([op, a, n]): Growth =>
      pool =>
        pick(pool, a)[op as 'add'](op === 'div' ? n || 4 : n),
  ),
  fc.tuple(fc.constantFrom('add', 'sub', 'mul'), tensor, scalar).map(
    ([op, a, n]): Growth =>
      pool =>
        constant(n)[op as 'add'](pick(pool, a)),
  ),
  fc.tuple(fc.constantFrom('mul', 'add', 'sub'), tensor, scalar).map(
    ([op, a, n]): Growth =>
      pool =>
        pick(pool, a)[op as 'add'](constant(n).expand(2, 3)),
  ),
  fc.tuple(fc.constantFrom('neg', 'relu', 'tanh', 'stopGradient', 'abs'), tensor).map(
    ([op, a]): Growth =>
      pool =>
        pick(pool, a)[op as 'neg'](),
  ),
  fc.tuple(tensor, tensor).map(
    ([a, b]): Growth =>
      pool =>
        where(pick(pool, a).less(pick(pool, b)), pick(pool, b), 0),
  ),
  tensor.map(
    (a): Growth =>
      pool =>
        pick(pool, a)
          .sum(-1, true)
          .expand(...pick(pool, a).shape),
  ),
  tensor.map(
    (a): Growth =>
      pool =>
        pick(pool, a)
          .reshape(-1, 1)
          .reshape(...pick(pool, a).shape),
  ),
  tensor.map(
    (a): Growth =>
      pool =>
        pick(pool, a).expand(2, 3),
  ),
  // the gradients of slices meet as sums of padded parts
  fc.tuple(tensor, tensor, fc.integer({ min: 1, max: 2 })).map(
    ([a, b, at]): Growth =>
      pool => {
        const [left, right] = [pick(pool, a).slice(-1, 0, at), pick(pool, b).slice(-1, at)]
        return left.pad(-1, 0, 3 - at).add(right.pad(-1, at, 0))
      },
  ),
)

function grown(growths: readonly Growth[], inputs: readonly Tensor[]): Tensor[] {
  const pool = [...inputs]
  for (const grow of growths) pool.push(grow(pool))
  return pool
}

describe('random expressions', () => {
  test('give what the naive interpreter gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(growth, { minLength: 1, maxLength: 14 }), async growths => {
        const build = (...inputs: Tensor[]): Tensor[] => grown(growths, inputs).slice(inputs.length)
        const inputs = given.map(({ shape }, i) => input(`input.${i}`, shape))
        const numbers = new Map(inputs.map((t, i) => [t, given[i] ?? randomArray([])]))
        const results = await evaluate((...t) => Object.fromEntries(build(...t).map((y, i) => [`y${i}`, y])), given)
        for (const [i, y] of build(...inputs).entries())
          expect(relativeError(results[`y${i}`], interpret(y, numbers).values)).toBeLessThan(1e-12)
      }),
      { numRuns: 150, seed: 1 },
    )
  })

  test('keep their shapes and types', () => {
    fc.assert(
      fc.property(fc.array(growth, { minLength: 1, maxLength: 20 }), growths => {
        const inputs = given.map(({ shape }, i) => input(`input.${i}`, shape))
        const pool = grown(growths, inputs)
        const simpler = simplify(pool, false)
        expect(simpler.map(t => [t.shape, t.dtype])).toEqual(pool.map(t => [t.shape, t.dtype]))
      }),
    )
  })
})

describe('what becomes simpler', () => {
  const [x, y] = [input('x', [2, 3]), input('y', [3])]

  test('equal tensors are one', () => {
    expect(nodes(x.mul(y).exp().add(x.mul(y).exp()))).toEqual(['input', 'input', 'mul', 'exp', 'add'])
    expect(nodes(x.softmax(1), x.softmax(-1))).toEqual(['input', 'softmax'])
  })

  test('tensors that differ only in an attribute or a type stay two', () => {
    expect(nodes(x.softmax(0), x.softmax(1))).toEqual(['input', 'softmax', 'softmax'])
    expect(nodes(x.cast('int'), x.cast('bool'))).toEqual(['input', 'cast', 'cast'])
    expect(nodes(x.pad(0, 1, 0, -Infinity), x.pad(0, 1, 0, 0))).toEqual(['input', 'pad', 'pad'])
    expect(nodes(input('a', [2]).exp(), input('b', [2]).exp())).toEqual(['input', 'exp', 'input', 'exp'])
  })

  test('what no output needs is gone', () => {
    const wanted = x.exp()
    wanted.mul(y).softmax()
    expect(nodes(wanted)).toEqual(['input', 'exp'])
  })

  test('detours are cut', () => {
    expect(nodes(x.stopGradient())).toEqual(['input'])
    expect(nodes(x.add(0), x.sub(0), x.mul(1), x.div(1), constant(0).add(x), constant(1).mul(x))).toEqual(['input'])
    expect(nodes(x.neg().neg())).toEqual(['input'])
    expect(nodes(x.reshape(6).reshape(3, 2).reshape(2, 3))).toEqual(['input'])
    expect(nodes(x.mul(2).mul(3).div(12))).toEqual(['input', 'constant', 'mul'])
  })

  test('scalars known beforehand are computed beforehand', () => {
    const [two = constant(0)] = simplify([constant(6).div(2).sub(1)], false)
    expect(two.op).toBe('constant')
    expect((two.attributes as { values: Float64Array }).values).toEqual(Float64Array.of(2))
  })

  test('a factor repeated over a larger shape keeps that shape', async () => {
    const build = (a: Tensor) => ({ y: a.mul(constant(2).expand(2, 3)).mul(3) })
    expect((await evaluate(build, [randomArray([3])])).y).toHaveLength(6)
  })

  describe("a factor for each channel of what a convolution's gradients read", () => {
    /** The gradients in the input and in the weight where that of the output is a product */
    const gradients = (samples: number, factor: Shape) => {
      const shapes = [[samples, 2, 9], [samples, 3, 9], [3, 2, 2], factor]
      const given = shapes.map((shape, i) => randomArray(shape, { seed: i }))
      const inputs = shapes.map((shape, i) => input(`${i}`, shape)) as [Tensor, Tensor, Tensor, Tensor]
      const [x, output, weight, scale] = inputs
      const { attributes } = x.conv(weight, { padding: [[1, 0]] }) as TensorOf<'conv'>
      const scaled = output.mul(scale)
      const numbers = new Map(inputs.map((t, i) => [t, given[i] ?? array([], [])]))
      return [convInput(scaled, weight, x.shape, attributes), convWeight(x, scaled, weight.shape, attributes)].map(
        gradient => {
          const [simpler = gradient] = simplify([gradient], false)
          const error = relativeError(interpret(simpler, numbers).values, interpret(gradient, numbers).values)
          expect(error).toBeLessThan(1e-12)
          return topological([simpler]).flatMap(t => (t.op === 'mul' ? [t.shape] : []))
        },
      )
    }

    test.each([[[1, 3, 1]], [[3, 1]]])('is one for each output of the weight: %j', factor => {
      expect(gradients(4, factor)).toEqual([[[3, 2, 2]], [[3, 2, 2]]])
    })

    test('stays where it is when the weight is the larger, and when it is one for each sample', () => {
      expect(gradients(1, [3, 1])).toEqual([[[1, 3, 9]], [[1, 3, 9]]])
      expect(gradients(4, [4, 1, 1])).toEqual([[[4, 3, 9]], [[4, 3, 9]]])
    })
  })

  test('parts laid side by side are joined, unless one is repeated', async () => {
    const [a, b] = [input('a', [2, 2]), input('b', [2, 4])]
    expect(nodes(a.pad(1, 0, 4).add(b.pad(1, 2, 0)))).toEqual(['input', 'input', 'concat'])
    const row = input('row', [1, 4])
    expect(nodes(a.pad(1, 0, 4).add(row.pad(1, 2, 0)))).toEqual(['input', 'input', 'pad', 'pad', 'add'])
    expect(concat([a, b], 1).shape).toEqual([2, 6])
  })
})
