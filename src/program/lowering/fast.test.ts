import { describe, expect, test } from 'vitest'
import { host } from '#host'
import { evaluate, randomArray, relativeError } from '../../engine/testing.js'
import { matmul } from '../../tensor/contraction.js'
import { derivative } from '../../tensor/derivative.js'
import { upsampleNearest } from '../../tensor/pooling.js'
import { batchNormalize } from '../../tensor/reduction.js'
import type { Shape } from '../../tensor/shape.js'
import { constant, input, type Tensor } from '../../tensor/tensor.js'
import { compile } from '../compile.js'
import { trace } from '../trace.js'

const block = await host.block('cpu')

/** The value and the gradients, weighted so that each element counts, in float32 against float64 (which has neither form). */
async function agrees(
  of: (...inputs: Tensor[]) => Tensor,
  shapes: readonly Shape[],
  blocked: number,
  tolerance: number,
) {
  const given = shapes.map((shape, i) => {
    const { values } = randomArray(shape, { seed: i + 1 })
    return { shape, values: values.map(Math.fround) }
  })
  const build = (...inputs: Tensor[]) => {
    const y = of(...inputs)
    const weights = constant(randomArray(y.shape, { seed: 9, low: 0.5, high: 1.5 }).values, y.shape)
    const gradients = derivative(y.mul(weights).sum(), inputs)
    return { y, ...Object.fromEntries(gradients.map((g, i) => [`gradient.${i}`, g])) }
  }
  const expected = await evaluate(build, given)
  const actual = await evaluate(build, given, { precision: 'float32', block: blocked })
  for (const [name, values] of Object.entries(expected))
    expect(relativeError(actual[name], values), name).toBeLessThan(tolerance)
}

/** Operators of the program for a function and its gradients, of those that are looked for. */
function operators(
  of: (...inputs: Tensor[]) => Tensor,
  shapes: readonly Shape[],
  blocked: number,
  sought = /ReorderInput|ReorderOutput|HardSigmoid|ReduceSum(?!Square)/g,
): string[] {
  const inputs = shapes.map((shape, i) => input(`input.${i}`, shape))
  const { result } = trace({ training: true }, () =>
    derivative(
      of(...inputs)
        .square()
        .sum(),
      inputs,
    ),
  )
  const outputs = Object.fromEntries(result.map((t, i) => [`${i}`, t]))
  const { model } = compile({ outputs }, { device: 'cpu', precision: 'float32', block: blocked })
  return new TextDecoder('latin1').decode(model).match(sought) ?? []
}

describe.skipIf(block === 0)('a blocked chain', () => {
  const all = (value: number, x: Tensor) => constant(value).expand(x.size(1))
  const norm = (x: Tensor) => batchNormalize(x, all(1.5, x), all(0.1, x), 1e-5)
  /** Two convolutions with norm and activation, and a way past the second. */
  const chain = (x: Tensor, first: Tensor, second: Tensor) => {
    const y = norm(x.conv(first, { padding: 1 })).relu()
    return norm(y.conv(second, { padding: 1 }))
      .add(y)
      .relu()
  }
  const shapes = [
    [2, 3, 6, 6],
    [16, 3, 3, 3],
    [16, 16, 3, 3],
  ]

  test('agrees with float64', () => agrees(chain, shapes, block, 1e-5))

  test('agrees with float64 when places and channels are weighted', () =>
    agrees(
      (x, w, a) =>
        chain(x, w, w.sum(1, true).expand(16, 16, 3, 3))
          .mul(a)
          .mul(x.mean([2, 3], true).sum(1, true)),
      [
        [2, 3, 6, 6],
        [16, 3, 3, 3],
        [16, 1, 1],
      ],
      block,
      1e-5,
    ))

  test('stays blocked through norm, activation, sum and their gradients', () => {
    const reorders = operators(chain, shapes, block)
    const [into, back] = ['ReorderInput', 'ReorderOutput'].map(name => reorders.filter(other => other === name).length)
    // of the kernels: the first in its outputs, the second forward and backward in both its axes; and its gradient, to come out again
    expect(into).toBe(6)
    expect(back).toBeLessThan(6) // what the gradients of the weights and of the pictures read
  })
})

test.skipIf(block === 0)('nothing of strided convolutions runs on one thread', () => {
  const strided = (x: Tensor, ...weights: Tensor[]) =>
    weights.reduce((y, weight) => y.conv(weight, { stride: 2, padding: 1 }).relu(), x)
  const shapes = [
    [32, 16, 16, 16],
    [32, 16, 3, 3],
    [48, 32, 3, 3],
  ]
  expect(operators(strided, shapes, block, /Slice|Transpose/g)).toEqual([])
})

describe.skipIf(block === 0)('products that are summed over places', () => {
  const shapes = [
    [3, 16, 5, 4],
    [32, 16, 3, 3],
    [32, 16, 1, 1],
  ]
  for (const axes of [
    [2, 3],
    [0, 2, 3],
  ])
    for (const kind of ['sum', 'mean'] as const) {
      const of = (x: Tensor, first: Tensor, second: Tensor) =>
        x.conv(first, { padding: 1 }).mul(x.conv(second).relu())[kind](axes)
      test(`${kind} over ${axes}: agree with float64`, () => agrees(of, shapes, block, 1e-5))
      test(`${kind} over ${axes}: are not written down`, () =>
        expect(operators(of, shapes, block, /GlobalAveragePool/g)).toEqual([]))
    }
})

