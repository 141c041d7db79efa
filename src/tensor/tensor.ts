import * as contraction from './contraction.js'
import * as elementwise from './elementwise.js'
import * as indexing from './indexing.js'
import * as movement from './movement.js'
import type { AttributesOf, DType, InputsOf, Primitive } from './primitives.js'
import * as reduction from './reduction.js'
import { type Shape, showShape } from './shape.js'

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

  /**
   * Along an axis.
   * @throws Error where there is no such axis
   */
  size(axis: number): number {
    const size = this.shape.at(axis)
    if (size === undefined) throw new Error(`a tensor ${showShape(this.shape)} has no axis ${axis}`)
    return size
  }

  // element by element
  neg(): Tensor {
    return elementwise.unary('neg', this)
  }

  exp(): Tensor {
    return elementwise.unary('exp', this)
  }

  log(): Tensor {
    return elementwise.unary('log', this)
  }

  sqrt(): Tensor {
    return elementwise.unary('sqrt', this)
  }

  sin(): Tensor {
    return elementwise.unary('sin', this)
  }

  cos(): Tensor {
    return elementwise.unary('cos', this)
  }

  tanh(): Tensor {
    return elementwise.unary('tanh', this)
  }

  sigmoid(): Tensor {
    return elementwise.unary('sigmoid', this)
  }

  erf(): Tensor {
    return elementwise.unary('erf', this)
  }

  /** ln(1 + eˣ) */
  softplus(): Tensor {
    return elementwise.unary('softplus', this)
  }

  /** 1 where positive, else 0; nothing flows back through it */
  step(): Tensor {
    return elementwise.unary('step', this)
  }

  relu(): Tensor {
    return elementwise.unary('relu', this)
  }

  /** x·Φ(x), exact */
  gelu(): Tensor {
    return elementwise.unary('gelu', this)
  }

  abs(): Tensor {
    return elementwise.unary('abs', this)
  }

  sign(): Tensor {
    return elementwise.unary('sign', this)
  }

  floor(): Tensor {
    return elementwise.unary('floor', this)
  }

  not(): Tensor {
    return elementwise.not(this)
  }

  square(): Tensor {
    return this.mul(this)
  }

  add(b: Operand): Tensor {
    return elementwise.binary('add', this, b)
  }

  sub(b: Operand): Tensor {
    return elementwise.binary('sub', this, b)
  }

  mul(b: Operand): Tensor {
    return elementwise.binary('mul', this, b)
  }

  div(b: Operand): Tensor {
    return elementwise.binary('div', this, b)
  }

  pow(b: Operand): Tensor {
    return elementwise.binary('pow', this, b)
  }

  maximum(b: Operand): Tensor {
    return elementwise.binary('maximum', this, b)
  }

  minimum(b: Operand): Tensor {
    return elementwise.binary('minimum', this, b)
  }

  clip(low: number, high: number): Tensor {
    return this.maximum(low).minimum(high)
  }

  less(b: Operand): Tensor {
    return elementwise.compare('less', this, b)
  }

  greater(b: Operand): Tensor {
    return elementwise.compare('less', b, this)
  }

  equal(b: Operand): Tensor {
    return elementwise.compare('equal', this, b)
  }

  and(b: Tensor): Tensor {
    return elementwise.logical('and', this, b)
  }

  or(b: Tensor): Tensor {
    return elementwise.logical('or', this, b)
  }

  cast(to: DType): Tensor {
    return elementwise.cast(this, to)
  }

  /** The same values; nothing flows back through them. */
  stopGradient(): Tensor {
    return elementwise.stopGradient(this)
  }

  // over axes; without axes over all of them
  sum(axes?: number | Shape, keep = false): Tensor {
    return reduction.reduce('sum', this, axes, keep)
  }

  max(axes?: number | Shape, keep = false): Tensor {
    return reduction.reduce('max', this, axes, keep)
  }

  min(axes?: number | Shape, keep = false): Tensor {
    return this.neg().max(axes, keep).neg()
  }

  logSumExp(axes?: number | Shape, keep = false): Tensor {
    return reduction.reduce('logSumExp', this, axes, keep)
  }

  mean(axes?: number | Shape, keep = false): Tensor {
    return reduction.reduce('mean', this, axes, keep)
  }

  /** @param correction 0 divides by n (normalisation), 1 by n − 1 (torch.var) */
  variance(axes?: number | Shape, keep = false, correction = 0): Tensor {
    return reduction.variance(this, axes, keep, correction)
  }

  softmax(axis = -1): Tensor {
    return reduction.softmax('softmax', this, axis)
  }

  logSoftmax(axis = -1): Tensor {
    return reduction.softmax('logSoftmax', this, axis)
  }

  /** (x − mean) / √(variance + ε) over the axes, biased variance */
  normalize(axes: number | Shape, epsilon: number): Tensor {
    return reduction.normalize('normalize', this, axes, epsilon)
  }

  /** a·x + b with one a and one b for each index of axis 1: a [C], b [C] */
  scaleShift(scale: Tensor, shift: Tensor): Tensor {
    return reduction.scaleShift(this, scale, shift)
  }

  cumsum(axis = -1, reverse = false): Tensor {
    return reduction.cumsum(this, axis, reverse)
  }

  argmax(axis = -1): Tensor {
    return reduction.argmax(this, axis)
  }

  /** Indices of the k largest along the last axis, largest first: int [..., k] */
  topK(k: number): Tensor {
    return reduction.topK(this, k)
  }

  // the same values in another place
  reshape(...shape: number[]): Tensor {
    return movement.reshape(this, shape)
  }

  transpose(...permutation: number[]): Tensor {
    return movement.transpose(this, permutation)
  }

  expand(...shape: number[]): Tensor {
    return movement.expand(this, shape)
  }

  /** From start up to, not including, end; negative positions count from the end. */
  slice(axis: number, start: number, end?: number, step = 1): Tensor {
    return movement.slice(this, axis, start, end, step)
  }

  flip(axis: number): Tensor {
    return movement.flip(this, axis)
  }

  pad(axis: number, before: number, after: number, value = 0): Tensor {
    return movement.pad(this, axis, before, after, value)
  }

  /** The last two axes exchanged */
  get T(): Tensor {
    return movement.swapLast(this)
  }

  // by index
  gather(indices: Tensor, axis = 0): Tensor {
    return indexing.gather(this, indices, axis)
  }

  takeAlong(indices: Tensor, axis = -1): Tensor {
    return indexing.takeAlong(this, indices, axis)
  }

  // products
  matmul(b: Tensor): Tensor {
    return contraction.matmul(this, b)
  }

  conv(weight: Tensor, options?: contraction.ConvolutionOptions): Tensor {
    return contraction.conv(this, weight, options)
  }

  convTranspose(weight: Tensor, options?: contraction.TransposedConvolutionOptions): Tensor {
    return contraction.convTranspose(this, weight, options)
  }
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
