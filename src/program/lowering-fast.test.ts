import { describe, expect, test } from 'vitest'
import { derivative } from '../tensor/derivative.js'
import { normalize } from '../tensor/reduction.js'
import type { Shape } from '../tensor/shape.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { blockedChannels } from './probe.js'
import { evaluate, randomArray, relativeError } from './testing.js'
import { trace } from './trace.js'

const block = await blockedChannels('cpu')

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
    const slopes = derivative(y.mul(weights).sum(), inputs)
    return { y, ...Object.fromEntries(slopes.map((g, i) => [`gradient.${i}`, g])) }
  }
  const expected = await evaluate(build, given)
  const actual = await evaluate(build, given, { precision: 'float32', block: blocked })
  for (const [name, values] of Object.entries(expected))
    expect(relativeError(actual[name], values), name).toBeLessThan(tolerance)
}

/** Operators of the program for a function and its gradients. */
function operators(of: (...inputs: Tensor[]) => Tensor, shapes: readonly Shape[], blocked: number): string[] {
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
  const operator = /ReorderInput|ReorderOutput|ConvTranspose|Gather|HardSigmoid|ReduceSum(?!Square)/g
  return new TextDecoder('latin1').decode(model).match(operator) ?? []
}

interface Convolution {
  readonly what: string
  readonly x: Shape
  readonly weight: Shape
  readonly stride?: number
  readonly padding?: number | readonly (readonly [number, number])[]
}

const wide: readonly Convolution[] = [
  { what: 'whole tiles', x: [2, 96, 12, 12], weight: [96, 96, 3, 3], padding: 1 },
  { what: 'tiles that hang over', x: [4, 96, 7, 8], weight: [96, 96, 3, 3], padding: 1 },
  { what: 'one tile a picture', x: [17, 96, 4, 4], weight: [112, 96, 3, 3], padding: 1 },
  {
    what: 'padding on one side',
    x: [2, 96, 9, 13],
    weight: [96, 96, 3, 3],
    padding: [
      [2, 1],
      [0, 1],
    ],
  },
]

describe('convolutions over tiles agree with float64', () => {
  for (const { what, x, weight, padding } of wide)
    test(what, async () => {
      const of = (a: Tensor, w: Tensor) => a.conv(w, { padding })
      await agrees(of, [x, weight], 0, 3e-5)
      expect(operators(of, [x, weight], 0), 'the tiles are used').toContain('Gather')
    })
})

const narrow: readonly Convolution[] = [
  { what: 'same size', x: [2, 32, 5, 6], weight: [16, 32, 3, 3], padding: 1 },
  { what: '1×1', x: [2, 16, 3, 3], weight: [32, 16, 1, 1] },
  { what: 'pictures of three colours', x: [2, 3, 8, 8], weight: [16, 3, 3, 3], padding: 1 },
  { what: 'stride 2', x: [2, 16, 8, 6], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'stride 2, odd size', x: [2, 16, 7, 6], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'stride 2, kernel of 4', x: [1, 16, 8, 8], weight: [16, 16, 4, 4], stride: 2, padding: 1 },
  { what: 'stride 2, kernel of 5', x: [1, 16, 8, 8], weight: [16, 16, 5, 5], stride: 2, padding: 2 },
  { what: '1×1, stride 2', x: [2, 16, 6, 6], weight: [32, 16, 1, 1], stride: 2 },
  { what: 'channels that do not fill a block', x: [2, 20, 4, 4], weight: [16, 20, 3, 3], padding: 1 },
]

const summed: readonly Convolution[] = [
  { what: 'samples', x: [16, 32, 5, 6], weight: [16, 32, 3, 3], padding: 1 },
  { what: 'many samples in parts', x: [64, 16, 4, 3], weight: [16, 16, 3, 3], padding: 1 },
  { what: 'samples without padding', x: [16, 16, 5, 6], weight: [16, 16, 3, 2] },
  { what: 'samples, stride 2', x: [32, 16, 8, 6], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'samples, stride 2, odd size', x: [16, 16, 7, 5], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'samples, stride 3, what is left over', x: [16, 16, 9, 10], weight: [16, 16, 2, 2], stride: 3 },
  { what: 'samples, in bands of rows', x: [16, 16, 20, 18], weight: [16, 16, 3, 3], padding: 1 },
  { what: 'samples, in bands, stride 2', x: [16, 16, 39, 35], weight: [16, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'samples, 1×1, stride 2', x: [16, 16, 6, 6], weight: [32, 16, 1, 1], stride: 2 },
  { what: 'samples of channels that do not fill a block', x: [16, 20, 5, 4], weight: [16, 20, 3, 3], padding: 1 },
  { what: 'samples of three colours', x: [16, 3, 7, 7], weight: [16, 3, 3, 3], stride: 2, padding: 1 },
  {
    what: 'samples, padding on one side',
    x: [16, 16, 5, 7],
    weight: [16, 16, 3, 3],
    padding: [
      [2, 1],
      [0, 2],
    ],
  },
  { what: 'pixels', x: [3, 3, 5, 16], weight: [16, 3, 3, 3], padding: 1 },
  {
    what: 'pixels in two blocks',
    x: [2, 1, 6, 32],
    weight: [32, 1, 5, 3],
    padding: [
      [2, 2],
      [1, 1],
    ],
  },
  { what: 'pixels without padding', x: [2, 3, 5, 18], weight: [16, 3, 2, 3] },
  { what: 'pixels, stride 2', x: [2, 3, 8, 32], weight: [16, 3, 3, 3], stride: 2, padding: 1 },
  { what: 'pixels, stride 2, kernel of 7', x: [1, 3, 10, 32], weight: [16, 3, 7, 7], stride: 2, padding: 3 },
  { what: 'pixels, stride 4, what is left over', x: [2, 3, 11, 67], weight: [16, 3, 2, 2], stride: 4 },
]

describe.skipIf(block === 0)('blocked convolutions agree with float64', () => {
  for (const { what, x, weight, stride, padding } of [...narrow, ...summed])
    test(what, () => agrees((a, w) => a.conv(w, { stride, padding }), [x, weight], block, 1e-5))
})

describe.skipIf(block === 0)('a blocked chain', () => {
  /** Batch norm without variables */
  const norm = (x: Tensor) => {
    const inverse = normalize('inverseDeviation', x, [0, 2, 3], 1e-5).reshape(-1)
    return x.scaleShift(inverse.mul(1.5), x.mean([0, 2, 3]).mul(inverse).mul(-1.5).add(0.1))
  }
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
    expect(into).toBe(3) // of the kernels
    expect(back).toBeLessThan(6) // what the gradients of the weights and of the pictures read
  })
})

test('a machine has blocks of 16, of 8, or none', async () => {
  expect([16, 8, 0]).toContain(block)
  expect(await blockedChannels('webgpu')).toBe(0)
})

test("the slope of GELU takes the normal's distribution in one pass", async () => {
  const of = (x: Tensor) => x.mul(3).gelu()
  await agrees(of, [[4, 50]], 0, 1e-5)
  expect(operators(of, [[4, 50]], 0)).toContain('HardSigmoid')
})

test('sums over many rows are products with ones', async () => {
  const of = (x: Tensor) => x.sum([0, 1])
  await agrees(of, [[8, 16, 65]], 0, 1e-5)
  expect(operators(of, [[8, 16, 65]], 0)).not.toContain('ReduceSum')
  expect(operators(of, [[2, 16, 65]], 0), 'too few rows').toContain('ReduceSum')
})
