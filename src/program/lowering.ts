import type { InputsOf, Primitive, TensorOf } from '../tensor/primitives.js'
import { range } from '../tensor/shape.js'
import {
  blockedAdd,
  blockedInverseDeviation,
  blockedRelu,
  blockedScale,
  blockedScaleShift,
  blockedTotal,
  stayingBlocked,
} from './blocked.js'
import type { Emitter } from './emitter.js'
import { blockedConv, blockedInput, blockedPhases } from './lowering-blocked.js'
import {
  lowerConv,
  lowerConvInput,
  lowerConvWeight,
  lowerInputByGroup,
  lowerStrideOneInput,
  lowerWeightProducts,
} from './lowering-conv.js'
import { elementType, Float } from './onnx/model.js'
import { tiledConv, tiledInput, tiledWeight } from './winograd.js'

type Names<Operands extends readonly unknown[]> = { readonly [I in keyof Operands]: string }

/** Writes one primitive as ONNX nodes; gets the names of its operands, gives the name of its result. */
export type Lowering<P extends Primitive> = (e: Emitter, names: Names<InputsOf<P>>, t: TensorOf<P>) => string
export type LoweringTable = { readonly [P in Primitive]: Lowering<P> }

export type Device = 'cpu' | 'webgpu' | 'cuda'

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

