import * as contraction from './contraction.js'
import * as elementwise from './elementwise.js'
import * as indexing from './indexing.js'
import * as movement from './movement.js'
import type { AttributesOf, DType, InputsOf, Primitive } from './primitives.js'
import * as reduction from './reduction.js'
import type { Shape } from './shape.js'

/** A tensor, or a number standing for a scalar constant. */
export type Operand = Tensor | number

let created = 0

/**
 * A symbolic tensor: what a program will compute, with a known shape. Its methods record; nothing is calculated.
 * Element-wise methods broadcast as NumPy does. Axes may be negative.
 */
export class Tensor {
  /** Later tensors have larger ids, so ids are a topological order. */
  readonly id = created++

  constructor(
    readonly op: Primitive,
    readonly inputs: readonly Tensor[],
    readonly attributes: AttributesOf<Primitive>,
    readonly shape: Shape,
    readonly dtype: DType,
  ) {}

  get rank(): number {
    return this.shape.length
  }

  // element by element
  neg = () => elementwise.unary('neg', this)
  exp = () => elementwise.unary('exp', this)
  log = () => elementwise.unary('log', this)
  sqrt = () => elementwise.unary('sqrt', this)
  sin = () => elementwise.unary('sin', this)
  cos = () => elementwise.unary('cos', this)
  tanh = () => elementwise.unary('tanh', this)
  sigmoid = () => elementwise.unary('sigmoid', this)
  erf = () => elementwise.unary('erf', this)
  /** ln(1 + eˣ) */
  softplus = () => elementwise.unary('softplus', this)
  /** 1 where positive, else 0; nothing flows back through it */
  step = () => elementwise.unary('step', this)
  relu = () => elementwise.unary('relu', this)
  /** x·Φ(x), exact */
  gelu = () => elementwise.unary('gelu', this)
  abs = () => elementwise.unary('abs', this)
  sign = () => elementwise.unary('sign', this)
  floor = () => elementwise.unary('floor', this)
  not = () => elementwise.not(this)
  square = () => this.mul(this)
  add = (b: Operand) => elementwise.binary('add', this, b)
  sub = (b: Operand) => elementwise.binary('sub', this, b)
  mul = (b: Operand) => elementwise.binary('mul', this, b)
  div = (b: Operand) => elementwise.binary('div', this, b)
  pow = (b: Operand) => elementwise.binary('pow', this, b)
  maximum = (b: Operand) => elementwise.binary('maximum', this, b)
  minimum = (b: Operand) => elementwise.binary('minimum', this, b)
  clip = (low: number, high: number) => this.maximum(low).minimum(high)
  less = (b: Operand) => elementwise.compare('less', this, b)
  greater = (b: Operand) => elementwise.compare('less', b, this)
  equal = (b: Operand) => elementwise.compare('equal', this, b)
  and = (b: Tensor) => elementwise.logical('and', this, b)
  or = (b: Tensor) => elementwise.logical('or', this, b)
  cast = (to: DType) => elementwise.cast(this, to)
  /** The same values; nothing flows back through them. */
  stopGradient = () => elementwise.stopGradient(this)

  // over axes; without axes over all of them
  sum = (axes?: number | Shape, keep = false) => reduction.reduce('sum', this, axes, keep)
  max = (axes?: number | Shape, keep = false) => reduction.reduce('max', this, axes, keep)
  min = (axes?: number | Shape, keep = false) => this.neg().max(axes, keep).neg()
  logSumExp = (axes?: number | Shape, keep = false) => reduction.reduce('logSumExp', this, axes, keep)
  mean = (axes?: number | Shape, keep = false) => reduction.reduce('mean', this, axes, keep)
  /** @param correction 0 divides by n (normalisation), 1 by n − 1 (torch.var) */
  variance = (axes?: number | Shape, keep = false, correction = 0) => reduction.variance(this, axes, keep, correction)
  softmax = (axis = -1) => reduction.softmax('softmax', this, axis)
  logSoftmax = (axis = -1) => reduction.softmax('logSoftmax', this, axis)
  /** (x − mean) / √(variance + ε) over the axes, biased variance */
  normalize = (axes: number | Shape, epsilon: number) => reduction.normalize('normalize', this, axes, epsilon)
  /** a·x + b with one a and one b for each index of axis 1: a [C], b [C] */
  scaleShift = (scale: Tensor, shift: Tensor) => reduction.scaleShift(this, scale, shift)
  cumsum = (axis = -1, reverse = false) => reduction.cumsum(this, axis, reverse)
  argmax = (axis = -1) => reduction.argmax(this, axis)
  /** Indices of the k largest along the last axis, largest first: int [..., k] */
  topK = (k: number) => reduction.topK(this, k)

  // the same values in another place
  reshape = (...shape: number[]) => movement.reshape(this, shape)
  transpose = (...permutation: number[]) => movement.transpose(this, permutation)
  expand = (...shape: number[]) => movement.expand(this, shape)
  /** From start up to, not including, end; negative positions count from the end. */
  slice = (axis: number, start: number, end?: number, step = 1) => movement.slice(this, axis, start, end, step)
  flip = (axis: number) => movement.flip(this, axis)
  pad = (axis: number, before: number, after: number, value = 0) => movement.pad(this, axis, before, after, value)
  /** The last two axes exchanged */
  get T(): Tensor {
    return movement.swapLast(this)
  }

  // by index
  gather = (indices: Tensor, axis = 0) => indexing.gather(this, indices, axis)
  takeAlong = (indices: Tensor, axis = -1) => indexing.takeAlong(this, indices, axis)

  // products
  matmul = (b: Tensor) => contraction.matmul(this, b)
  conv = (weight: Tensor, options?: contraction.ConvolutionOptions) => contraction.conv(this, weight, options)
  convTranspose = (weight: Tensor, options?: contraction.TransposedConvolutionOptions) =>
    contraction.convTranspose(this, weight, options)
}

/** The one place where tensors are made: operands and attributes are checked by the compiler, shapes by the caller. */
export function make<P extends Primitive>(
  op: P,
  inputs: InputsOf<P>,
  attributes: AttributesOf<P>,
  shape: Shape,
  dtype: DType,
): Tensor {
  return new Tensor(op, inputs, attributes, shape, dtype)
}

/** What a program is given at each run. */
export function input(name: string, shape: Shape, dtype: DType = 'float'): Tensor {
  return make('input', [], { name }, shape, dtype)
}

/** Values known when the program is written, row-major. */
export function constant(values: ArrayLike<number> | number, shape?: Shape, dtype: DType = 'float'): Tensor {
  const data = typeof values === 'number' ? Float64Array.of(values) : Float64Array.from(values)
  return make('constant', [], { values: data }, shape ?? (typeof values === 'number' ? [] : [data.length]), dtype)
}