describe.skipIf(block === 0)('repeated pixels between convolutions', () => {
  const of = (x: Tensor, first: Tensor, second: Tensor) => upsampleNearest(x.conv(first), 2).conv(second)
  const shapes = [
    [2, 16, 3, 3],
    [16, 16, 1, 1],
    [16, 16, 2, 2],
  ]

  test('agree with float64', () => agrees(of, shapes, block, 1e-5))

  test('stay blocked, and so do the sums of their gradients', () => {
    const reorders = (of: (...inputs: Tensor[]) => Tensor) =>
      operators(of, shapes, block)
        .filter(name => name.startsWith('Reorder'))
        .sort()
    expect(operators(of, shapes, block, /Upsample/g)).toHaveLength(1)
    expect(reorders(of)).toEqual(reorders((x, first, second) => x.conv(first).conv(second)))
  })
})

test('pixels of pictures with few channels are not repeated by Expand', async () => {
  const of = (x: Tensor) => upsampleNearest(x, 2)
  await agrees(of, [[2, 3, 4, 5]], block, 1e-6)
  expect(operators(of, [[2, 3, 4, 5]], block, /Resize|Expand/g)).toEqual(['Resize'])
})

test('what lies along an axis is mirrored by a slice', async () => {
  const of = (x: Tensor) => x.flip(1)
  await agrees(of, [[2, 3, 4]], 0, 1e-6)
  expect(operators(of, [[2, 3, 4]], 0, /Slice|Gather/g)).toContain('Slice')
  expect(operators(of, [[2, 3, 4]], 0, /Gather/g)).toEqual([])
})

test('many whole rows of a large tensor are gathered, which all threads do', async () => {
  const of = (x: Tensor) => x.slice(1, 3, 67)
  await agrees(of, [[2, 70, 1024]], 0, 1e-6)
  const found = (of: (x: Tensor) => Tensor, ...shape: number[]) => operators(of, [shape], 0, /Slice|Gather/g)
  expect(found(of, 2, 70, 1024)).toEqual(['Gather'])
  expect(found(of, 2, 70, 1000), 'a smaller one').toEqual(['Slice'])
  expect(
    found(x => x.slice(2, 1), 2, 64, 1025),
    'parts of rows',
  ).toEqual(['Slice'])
  expect(
    found(x => x.slice(0, 1), 3, 64, 1024),
    'few rows',
  ).toEqual(['Slice'])
})

test('scalars have as many axes as shapes that end in ones', async () => {
  const of = (x: Tensor, scalar: Tensor) => x.mul(scalar).add(2)
  const shapes = (...end: number[]) => [[4, 3, ...end], []]
  await agrees(of, shapes(1, 1), 0, 1e-6)
  const given = (...end: number[]) => operators(of, shapes(...end), 0, /Reshape/g).length
  expect(given(1, 1)).toBeGreaterThan(given(2, 2))
})

describe('1-d convolutions take the forms of pictures one pixel high', () => {
  const cases = [
    { what: 'of blocks, strided', x: [4, 16, 21], weight: [32, 16, 4], options: { stride: 2, padding: [[1, 0]] } },
    { what: 'of one channel', x: [2, 1, 40], weight: [16, 1, 10], options: { stride: 5 } },
    { what: 'of groups', x: [2, 32, 19], weight: [32, 8, 6], options: { groups: 4, padding: [[3, 2]] } },
    { what: 'of groups, wider', x: [2, 12, 9], weight: [24, 4, 3], options: { groups: 3, dilation: 2 } },
    { what: 'of odd channels', x: [2, 5, 9], weight: [3, 5, 3], options: { padding: 1 } },
  ] as const
  for (const { what, x, weight, options } of cases)
    test(what, async () => {
      const of = (x: Tensor, w: Tensor) => x.conv(w, options).relu().mul(2)
      for (const size of new Set([0, block])) await agrees(of, [x, weight], size, 1e-5)
    })

  test.skipIf(block === 0)('one after the other without leaving blocks between', () => {
    const of = (x: Tensor, w: Tensor) => x.conv(w).conv(w)
    const shapes = (...high: number[]) => [
      [2, 16, ...high, 9],
      [16, 16, ...high, 2],
    ]
    // what goes on element by element, the square of the result here, leaves them
    expect(operators(of, shapes(), block).length).toBe(operators(of, shapes(1), block).length + 1)
  })
})

test('a machine has blocks of 16, of 8, or none', async () => {
  expect([16, 8, 0]).toContain(block)
  expect(await host.block('webgpu')).toBe(0)
})

test("the slope of GELU takes the normal's distribution in one pass", async () => {
  const of = (x: Tensor) => x.mul(3).gelu()
  await agrees(of, [[4, 50]], 0, 1e-5)
  expect(operators(of, [[4, 50]], 0)).toContain('HardSigmoid')
})

test('a product of many rows that lie transposed with a few columns is turned round', async () => {
  const of = (a: Tensor, b: Tensor) => matmul(a, b, true)
  const shapes = (columns: number, ...batch: number[]) => [
    [...batch, 30, 64],
    [...batch, 30, columns],
  ]
  for (const batch of [[], [2], [2, 3]]) await agrees(of, shapes(5, ...batch), 0, 1e-5)
  expect(operators(of, shapes(15, 2), 0, /Transpose/g)).not.toEqual([])
  for (const columns of [16, 64]) expect(operators(of, shapes(columns, 2), 0, /Transpose/g)).toEqual([])
})

test('sums over many rows are products with ones', async () => {
  const of = (x: Tensor) => x.sum([0, 1])
  await agrees(of, [[8, 16, 65]], 0, 1e-5)
  expect(operators(of, [[8, 16, 65]], 0)).not.toContain('ReduceSum')
  expect(operators(of, [[2, 16, 65]], 0), 'too few rows').toContain('ReduceSum')
})
