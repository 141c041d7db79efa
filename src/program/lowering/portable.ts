import type { Primitive, TensorOf } from '../../tensor/primitives.js'
import { range, sizeOf, sizes } from '../../tensor/shape.js'
import { elementType } from '../onnx/model.js'
import { lowerConv, lowerConvInput } from './conv.js'
import { lowerConvWeight } from './conv-weight.js'
import type { Emitter } from './emitter.js'
import type { Lowering, LoweringTable } from './types.js'

const operator =
  <P extends Primitive>(name: string): Lowering<P> =>
  (e, names) =>
    e.one(name, names as readonly string[])
const reduce =
  <P extends 'sum' | 'mean' | 'max' | 'logSumExp'>(name: string): Lowering<P> =>
  (e, names, t) =>
    e.one(name, [(names as readonly string[])[0] ?? '', e.ints(t.attributes.axes)], { keepdims: 1 })
const given = () => {
  throw new Error('inputs, variables and constants are named by the program')
}
const written = () => {
  throw new Error('it is written out before')
}

/** ONNX operators that every device has. */
export const portable: LoweringTable = {
  input: given,
  variable: given,
  constant: (e, _, t) => e.values(t.attributes.values, t.shape, e.typeOf(t.dtype)),

  neg: operator('Neg'),
  exp: operator('Exp'),
  log: operator('Log'),
  sqrt: operator('Sqrt'),
  sin: operator('Sin'),
  cos: operator('Cos'),
  tanh: operator('Tanh'),
  sigmoid: operator('Sigmoid'),
  erf: operator('Erf'),
  softplus: operator('Softplus'),
  relu: operator('Relu'),
  step: (e, [x]) => e.one('Cast', [e.one('Less', [e.float(0), x])], { to: elementType(e.precision) }),
  gelu: operator('Gelu'),
  abs: operator('Abs'),
  sign: operator('Sign'),
  floor: operator('Floor'),
  not: operator('Not'),
  cast: (e, [x], t) => e.one('Cast', [x], { to: elementType(e.typeOf(t.attributes.to)) }),
  stopGradient: (_, [x]) => x,
  segment: (_, [x]) => x,
  after: lowerAfter,

  add: operator('Add'),
  sub: operator('Sub'),
  mul: operator('Mul'),
  div: operator('Div'),
  pow: operator('Pow'),
  maximum: operator('Max'),
  minimum: operator('Min'),
  less: operator('Less'),
  equal: operator('Equal'),
  and: operator('And'),
  or: operator('Or'),
  where: operator('Where'),

  sum: (e, [x], t) => {
    const { axes } = t.attributes
    if (axes.length < 2 || axes.some((axis, i) => axis !== i)) return reduce<'sum'>('ReduceSum')(e, [x], t)
    // leading axes as one: ONNX Runtime sums rows much faster than it sums a block
    const rows = e.one('Reshape', [x, e.ints([-1, ...t.shape.slice(axes.length)])])
    return e.one('Reshape', [e.one('ReduceSum', [rows, e.ints([0])], { keepdims: 0 }), e.shape(t.shape)])
  },
  mean: reduce('ReduceMean'),
  max: reduce('ReduceMax'),
  logSumExp: reduce('ReduceLogSumExp'),
  softmax: (e, [x], t) => e.one('Softmax', [x], { axis: t.attributes.axis }),
  logSoftmax: (e, [x], t) => e.one('LogSoftmax', [x], { axis: t.attributes.axis }),
  normalize: (e, [x], { attributes: { axes, epsilon } }) => {
    const { centred, deviation } = moments(e, x, axes, epsilon)
    return e.one('Div', [centred, deviation])
  },
  inverseDeviation: (e, [x], { attributes: { axes, epsilon } }) =>
    e.one('Reciprocal', [moments(e, x, axes, epsilon).deviation]),
  scaleShift: (e, [x, scale, shift], t) => {
    const [a, b] = [scale, shift].map(name => e.one('Reshape', [name, e.ints([-1, ...t.shape.slice(2).map(() => 1)])]))
    return e.one('Add', [e.one('Mul', [x, a ?? '']), b ?? ''])
  },
  batchNormalize: written,
  cumsum: (e, [x], { attributes: { axis, reverse } }) =>
    e.one('CumSum', [x, e.values(Float64Array.of(axis), [], 'int64')], { reverse: reverse ? 1 : 0 }),
  argmax: (e, [x], t) => e.one('ArgMax', [x], { axis: t.attributes.axis, keepdims: 1 }),
  topK: (e, [x], t) => e.node('TopK', [x, e.ints([t.attributes.k])], { axis: -1 }, { outputs: 2 })[1] ?? '',

  reshape: (e, [x], t) => e.one('Reshape', [x, e.shape(t.shape)]),
  expand: (e, [x], t) => e.one('Expand', [x, e.shape(t.shape)]),
  transpose: (e, [x], t) => e.one('Transpose', [x], { perm: t.attributes.permutation }),
  slice: (e, [x], { attributes: { axis, start, step }, shape }) => {
    const end = start + ((shape[axis] ?? 1) - 1) * step + 1
    return e.one('Slice', [x, e.ints([start]), e.ints([end]), e.ints([axis]), e.ints([step])])
  },
  pad: (e, [x], { attributes: { axis, before, after, value }, dtype, shape }) => {
    // of all axes: where a transpose is moved over it, ONNX Runtime 1.30 takes those of some axes for all
    const along = (width: number) => shape.map((_, i) => (i === axis ? width : 0))
    const widths = e.ints([...along(before), ...along(after)])
    return e.one('Pad', [x, widths, e.values(Float64Array.of(value), [], e.typeOf(dtype))])
  },
  concat: (e, names, t) => e.one('Concat', [...names], { axis: t.attributes.axis }),
  upsample: (e, [x], { inputs: [{ shape }], attributes: { factor }, shape: to }) => {
    const [n, c, h, w] = sizes(shape, 4)
    const apart = e.one('Reshape', [x, e.shape([n, c, h, 1, w, 1])])
    return e.one('Reshape', [e.one('Expand', [apart, e.shape([n, c, h, factor, w, factor])]), e.shape(to)])
  },
  windowSum: (e, [x], { attributes: { factor }, shape }) => {
    const [n, c, h, w] = sizes(shape, 4)
    const apart = e.one('Reshape', [x, e.shape([n, c, h, factor, w, factor])])
    return e.one('ReduceSum', [apart, e.ints([3, 5])], { keepdims: 0 })
  },
  gather: (e, names, t) => e.one('Gather', names, { axis: t.attributes.axis }),
  scatterAdd: lowerScatterAdd,
  takeRows: (e, [x, rows], t) =>
    e.one('GatherND', [x, e.one('Reshape', [rows, e.shape([...t.inputs[1].shape, 1])])], { batch_dims: 1 }),
  addRows: (e, [x, rows], t) => {
    const [[n = 1, length = 1], [, count = 1]] = [t.shape, t.inputs[1].shape]
    const flat = e.one('Reshape', [x, e.ints([n, count, sizeOf(t.shape.slice(2))])])
    const hot = oneHot(e, rows, [n, 1, count], length)
    return e.one('Reshape', [e.one('MatMul', [hot, flat]), e.shape(t.shape)])
  },
  takeAlong: (e, names, t) => e.one('GatherElements', names, { axis: t.attributes.axis }),
  putAlong: (e, [x, indices], t) =>
    e.one('ScatterElements', [zeros(e, t), indices, x], { axis: t.attributes.axis, reduction: 'add' }),

  gru: lowerGru,

  matmul: (e, [a, b], { inputs, attributes }) => {
    const turned = (name: string, rank: number, turn: boolean) =>
      turn ? e.one('Transpose', [name], { perm: [...range(rank - 2), rank - 1, rank - 2] }) : name
    return e.one('MatMul', [
      turned(a, inputs[0].rank, attributes.transposeA),
      turned(b, inputs[1].rank, attributes.transposeB),
    ])
  },
  conv: lowerConv,
  convInput: lowerConvInput,
  convWeight: lowerConvWeight,
}

