import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { host } from '#host'
import { compile, type Program } from '../program/compile.js'
import { uniforms } from '../program/draws.js'
import { convInput, convWeight, matmul } from '../tensor/contraction.js'
import { where } from '../tensor/elementwise.js'
import { addRows, putAlong, scatterAdd, takeRows } from '../tensor/indexing.js'
import { concat } from '../tensor/movement.js'
import { upsampleNearest, windowSum } from '../tensor/pooling.js'
import type { ConvolutionAttributes, Primitive } from '../tensor/primitives.js'
import { after, segment } from '../tensor/recompute.js'
import { gru } from '../tensor/recurrent.js'
import { batchNormalize, normalize } from '../tensor/reduction.js'
import { type Shape, sizeOf } from '../tensor/shape.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { openEngine } from './node/engine.js'

/**
 * A primitive on tensors that are large enough for ONNX Runtime to share the work among threads. Every one is run on whole
 * numbers and on fractions, on 1, 2 and 4 threads, several times each, and gives the same bits.
 */
interface Large {
  readonly what?: string
  readonly of: (...inputs: Tensor[]) => Tensor
  readonly shapes: readonly Shape[]
  /** Sums of fractions go in an order that hangs on the number of threads, so that they agree to rounding only */
  readonly ordered?: false
}

const rows: Shape = [1024, 192]
const picture: Shape = [16, 32, 16, 16]
const one = (of: (x: Tensor) => Tensor, shape = rows, more: Partial<Large> = {}): Large => ({
  of,
  shapes: [shape],
  ...more,
})
const two = (of: (a: Tensor, b: Tensor) => Tensor, a: Shape, b: Shape, more: Partial<Large> = {}): Large => ({
  of,
  shapes: [a, b],
  ...more,
})
const alike = (of: (a: Tensor, b: Tensor) => Tensor) => two(of, rows, rows)
const positive = (x: Tensor) => x.abs().add(1)

/** Reproducible whole numbers from 0 to below `size`, nearly all of them many times. */
const indices = (shape: Shape, size: number): Tensor => {
  const next = uniforms(3, 0, `indices ${shape}`)
  return constant(
    Array.from({ length: sizeOf(shape) }, () => Math.floor(size * next())),
    shape,
    'int',
  )
}

const convolutions = [
  { what: '3×3', x: picture, weight: [64, 32, 3, 3], options: { padding: 1 } },
  { what: '3×3, stride 2', x: picture, weight: [64, 32, 3, 3], options: { padding: 1, stride: 2 } },
  { what: '1×1', x: picture, weight: [64, 32, 1, 1], options: {} },
  { what: 'of colours', x: [32, 3, 32, 32], weight: [32, 3, 3, 3], options: { padding: 1 } },
  { what: 'patches', x: [32, 3, 32, 32], weight: [192, 3, 4, 4], options: { stride: 4 } },
  { what: 'many channels', x: [8, 192, 8, 8], weight: [192, 192, 3, 3], options: { padding: 1 } },
  { what: '1-d', x: [8, 32, 512], weight: [64, 32, 5], options: { stride: 2 } },
] as const
const madeBy = ({ x, weight, options }: (typeof convolutions)[number]) => {
  const y = input('x', x).conv(input('weight', weight), options)
  return { shape: y.shape, attributes: y.attributes as ConvolutionAttributes }
}

