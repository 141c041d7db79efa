import type { Binary, TensorOf } from '../../tensor/primitives.js'
import { sizeOf } from '../../tensor/shape.js'
import { Float } from '../onnx/model.js'
import { scalarOf } from '../simplify.js'
import { blockedAdd, blockedRelu, blockedScale, blockedScaleShift, blockedUpsample, stayingBlocked } from './blocked.js'
import { blockedInverseDeviation, blockedTotal, blockedWindowSum } from './blocked-sums.js'
import type { Emitter } from './emitter.js'
import { lowerCheapest } from './forms.js'
import { int8Bias, int8Product } from './int8.js'
import { portable } from './portable.js'
import { productInParts } from './product-in-parts.js'
import type { Lowering, LoweringTable } from './types.js'

const elementwise = ['neg', 'exp', 'sqrt', 'tanh', 'sigmoid', 'abs'] as const
const ofTwo = <P extends Binary>(op: P) => stayingBlocked(besideScalars(portable[op] as Lowering<P>))
const binary = {
  add: ofTwo('add'),
  sub: ofTwo('sub'),
  mul: ofTwo('mul'),
  div: ofTwo('div'),
  maximum: ofTwo('maximum'),
  minimum: ofTwo('minimum'),
}

/** Faster forms of ONNX Runtime's CPU provider. */
export const cpu: Partial<LoweringTable> = {
  ...Object.fromEntries(elementwise.map(op => [op, stayingBlocked(portable[op] as Lowering<'neg'>)])),
  ...binary,
  matmul: (e, names, t) =>
    int8Product(e, names, t) ?? productInParts(e, names, t) ?? narrowProduct(e, names, t) ?? fusedProduct(e, names, t),
  relu: (e, names, t) => blockedRelu(e, names, t) ?? stayingBlocked(portable.relu)(e, names, t),
  mul: (e, names, t) => blockedScale(e, names, t) ?? binary.mul(e, names, t),
  add: (e, names, t) =>
    blockedAdd(e, names, t) ?? int8Bias(e, names, t) ?? cumulativeNormal(e, names[0], t) ?? binary.add(e, names, t),
  minimum: (e, names, t) => clip(e, names[0], t) ?? binary.minimum(e, names, t),
  sum: (e, names, t) =>
    blockedTotal(e, names[0], t, 'sum') ??
    sumOfSquares(e, names[0], t) ??
    sumOfRows(e, names[0], t) ??
    portable.sum(e, names, t),
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
    const [zeros, ones] = [0, 1].map(value => e.one('Expand', [e.float(value), e.ints([t.size(1)])]))
    return e.one('BatchNormalization', [...names, zeros ?? '', ones ?? ''], { epsilon: new Float(0) })
  },
  upsample: (e, names, t) => blockedUpsample(e, names[0], t) ?? resize(e, names, t),
  windowSum: (e, names, t) => blockedWindowSum(e, names[0], t) ?? portable.windowSum(e, names, t),
  slice: (e, names, t) => gathered(e, names[0], t) ?? portable.slice(e, names, t),
  gather: (e, names, t) => mirrored(e, names[0], t) ?? portable.gather(e, names, t),
  conv: lowerCheapest,
  convInput: lowerCheapest,
  convWeight: lowerCheapest,
}

/**
 * Shapes that end in ones, such as those of weights of 1×1 kernels: ONNX Runtime takes number by number beside a scalar, and all
 * at once beside one that has as many axes.
 */
function besideScalars<P extends Binary>(plain: Lowering<P>): Lowering<P> {
  return (e, names, t) => {
    if (t.shape.at(-1) !== 1) return plain(e, names, t)
    const ones = e.ints(t.shape.map(() => 1))
    const alike = (names as readonly string[]).map((name, i) =>
      t.inputs[i]?.rank === 0 ? e.one('Reshape', [name, ones]) : name,
    )
    return plain(e, alike as never, t)
  }
}

/**
 * A product with a transposed operand and one of a few columns, whichever way round is faster: with those columns as its rows.
 * Undefined where it is none.
 */
function narrowProduct(e: Emitter, [a, b]: readonly [string, string], t: TensorOf<'matmul'>): string | undefined {
  const { transposeA, transposeB } = t.attributes
  const [rows = 1, columns = 1] = t.shape.slice(-2)
  if (e.precision !== 'float32' || !transposeA || transposeB || columns >= 16 || rows < 4 * columns) return undefined
  const turned = e.one('FusedMatMul', [b, a], { transA: 1, transB: 0 }, 'com.microsoft')
  const last = [t.rank - 1, t.rank - 2]
  return e.one('Transpose', [turned], { perm: [...t.shape.keys()].slice(0, -2).concat(last) })
}

/** A product of operands that lie as they are, or transposed. */
export const fusedProduct: Lowering<'matmul'> = (e, names, { attributes: { transposeA, transposeB } }) =>
  e.one('FusedMatMul', names, { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }, 'com.microsoft')