/** ONNX has the keep gate first, and frames before samples. */
function lowerGru(
  e: Emitter,
  [x, weight, recurrent, bias, recurrentBias]: readonly [string, string, string, string, string],
  t: TensorOf<'gru'>,
): string {
  const hidden = t.size(2)
  const keepFirst = (name: string, ...rest: number[]) => {
    const gates = e.one('Gather', [e.one('Reshape', [name, e.ints([3, hidden, ...rest])]), e.ints([1, 0, 2])], {
      axis: 0,
    })
    return e.one('Reshape', [gates, e.ints([1, 3 * hidden, ...rest])])
  }
  const [inputs = 1] = t.inputs[1].shape.slice(1)
  const biases = e.one('Concat', [keepFirst(bias), keepFirst(recurrentBias)], { axis: 1 })
  const [states = ''] = e.node(
    'GRU',
    [e.one('Transpose', [x], { perm: [1, 0, 2] }), keepFirst(weight, inputs), keepFirst(recurrent, hidden), biases],
    { hidden_size: hidden, linear_before_reset: 1 },
  )
  return e.one('Transpose', [e.one('Squeeze', [states, e.ints([1])])], { perm: [1, 0, 2] })
}

function moments(e: Emitter, x: string, axes: readonly number[], epsilon: number) {
  const mean = e.one('ReduceMean', [x, e.ints(axes)], { keepdims: 1 })
  const centred = e.one('Sub', [x, mean])
  const variance = e.one('ReduceMean', [e.one('Mul', [centred, centred]), e.ints(axes)], { keepdims: 1 })
  return { centred, deviation: e.one('Sqrt', [e.one('Add', [variance, e.float(epsilon)])]) }
}