const large: { readonly [P in Primitive]: readonly Large[] } = {
  input: [one(x => x)],
  variable: [],
  constant: [one(x => x.add(indices(rows, 100).cast('float')))],
  stopGradient: [one(x => x.stopGradient())],
  segment: [one(x => segment(x.mul(2), [x]))],
  after: [alike(after)],
  neg: [one(x => x.neg())],
  exp: [one(x => x.exp())],
  log: [one(x => positive(x).log())],
  sqrt: [one(x => positive(x).sqrt())],
  sin: [one(x => x.sin())],
  cos: [one(x => x.cos())],
  tanh: [one(x => x.tanh())],
  sigmoid: [one(x => x.sigmoid())],
  erf: [one(x => x.erf())],
  softplus: [one(x => x.softplus())],
  relu: [one(x => x.relu()), one(x => x.relu(), picture, { what: 'of pictures' })],
  step: [one(x => x.step())],
  gelu: [one(x => x.gelu())],
  abs: [one(x => x.abs())],
  sign: [one(x => x.sign())],
  floor: [one(x => x.floor())],
  not: [one(x => x.less(1).not().cast('float'))],
  cast: [one(x => x.mul(7).cast('int').cast('float'))],
  add: [alike((a, b) => a.add(b)), two((a, b) => a.add(b), rows, [192], { what: 'repeated' })],
  sub: [alike((a, b) => a.sub(b))],
  mul: [alike((a, b) => a.mul(b))],
  div: [alike((a, b) => a.div(positive(b)))],
  pow: [alike((a, b) => positive(a).pow(b))],
  maximum: [alike((a, b) => a.maximum(b))],
  minimum: [alike((a, b) => a.minimum(b))],
  less: [alike((a, b) => a.less(b).cast('float'))],
  equal: [alike((a, b) => a.floor().equal(b.floor()).cast('float'))],
  and: [alike((a, b) => a.less(1).and(b.less(1)).cast('float'))],
  or: [alike((a, b) => a.less(1).or(b.less(1)).cast('float'))],
  where: [alike((a, b) => where(a.less(b), a, b))],
  sum: [
    one(x => x.sum(), rows, { what: 'of everything' }),
    one(x => x.sum(0), rows, { what: 'of rows' }),
    one(x => x.sum(1), rows, { what: 'within rows' }),
    one(x => x.sum([0, 2, 3]), picture, { what: 'of channels' }),
    one(x => x.square().sum(), rows, { what: 'of squares' }),
    one(x => x.sum(0), [20_000, 3], { what: 'of many short rows' }),
    two((x, w) => x.conv(w).mul(x.conv(w).relu()).sum([0, 2, 3]), picture, [32, 32, 1, 1], { what: 'of products' }),
  ],
  mean: [
    one(x => x.mean(), rows, { what: 'of everything' }),
    one(x => x.mean([0, 2, 3]), picture, { what: 'of channels' }),
    one(x => x.mean([2, 3]), picture, { what: 'of places' }),
  ],
  max: [one(x => x.max(1)), one(x => x.max(0), rows, { what: 'of rows' })],
  logSumExp: [one(x => x.logSumExp(1)), one(x => x.logSumExp(), rows, { what: 'of everything' })],
  softmax: [one(x => x.softmax()), one(x => x.softmax(0), rows, { what: 'first axis' })],
  logSoftmax: [one(x => x.logSoftmax()), one(x => x.logSoftmax(0), rows, { what: 'first axis' })],
  normalize: [
    one(x => x.normalize(-1, 1e-5)),
    one(x => x.normalize([0, 2, 3], 1e-5), picture, { what: 'of channels' }),
  ],
  inverseDeviation: [
    one(x => normalize('inverseDeviation', x, -1, 1e-3)),
    one(x => normalize('inverseDeviation', x, [0, 2, 3], 1e-3), picture, { what: 'of channels' }),
    two((x, w) => normalize('inverseDeviation', x.conv(w), [0, 2, 3], 1e-3), picture, [32, 32, 1, 1], {
      what: 'of blocks',
    }),
  ],
  scaleShift: [one(x => x.scaleShift(x.sum([0, 2, 3]), x.mean([0, 2, 3])), picture)],
  batchNormalize: [
    one(x => batchNormalize(x, x.sum([0, 2, 3]), x.mean([0, 2, 3]), 1e-3), picture),
    two((x, w) => batchNormalize(x.conv(w), w.sum([1, 2, 3]), w.mean([1, 2, 3]), 1e-3), picture, [32, 32, 1, 1], {
      what: 'of blocks',
    }),
  ],
  cumsum: [one(x => x.cumsum(1)), one(x => x.cumsum(0), rows, { what: 'of rows' })],
  argmax: [one(x => x.argmax(1).cast('float'))],
  topK: [one(x => x.topK(20).cast('float'))],
  reshape: [one(x => x.reshape(192, -1))],
  expand: [one(x => x.expand(4, ...rows))],
  transpose: [one(x => x.T), one(x => x.transpose(0, 2, 3, 1), picture, { what: 'channels last' })],
  slice: [one(x => x.slice(1, 3, 180))],
  pad: [one(x => x.pad(1, 2, 3))],
  concat: [alike((a, b) => concat([a, b], 1))],
  upsample: [
    one(x => upsampleNearest(x, 2), picture),
    two((x, w) => upsampleNearest(x.conv(w), 2), picture, [32, 32, 1, 1], { what: 'of blocks' }),
  ],
  windowSum: [
    one(x => windowSum(x, 2), picture),
    two((x, w) => windowSum(x.conv(w), 2), picture, [32, 32, 1, 1], { what: 'of blocks' }),
  ],
  gather: [one(x => x.gather(indices([20_000], 1024))), one(x => x.flip(-1), picture, { what: 'mirrored' })],
  scatterAdd: [
    one(x => scatterAdd(x, indices([20_736], 288), 288), [20_736, 64], { what: 'many to a row' }),
    one(x => scatterAdd(x, indices([1024], 4), 4), rows, { what: 'all to a few rows', ordered: false }),
    one(x => scatterAdd(x, indices([20_000], 5000), 5000), [20_000, 8], { what: 'few to a row' }),
  ],
  takeRows: [one(x => takeRows(x, indices([32, 648], 64)), [32, 64, 192])],
  addRows: [one(x => addRows(x, indices([32, 648], 9), 9), [32, 648, 64])],
  takeAlong: [one(x => x.takeAlong(indices([1024, 64], 192)))],
  putAlong: [
    one(x => putAlong(x, indices(rows, 7), 1, 7)),
    one(x => putAlong(x, indices(rows, 5), 0, 5), rows, { what: 'first axis' }),
  ],
  gru: [
    {
      of: (x, ...weights) => gru(x, weights.map(w => w.mul(0.1)) as never),
      shapes: [[8, 64, 64], [192, 64], [192, 64], [192], [192]],
    },
  ],
  matmul: [
    two((a, b) => matmul(a, b), rows, [192, 192]),
    two((a, b) => matmul(a, b, true), rows, rows, { what: 'long sums' }),
    two((a, b) => matmul(a, b, false, true), [64, 64, 48], [64, 64, 48], { what: 'batch by batch' }),
    two((a, b) => matmul(a, b), [1, 4096], [4096, 512], { what: 'one row' }),
    two((a, b) => matmul(a, b, false, true, 'forward'), rows, [768, 192], { what: 'in int8' }),
    two((a, b) => matmul(a, b, false, false, 'input'), rows, [192, 768], { what: 'in int8, rows of their own size' }),
    two((a, b) => matmul(a, b, true, false, 'weight'), rows, [1024, 768], { what: 'in int8, in two terms' }),
    // MLAS cuts the columns among the threads, and sums in longer pieces where a piece has few
    two((a, b) => matmul(a, b), [4, 2048], [2048, 192], { what: 'few rows, long sums', ordered: false }),
  ],
  conv: convolutions.map(c => two((x, w) => x.conv(w, c.options), c.x, c.weight, { what: c.what })),
  convInput: convolutions.map(c => {
    const { shape, attributes } = madeBy(c)
    return two((g, w) => convInput(g, w, c.x, attributes), shape, c.weight, { what: c.what })
  }),
  convWeight: convolutions.map(c => {
    const { shape, attributes } = madeBy(c)
    return two((x, g) => convWeight(x, g, c.weight, attributes), c.x, shape, { what: c.what })
  }),
}

