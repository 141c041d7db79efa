import { array, type Given, randomArray } from '../engine/testing.js'
import { type ConvolutionOptions, convInput, convWeight, matmul } from './contraction.js'
import { where } from './elementwise.js'
import { addRows, putAlong, scatterAdd, takeRows } from './indexing.js'
import { concat, roll } from './movement.js'
import { upsampleNearest, windowSum } from './pooling.js'
import type { ConvolutionAttributes, Primitive } from './primitives.js'
import { after, segment } from './recompute.js'
import { gru } from './recurrent.js'
import { batchNormalize, normalize } from './reduction.js'
import { constant, input, type Tensor } from './tensor.js'

/** A primitive at work: what values, gradients and every device's lowering are tested on. */
export interface Case {
  readonly what?: string
  readonly of: (...inputs: Tensor[]) => Tensor
  readonly at: readonly Given[]
  /** No gradient flows through it, or none is defined at these numbers */
  readonly flat?: true
}

const x = randomArray([2, 3])
const y = randomArray([3], { seed: 2 })
const positive = randomArray([2, 3], { low: 0.5, high: 2 })
const wide = randomArray([2, 3, 4], { seed: 3, low: -2, high: 2 })
const narrow = randomArray([2, 1, 4], { seed: 3 })
const far = array([2, 4], [-300, -20, 0.5, 300, 100, 99, -100, -99])
const whole = array([2, 3], [-7, 4, 0, 5, -2, 9])
const divisors = array([3], [2, -3, 4])
const pixels = array([2, 3], [0, 1, 127, 128, 200, 255])
const picture = randomArray([2, 4, 4, 3], { seed: 4 })
const sound = randomArray([2, 2, 9], { seed: 5 })

const one = (of: (x: Tensor) => Tensor, at = x, what?: string): Case => ({ of, at: [at], what })
const two = (of: (a: Tensor, b: Tensor) => Tensor, at = [x, y], what?: string): Case => ({
  of,
  at,
  what,
})
const flat = (c: Case): Case => ({ ...c, flat: true })
const indices = (values: number[], shape = [values.length]) => constant(values, shape, 'int')
/** Both orders of the operands, with and without broadcasting */
const bothWays = (of: (a: Tensor, b: Tensor) => Tensor, at = [x, y]): Case[] => [
  two(of, at, 'repeated on the right'),
  two((a, b) => of(b, a), at, 'repeated on the left'),
  two((a, b) => of(a.reshape(2, 3, 1), b.reshape(1, 1, 3)), at, 'repeated on both sides'),
]
const integers = (of: (a: Tensor, b: Tensor) => Tensor): Case =>
  flat(two((a, b) => of(a.cast('int'), b.cast('int')), [whole, divisors], 'of integers'))
const asymmetric = {
  stride: [2, 1],
  padding: [
    [1, 0],
    [1, 1],
  ],
  dilation: [1, 2],
  groups: 2,
} as const

/** A convolution and its two gradients at the same place. */
interface ConvolutionCase {
  readonly what: string
  readonly x: Given
  readonly weight: Given
  readonly options: ConvolutionOptions
}
const convolutions: readonly ConvolutionCase[] = [
  {
    what: 'asymmetric padding, stride, dilation and groups',
    x: picture,
    weight: randomArray([6, 2, 3, 2]),
    options: asymmetric,
  },
  { what: 'same size', x: picture, weight: randomArray([3, 4, 3, 3]), options: { padding: 1 } },
  { what: 'stride 2', x: picture, weight: randomArray([3, 4, 3, 3]), options: { padding: 1, stride: 2 } },
  {
    what: 'stride 2, many channels',
    x: randomArray([2, 16, 4, 3]),
    weight: randomArray([2, 16, 3, 2]),
    options: { padding: 1, stride: 2 },
  },
  { what: 'patches', x: picture, weight: randomArray([3, 4, 2, 2]), options: { stride: 2 } },
  { what: '1×1, stride 2', x: picture, weight: randomArray([3, 4, 1, 1]), options: { stride: 2 } },
  { what: 'one group a channel', x: picture, weight: randomArray([4, 1, 3, 3]), options: { padding: 1, groups: 4 } },
  { what: 'dilation', x: picture, weight: randomArray([2, 4, 2, 2]), options: { dilation: [3, 2] } },
  {
    what: 'cropped by more padding than kernel',
    x: picture,
    weight: randomArray([2, 4, 1, 1]),
    options: { padding: 1 },
  },
  { what: '1-d', x: sound, weight: randomArray([3, 2, 4]), options: { stride: 2, padding: [[3, 0]] } },
  { what: '1-d, dilation, groups', x: sound, weight: randomArray([4, 1, 3]), options: { dilation: 2, groups: 2 } },
]
/** Shape and attributes of the result */
const traced = ({ x, weight, options }: ConvolutionCase) => {
  const result = input('x', x.shape).conv(input('weight', weight.shape), options)
  return { shape: result.shape, attributes: result.attributes as ConvolutionAttributes }
}