function zeros(e: Emitter, t: TensorOf<Primitive>): string {
  return e.one('Expand', [e.values(Float64Array.of(0), [], e.typeOf(t.dtype)), e.shape(t.shape)])
}

/**
 * Never by `ScatterND`: ONNX Runtime's threads add to the same row at once there and lose additions
 * (microsoft/onnxruntime issue 18048). `ScatterElements` takes one element after the other, 12 to 45 ns each; the product with
 * ones where a row belongs, which also sums in a fixed order, takes 1.2 ns for each pair of rows and 0.02 ns for each number in
 * it (20,736 rows of 64 into 288: 59 ms and 12 ms; 1,536 rows of 192 into 4,096: 6 ms and 35 ms).
 */
function lowerScatterAdd(e: Emitter, [x, indices]: readonly [string, string], t: TensorOf<'scatterAdd'>): string {
  const [rows, ...row] = sizes(t.shape, 1)
  const [count, width] = [sizeOf(t.inputs[1].shape), sizeOf(row)]
  const flat = e.one('Reshape', [x, e.ints([count, width])])
  const sums = () => {
    const places = e.one('Expand', [e.one('Reshape', [indices, e.ints([count, 1])]), e.ints([count, width])])
    const none = e.one('Expand', [e.values(Float64Array.of(0), [], e.typeOf(t.dtype)), e.ints([rows, width])])
    return e.one('ScatterElements', [none, places, flat], { axis: 0, reduction: 'add' })
  }
  const product = () => e.one('MatMul', [oneHot(e, indices, [1, count], rows), flat])
  const byProduct = t.dtype === 'float' && rows * (1.2 + 0.02 * width) < 20 * width
  return e.one('Reshape', [byProduct ? product() : sums(), e.shape(t.shape)])
}

/** 1 where an index names the row, else 0: [..., rows, count] for indices that are reshaped to `shape` [..., 1, count] */
function oneHot(e: Emitter, indices: string, shape: readonly number[], rows: number): string {
  const to = elementType(e.precision) // rows are numbers that every float holds, and devices compare best
  const named = e.one('Cast', [e.one('Reshape', [indices, e.ints(shape)])], { to })
  const each = e.values(Float64Array.from(range(rows)), [rows, 1], e.precision)
  return e.one('Cast', [e.one('Equal', [each, named])], { to })
}

/**
 * x · 1, the 1 being made from a number of each of the others: one pass, exact for all numbers, and nothing that ONNX
 * Runtime could know beforehand.
 */
function lowerAfter(e: Emitter, [x, ...others]: readonly [string, ...string[]]): string {
  const first = others.map(g => e.one('Gather', [e.one('Reshape', [g, e.ints([-1])]), e.ints([0])]))
  const numbers = e.one('Concat', first, { axis: 0 })
  const always = e.one('Not', [e.one('Less', [numbers, numbers])])
  const ones = e.one('Cast', [always], { to: elementType(e.precision) })
  return e.one('Mul', [x, e.one('ReduceMax', [ones, e.ints([0])], { keepdims: 0 })])
}