const THREADS = [1, 2, 4]
const REPEATS = 3
const block = await host.block('cpu')

const named = Object.entries(large).flatMap(([name, list]) =>
  list.map(each => ({ ...each, name: each.what === undefined ? name : `${name}: ${each.what}` })),
)

test.each(named)('$name', async ({ of, shapes, ordered = true }) => {
  const inputs = shapes.map((shape, i) => input(`${i}`, shape))
  const target = { device: 'cpu', precision: 'float32', block, products: 'int8' } as const
  const program = compile({ outputs: { y: of(...inputs) } }, target)
  const whole = await onThreads(
    program,
    given(shapes, u => Math.floor(5 * u) - 1),
  )
  for (const other of whole.slice(1)) expect(other).toBe(whole[0])
  if (!ordered) return
  const fractions = await onThreads(
    program,
    given(shapes, u => 4 * u - 1),
  )
  for (const other of fractions.slice(1)) expect(other).toBe(fractions[0])
})

/** The bits of the result on each number of threads, several times. */
async function onThreads(program: Program, feeds: Record<string, Float32Array>): Promise<string[]> {
  const results: string[] = []
  for (const threads of THREADS) {
    const engine = openEngine({ device: 'cpu', precision: 'float32', threads })
    try {
      await engine.load('large', program)
      for (let i = 0; i < REPEATS; i++) {
        const { y } = await engine.run('large', feeds)
        results.push(
          createHash('sha256')
            .update(y as Float32Array)
            .digest('hex'),
        )
      }
    } finally {
      await engine.close()
    }
  }
  return results
}

function given(shapes: readonly Shape[], value: (uniform: number) => number): Record<string, Float32Array> {
  return Object.fromEntries(
    shapes.map((shape, i) => {
      const next = uniforms(7, 0, `large ${i} ${shape}`)
      return [`${i}`, Float32Array.from({ length: sizeOf(shape) }, () => value(next()))]
    }),
  )
}