/** Every primitive by itself; the compiler wants all of them. Gradients are weighted, so each element counts. */
export const cases: { readonly [P in Primitive]: readonly Case[] } = {
  input: [one(a => a)],
  variable: [],
  constant: [flat(one(a => a.mul(0).add(constant([1, 2, -0.5])))), flat(one(() => constant([3, -4, 5], [3], 'int')))],
  stopGradient: [flat(one(a => a.stopGradient()))],
  segment: [two((a, b) => segment(a.mul(b), [a]))],
  after: [
    two(after),
    flat(
      two(
        after,
        [array([3], [-0, Number.POSITIVE_INFINITY, 1e-320]), array([2], [Number.NaN, Infinity])],
        'of what is no number',
      ),
    ),
  ],
  neg: [one(a => a.neg()), integers(a => a.neg())],
  exp: [one(a => a.exp())],
  log: [one(a => a.log(), positive)],
  sqrt: [one(a => a.sqrt(), positive)],
  sin: [one(a => a.mul(3).sin())],
  cos: [one(a => a.mul(3).cos())],
  tanh: [one(a => a.mul(3).tanh()), one(a => a.tanh(), far, 'far out')],
  sigmoid: [one(a => a.mul(3).sigmoid()), one(a => a.sigmoid(), far, 'far out')],
  erf: [one(a => a.mul(3).erf()), one(a => a.erf(), far, 'far out')],
  softplus: [one(a => a.mul(20).softplus()), one(a => a.softplus(), far, 'far out')],
  relu: [one(a => a.relu())],
  step: [
    flat(one(a => a.step())),
    flat(one(a => a.mul(0).step(), x, 'of zero')),
    flat(one(a => a.step(), far, 'far out')),
  ],
  gelu: [one(a => a.mul(3).gelu()), one(a => a.gelu(), far, 'far out')],
  abs: [one(a => a.abs()), integers(a => a.abs())],
  sign: [flat(one(a => a.sign())), flat(one(a => a.mul(0).sign(), x, 'of zero'))],
  floor: [flat(one(a => a.mul(5).floor()))],
  not: [flat(one(a => a.less(0).not()))],
  cast: [
    flat(one(a => a.mul(5).cast('int'), x, 'to int, towards zero')),
    flat(one(a => a.cast('int').cast('float'), whole, 'from int')),
    flat(one(a => a.less(0).cast('float'), x, 'from bool')),
    flat(one(a => a.cast('uint8').cast('float'), pixels, 'to bytes and back')),
    flat(one(a => a.cast('int').cast('bool'), whole, 'to bool')),
  ],
  add: [...bothWays((a, b) => a.add(b)), integers((a, b) => a.add(b))],
  sub: [...bothWays((a, b) => a.sub(b)), integers((a, b) => b.sub(a))],
  mul: [...bothWays((a, b) => a.mul(b)), integers((a, b) => a.mul(b))],
  div: [...bothWays((a, b) => a.div(b.abs().add(0.5))), integers((a, b) => a.div(b))],
  pow: [...bothWays((a, b) => a.pow(b), [positive, randomArray([3], { low: 0.5, high: 2 })]), one(a => a.pow(3))],
  maximum: [...bothWays((a, b) => a.maximum(b)), integers((a, b) => a.maximum(b))],
  minimum: [...bothWays((a, b) => a.minimum(b)), integers((a, b) => a.minimum(b))],
  less: [flat(two((a, b) => a.less(b))), integers((a, b) => a.less(b)), flat(one(a => a.less(a), x, 'of equal'))],
  equal: [integers((a, b) => a.equal(b.mul(2))), flat(two((a, b) => a.mul(b).equal(b.mul(a))))],
  and: [flat(two((a, b) => a.less(0).and(b.less(0))))],
  or: [flat(two((a, b) => a.less(0).or(b.less(0))))],
  where: [
    two((a, b) => where(a.less(b), a.mul(2), b.square())),
    one(a => where(constant([1, 0, 1], [3], 'bool'), 2, a), x, 'a number'),
    integers((a, b) => where(a.less(b), a, b)),
  ],
  sum: [one(a => a.sum([0, 2]), wide), one(a => a.sum(), wide, 'of everything'), integers(a => a.sum(1))],
  mean: [one(a => a.mean([0, 1]), wide), one(a => a.mean(-1, true), wide, 'kept')],
  max: [one(a => a.max(1), wide), one(a => a.max([0, 2], true), wide, 'kept'), integers(a => a.max(0))],
  logSumExp: [one(a => a.logSumExp([1, 2]), wide), one(a => a.logSumExp(-1), far, 'far out')],
  softmax: [one(a => a.softmax(1), wide), one(a => a.softmax(), wide), one(a => a.softmax(), far, 'far out')],
  logSoftmax: [
    one(a => a.logSoftmax(), wide),
    one(a => a.logSoftmax(0), wide, 'first axis'),
    one(a => a.logSoftmax(), far, 'far out'),
  ],
  normalize: [
    one(a => a.normalize(-1, 1e-5), wide),
    one(a => a.normalize([0, 2], 1e-3), wide, 'per channel'),
    one(a => a.normalize([1, 2], 1e-3), wide, 'last two axes'),
    one(a => a.mul(0).normalize(-1, 1e-3), wide, 'of equal numbers'),
  ],
  inverseDeviation: [
    one(a => normalize('inverseDeviation', a, [0, 2], 1e-3), wide, 'per channel'),
    one(a => normalize('inverseDeviation', a, -1, 1e-3), wide),
  ],
  scaleShift: [
    one(a => a.scaleShift(a.sum([0, 2]), a.mean([0, 2])), wide),
    one(a => a.scaleShift(a.sum(0), a.mean(0)), x, 'without places'),
  ],
  batchNormalize: [
    one(a => batchNormalize(a, a.sum([0, 2]), a.mean([0, 2]), 1e-3), wide),
    two((a, b) => batchNormalize(a, b, b.square(), 1e-3), [randomArray([5, 3]), randomArray([3])], 'without places'),
    two((a, b) => batchNormalize(a, b.mul(0), b, 1e-3), [randomArray([5, 3]), randomArray([3])], 'scaled by nothing'),
  ],
  cumsum: [one(a => a.cumsum(1), wide), one(a => a.cumsum(2, true), wide, 'reverse'), integers(a => a.cumsum())],
  argmax: [
    flat(one(a => a.argmax(1), wide)),
    flat(one(a => a.argmax(), wide, 'last axis')),
    flat(one(a => a.mul(0).argmax(), wide, 'the first among equals')),
  ],
  topK: [flat(one(a => a.topK(2), wide)), one(a => a.takeAlong(a.topK(2)), wide, 'their values')],
  reshape: [one(a => a.reshape(4, -1), wide), integers(a => a.reshape(3, 2))],
  expand: [one(a => a.reshape(2, 1, 3).expand(2, 4, 3)), one(a => a.sum().expand(2, 2), x, 'a scalar')],
  transpose: [one(a => a.transpose(2, 0, 1), wide), one(a => a.T, wide, 'T'), integers(a => a.T)],
  slice: [
    one(a => a.slice(2, 1, 4), wide),
    one(a => a.slice(2, 0, 4, 2), wide, 'step'),
    one(a => a.slice(1, -2), wide, 'from the end'),
    one(a => a.slice(2, 1, undefined, 2), wide, 'every other'),
    one(a => a.slice(2, 1, -1, 2), wide, 'up to the end, step'),
    integers(a => a.slice(1, 1)),
  ],
  pad: [
    one(a => a.pad(1, 2, 1, 0.5), wide),
    one(a => a.pad(-1, 0, 2), wide, 'with zeros after'),
    one(a => a.pad(0, 1, 0, -1e9).softmax(0), wide, 'with a mask'),
    integers(a => a.pad(0, 1, 1, 7)),
  ],
  concat: [
    two((a, b) => concat([a, b, a], 1), [wide, narrow]),
    two((a, b) => concat([a, b], -1), [x, x], 'last axis'),
    integers(a => concat([a, a])),
  ],
  upsample: [one(a => upsampleNearest(a, 2), picture), one(a => upsampleNearest(a, 3), picture, 'three times')],
  windowSum: [one(a => windowSum(a.slice(3, 0, 2), 2), picture)],
  gather: [
    one(a => a.gather(indices([2, 0, 2, 1], [2, 2]), 1), wide),
    one(a => a.gather(indices([1, 1, 0])), wide, 'rows'),
    one(a => a.gather(indices([3], []), 2), wide, 'a scalar index'),
    one(a => a.flip(-1), wide, 'flipped'),
    one(a => roll(a, 1, 2), wide, 'a ring'),
    integers(a => a.gather(indices([1]))),
  ],
  scatterAdd: [
    one(a => scatterAdd(a, indices([2, 0, 2, 0, 1, 2], [2, 3]), 4), wide),
    one(a => scatterAdd(a, indices([1, 1]), 3), wide, 'all to one row'),
  ],
  takeRows: [
    one(a => takeRows(a, indices([2, 0, 2, 2, 1, 1, 0, 1], [2, 4])), wide, 'some twice'),
    one(a => takeRows(a, indices([1, 2], [2, 1])), x, 'of single numbers'),
    integers(a => takeRows(a, indices([2, 0], [2, 1]))),
  ],
  addRows: [
    one(a => addRows(a, indices([2, 0, 2, 0, 1, 2], [2, 3]), 4), wide),
    one(a => addRows(a, indices([1, 1, 1, 0, 0, 0], [2, 3]), 2), wide, 'all to one row'),
    one(a => addRows(a, indices([1, 0, 1, 0, 2, 2], [2, 3]), 3), x, 'of single numbers'),
  ],
  takeAlong: [
    one(a => a.takeAlong(indices([0, 2, 2, 1], [2, 2]), 1)),
    one(a => a.takeAlong(indices([1, 0, 1], [1, 3]), 0), x, 'first axis'),
    integers(a => a.takeAlong(indices([2, 0], [2, 1]))),
  ],
  putAlong: [
    one(a => putAlong(a, indices([0, 4, 1, 1, 1, 2], [2, 3]), 1, 5)),
    one(a => putAlong(a, indices([3, 1, 0, 3, 1, 0], [2, 3]), 0, 4), x, 'first axis'),
  ],
  gru: [5, 1].map(length => ({
    what: `${length} frames`,
    of: (x: Tensor, ...weights: Tensor[]) => gru(x, weights as never),
    at: [[2, length, 3], [6, 3], [6, 2], [6], [6]].map((shape, i) => randomArray(shape, { seed: 10 + i })),
  })),
  matmul: [
    two((a, b) => matmul(a, b), [x, randomArray([3, 4])]),
    two((a, b) => matmul(a, b), [wide, randomArray([4, 5])], 'rows of a batch'),
    two((a, b) => matmul(a, b, false, true), [wide, randomArray([5, 4])], 'rows of a batch, right turned'),
    two((a, b) => matmul(a, b, true), [wide, randomArray([3, 5])], 'left turned'),
    two((a, b) => matmul(a, b, true, true), [wide, randomArray([5, 3])], 'both turned'),
    two((a, b) => matmul(a, b, false, true), [wide, randomArray([2, 5, 4])], 'batch by batch, right turned'),
    two((a, b) => matmul(a, b, true, true), [wide, randomArray([2, 5, 3])], 'batch by batch, both turned'),
    two((a, b) => matmul(a, b), [randomArray([2, 1, 3, 4]), randomArray([5, 4, 2])], 'batches repeated'),
    two((a, b) => matmul(a, b), [randomArray([2, 3]), randomArray([2, 3, 2])], 'a matrix by a batch'),
  ],
  conv: convolutions.map(c => two((a, w) => a.conv(w, c.options), [c.x, c.weight], c.what)),
  convInput: [
    ...convolutions.map(c => {
      const { shape, attributes } = traced(c)
      const g = randomArray(shape, { seed: 6 })
      return two((g, w) => convInput(g, w, c.x.shape, attributes), [g, c.weight], c.what)
    }),
    two(
      (a, w) => a.convTranspose(w, { stride: 2, padding: 1, outputPadding: 1 }),
      [randomArray([2, 3, 3, 3]), randomArray([3, 2, 4, 4])],
      'transposed convolution',
    ),
    two(
      (a, w) => a.convTranspose(w, { stride: 3, groups: 2 }),
      [randomArray([2, 4, 3]), randomArray([4, 3, 2])],
      '1-d transposed convolution with groups',
    ),
  ],
  convWeight: convolutions.map(c => {
    const { shape, attributes } = traced(c)
    const g = randomArray(shape, { seed: 6 })
    return two((a, g) => convWeight(a, g, c.weight.shape, attributes), [c.x, g], c.what)
  }),
}

/** Every case with its name. */
export const namedCases = Object.entries(cases).flatMap(([name, list]) =>
  list.map(c => ({ ...c, name: c.what === undefined ? name : `${name}: ${c.what}` })),
)