/** ONNX operators that every device has. */
const portable: LoweringTable = {
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
  pad: (e, [x], { attributes: { axis, before, after, value }, dtype }) =>
    e.one('Pad', [x, e.ints([before, after]), e.values(Float64Array.of(value), [], e.typeOf(dtype)), e.ints([axis])]),
  concat: (e, names, t) => e.one('Concat', [...names], { axis: t.attributes.axis }),
  gather: (e, names, t) => e.one('Gather', names, { axis: t.attributes.axis }),
  scatterAdd: (e, [x, indices], t) => {
    const rows = e.one('Reshape', [indices, e.ints([...t.inputs[1].shape, 1])])
    return e.one('ScatterND', [zeros(e, t), rows, x], { reduction: 'add' })
  },
  takeAlong: (e, names, t) => e.one('GatherElements', names, { axis: t.attributes.axis }),
  putAlong: (e, [x, indices], t) =>
    e.one('ScatterElements', [zeros(e, t), indices, x], { axis: t.attributes.axis, reduction: 'add' }),

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

const elementwise = [
  'neg',
  'exp',
  'sqrt',
  'tanh',
  'sigmoid',
  'relu',
  'abs',
  'sub',
  'div',
  'maximum',
  'minimum',
] as const

/** Faster forms of ONNX Runtime's CPU provider. */
const cpu: Partial<LoweringTable> = {
  ...Object.fromEntries(elementwise.map(op => [op, stayingBlocked(portable[op] as Lowering<'neg'>)])),
  matmul: (e, names, { attributes: { transposeA, transposeB } }) =>
    e.one('FusedMatMul', names, { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }, 'com.microsoft'),
  relu: (e, names, t) => blockedRelu(e, names, t) ?? stayingBlocked(portable.relu)(e, names, t),
  mul: (e, names, t) => blockedScale(e, names, t) ?? stayingBlocked(portable.mul)(e, names, t),
  add: (e, names, t) => blockedAdd(e, names, t) ?? stayingBlocked(portable.add)(e, names, t),
  sum: (e, names, t) =>
    blockedTotal(e, names[0], t, 'sum') ?? sumOfSquares(e, names[0], t) ?? portable.sum(e, names, t),
  mean: (e, names, t) => blockedTotal(e, names[0], t, 'mean') ?? portable.mean(e, names, t),
  normalize: (e, names, t) => layerNormalization(e, names[0], t)?.[0] ?? portable.normalize(e, names, t),
  inverseDeviation: (e, names, t) =>
    blockedInverseDeviation(e, names[0], t) ??
    layerNormalization(e, names[0], t)?.[2] ??
    portable.inverseDeviation(e, names, t),
  // one pass over memory instead of two
  step: stayingBlocked((e, [x], t) =>
    e.precision === 'float32'
      ? e.one('HardSigmoid', [x], { alpha: new Float(3e38), beta: new Float(0) })
      : portable.step(e, [x], t),
  ),
  scaleShift: (e, names, t) => {
    const blocked = blockedScaleShift(e, names, t)
    if (blocked !== undefined) return blocked
    const [zeros, ones] = [0, 1].map(value => e.one('Expand', [e.float(value), e.ints([t.shape[1] ?? 1])]))
    return e.one('BatchNormalization', [...names, zeros ?? '', ones ?? ''], { epsilon: new Float(0) })
  },
  conv: (e, names, t) => tiledConv(e, names, t) ?? blockedConv(e, names, t) ?? lowerConv(e, names, t),
  convInput: (e, names, t) =>
    tiledInput(e, names, t) ??
    blockedInput(e, names, t) ??
    blockedPhases(e, names, t) ??
    lowerStrideOneInput(e, names, t) ??
    lowerConvInput(e, names, t),
  convWeight: (e, names, t) => tiledWeight(e, names, t) ?? lowerWeightProducts(e, names, t),
}

/** Where ONNX Runtime's WebGPU provider gives wrong numbers. */
const webgpu: Partial<LoweringTable> = {
  logSumExp: stableLogSumExp,
  convInput: (e, names, t) => lowerInputByGroup(e, names, t) ?? lowerConvInput(e, names, t),
}

/** Which nodes each primitive becomes on each device. */
export const lowerings: { readonly [D in Device]: LoweringTable } = {
  cpu: { ...portable, ...cpu },
  webgpu: { ...portable, ...webgpu },
  cuda: { ...portable, matmul: cpu.matmul ?? portable.matmul },
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

/** max + ln Σ e^(x − max); its ReduceLogSumExp takes the exponential of x itself and overflows. */
function stableLogSumExp(e: Emitter, [x]: readonly [string], t: TensorOf<'logSumExp'>): string {
  const axes = e.ints(t.attributes.axes)
  const finite = e.float(-3e38) // where all are −∞, the difference shall be no NaN
  const most = e.one('Max', [e.one('ReduceMax', [x, axes], { keepdims: 1 }), finite])
  const total = e.one('ReduceSum', [e.one('Exp', [e.one('Sub', [x, most])]), axes], { keepdims: 1 })
  return e.one('Add', [most, e.one('Log', [total])])
}

/** Σ x² without writing x² down; undefined where it is no such sum. */
function sumOfSquares(e: Emitter, square: string, t: TensorOf<'sum'>): string | undefined {
  const node = e.madeBy(square)
  const [x, same] = node?.inputs ?? []
  if (node?.operator !== 'Mul' || x === undefined || x !== same) return undefined
  return e.one('ReduceSumSquare', [x, e.ints(t.attributes.axes)], { keepdims: 1 })
}

function moments(e: Emitter, x: string, axes: readonly number[], epsilon: number) {
  const mean = e.one('ReduceMean', [x, e.ints(axes)], { keepdims: 1 })
  const centred = e.one('Sub', [x, mean])
  const variance = e.one('ReduceMean', [e.one('Mul', [centred, centred]), e.ints(axes)], { keepdims: 1 })
  return { centred, deviation: e.one('Sqrt', [e.one('Add', [variance, e.float(epsilon)])]) }
}

/** One operator that gives the normalised values, the mean and the inverse deviation, when the axes are the last one. */
function layerNormalization(
  e: Emitter,
  x: string,
  t: TensorOf<'normalize' | 'inverseDeviation'>,
): string[] | undefined {
  const { axes, epsilon } = t.attributes
  const [source] = t.inputs
  if (e.precision !== 'float32' || axes.length !== 1 || axes[0] !== source.rank - 1) return undefined
  const width = source.shape.at(-1) ?? 1
  const ones = e.one('Expand', [e.float(1), e.ints([width])])
  return e.node('LayerNormalization', [x, ones], { axis: -1, epsilon: new Float(epsilon) }, { outputs: 3 })
}

function zeros(e: Emitter, t: TensorOf<Primitive>): string {
  return e.one('Expand', [e.values(Float64Array.of(0), [], e.typeOf(t.dtype)), e.shape(t.shape)])
}