/** Σ x² without writing x² down; undefined where it is no such sum. */
function sumOfSquares(e: Emitter, square: string, t: TensorOf<'sum'>): string | undefined {
  const node = e.madeBy(square)
  const [x, same] = node?.inputs ?? []
  if (node?.operator !== 'Mul' || x === undefined || x !== same || isBetween(t)) return undefined
  return e.one('ReduceSumSquare', [x, e.ints(t.attributes.axes)], { keepdims: 1 })
}

/** The larger of x and a number, but at most another, in one pass over memory; undefined where it is no such thing. */
function clip(e: Emitter, larger: string, t: TensorOf<'minimum'>): string | undefined {
  const [inner, high] = t.inputs
  const node = e.madeBy(larger)
  const [x] = node?.inputs ?? []
  if (e.precision !== 'float32' || inner.op !== 'maximum' || node?.operator !== 'Max' || x === undefined)
    return undefined
  const low = inner.inputs[1] && scalarOf(inner.inputs[1])
  const most = scalarOf(high)
  return low === undefined || most === undefined ? undefined : e.one('Clip', [x, e.float(low), e.float(most)])
}

/** Over the middle of three axes: it takes ten times as long there as a product and a sum. */
const isBetween = ({ inputs: [x], attributes: { axes } }: TensorOf<'sum'>): boolean =>
  x.rank === 3 && axes.length === 1 && axes[0] === 1

/** It repeats pixels a hundred times as fast as `Expand` does. */
const resize: Lowering<'upsample'> = (e, [x], t) => {
  if (e.precision !== 'float32' || t.dtype !== 'float') return portable.upsample(e, [x], t)
  const { factor } = t.attributes
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  return e.one('Resize', [x, '', e.values(Float64Array.of(1, 1, factor, factor), [4], 'float32')], attributes)
}

/** All along an axis the other way round: a slice takes a third of the time that a gather does. */
function mirrored(e: Emitter, x: string, t: TensorOf<'gather'>): string | undefined {
  const [source, indices] = t.inputs
  const { axis } = t.attributes
  if (indices.op !== 'constant' || indices.rank !== 1 || indices.size(0) !== source.size(axis)) return undefined
  const { values } = (indices as TensorOf<'constant'>).attributes
  if (values.some((value, i) => value !== values.length - 1 - i)) return undefined
  return e.one('Slice', [x, e.ints([-1]), e.ints([Number.MIN_SAFE_INTEGER]), e.ints([axis]), e.ints([-1])])
}

/** Many whole rows of a large tensor: `Slice` copies them on one thread, `Gather` on all. Undefined for other slices. */
function gathered(e: Emitter, x: string, t: TensorOf<'slice'>): string | undefined {
  const { axis, start, step } = t.attributes
  const [rows, width] = [t.size(axis), sizeOf(t.shape.slice(axis + 1))]
  if (e.precision !== 'float32' || t.dtype !== 'float' || sizeOf(t.shape) < LARGE) return undefined
  if (Math.min(rows, width) < MANY) return undefined
  const places = Float64Array.from({ length: rows }, (_, i) => start + i * step)
  return e.one('Gather', [x, e.values(places, [rows], 'int64')], { axis })
}
/** Numbers from which on sharing pays */
const LARGE = 2 ** 17

/** The sum of many rows as a product with ones: ONNX Runtime's own takes longer the more threads share it. */
function sumOfRows(e: Emitter, x: string, t: TensorOf<'sum'>): string | undefined {
  const { shape } = t.inputs[0]
  const { axes } = t.attributes
  const [rows, width = 1] = [sizeOf(shape.slice(0, -1)), shape.at(-1)]
  const overRows = axes.length === shape.length - 1 && axes.every((axis, i) => axis === i)
  if (e.precision !== 'float32' || !overRows || Math.min(rows, width) < MANY) return undefined
  const ones = e.one('Expand', [e.float(1), e.ints([1, rows])])
  return e.one('Reshape', [e.one('MatMul', [ones, e.one('Reshape', [x, e.ints([rows, width])])]), e.shape(t.shape)])
}
/** Rows, and numbers in a row, from which on that pays */
const MANY = 64

/** ½·erf + ½ in one pass: a result between 0 and 1 may as well go through an operator that clips there. */
function cumulativeNormal(e: Emitter, half: string, t: TensorOf<'add'>): string | undefined {
  const [scaled, other] = t.inputs
  const [inner, factor] = scaled.inputs
  if (e.precision !== 'float32' || scaled.op !== 'mul' || inner?.op !== 'erf') return undefined
  if (![factor, other].every(each => each !== undefined && scalarOf(each) === 0.5)) return undefined
  const [erf] = e.madeBy(half)?.inputs ?? []
  return erf && e.one('HardSigmoid', [erf], { alpha: new Float(0.5), beta: new Float(0.5) })
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
  const width = source.size(-1)
  const ones = e.one('Expand', [e.float(1), e.ints([width])])
  return e.node('LayerNormalization', [x, ones], { axis: -1, epsilon: new Float(epsilon) }, { outputs: 3 })
}
