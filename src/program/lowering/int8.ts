import type { TensorOf } from '../../tensor/primitives.js'
import { sameShape } from '../../tensor/shape.js'
import { elementType, Float } from '../onnx/model.js'
import type { Emitter } from './emitter.js'
import { type Int8Role, isFasterInInt8, LONGEST_SUM } from './int8-cost.js'

type Names = readonly [string, string]

/**
 * A product of a layer that may be computed in fewer bits, where that is asked for and faster: integers of 8 bits, whose products
 * are added up in 32 bits without rounding. The left operand goes from 0 to 255 and the right one from −128 to 127, for which
 * processors have an instruction. Undefined where it stays in float32.
 */
export function int8Product(e: Emitter, names: Names, t: TensorOf<'matmul'>): string | undefined {
  const { role } = t.attributes
  if (e.products !== 'int8' || e.precision !== 'float32' || role === undefined || role === 'gradients') return undefined
  return isFasterInInt8(role, t) ? products[role](e, names, t) : undefined
}

const products: { readonly [R in Int8Role]: (e: Emitter, names: Names, t: TensorOf<'matmul'>) => string } = {
  /** x [N, in] · Wᵀ; what several layers read is quantised once, as W is for all parts of a batch */
  forward: (e, [x, weight]) => product(e, unsigned(e, x), transposed(e, checked(e, weight))),

  /**
   * g [N, out] · W, row by row in units of the row's size: rows differ in size a thousandfold, and with one scale for all of them
   * training collapses.
   */
  input(e, [g, weight], t) {
    const { rows, inverse } = unitRows(e, g, t.inputs[0].size(1))
    return e.one('Div', [product(e, unsigned(e, rows), checked(e, weight)), inverse])
  },

  /** gᵀ · x with g in two terms, or training collapses: as (xᵀ · g)ᵀ, so that bytes are transposed and not floats */
  weight(e, [g, x], t) {
    const round = t.inputs[0].size(0) > LONGEST_SUM ? even : signed
    const [seen, first] = [transposed(e, unsigned(e, x)), round(e, g)]
    const left = e.one('Sub', [g, e.one('DequantizeLinear', [first.values, first.scale, first.zero])])
    const sums = [first, within(e, left, first.scale)].map(term => product(e, seen, term))
    return e.one('Transpose', [e.one('Add', sums)], { perm: [1, 0] })
  },
}

/** Added to the mean square of a row, so that one of zeros stays so: far below any square of a gradient */
const NO_ROW = 1e-36

/** Rows in units of their own size, the root of the mean of squares, and one over that for each. */
export function unitRows(e: Emitter, x: string, width: number): { readonly rows: string; readonly inverse: string } {
  const ones = e.one('Expand', [e.float(1), e.ints([width])])
  const attributes = { axis: -1, epsilon: new Float(NO_ROW) }
  const [rows = '', inverse = ''] = e.node('SimplifiedLayerNormalization', [x, ones], attributes, { outputs: 2 })
  return { rows, inverse }
}

/** Numbers as integers of 8 bits, number ≈ scale · (integer − zero), with one scale and one zero a tensor; 0 is exact. */
export interface Quantised {
  readonly values: string
  readonly scale: string
  readonly zero: string
}

export function unsigned(e: Emitter, x: string): Quantised {
  const [values = '', scale = '', zero = ''] = e.node('DynamicQuantizeLinear', [x], {}, { outputs: 3 })
  return { values, scale, zero }
}

/** By the same scale, with all integers 128 lower. */
function signed(e: Emitter, x: string): Quantised {
  const { scale, zero: above } = unsigned(e, x)
  const lower = e.one('Sub', [e.one('Cast', [above], { to: elementType('float32') }), e.float(128)])
  const zero = e.one('Cast', [lower], { to: elementType('int8') })
  return { values: e.one('QuantizeLinear', [x, scale, zero]), scale, zero }
}

/** Signed, as far below 0 as above it: what is added up is half as large, so that twice as much may be. */
function even(e: Emitter, x: string): Quantised {
  const { scale: step, zero } = unsigned(e, x)
  const below = e.one('Cast', [zero], { to: elementType('float32') })
  const most = e.one('Max', [below, e.one('Sub', [e.float(255), below])]) // as many steps
  return around(e, x, e.one('Mul', [step, e.one('Mul', [most, e.float(1 / 127)])]))
}

/** A weight, signed; integers know no NaN, so that the scale becomes one where a number of the weight is none. */
export function checked(e: Emitter, weight: string): Quantised {
  const { scale, ...rest } = signed(e, weight)
  const nothing = e.one('Mul', [e.one('ReduceSum', [weight], { keepdims: 0 }), e.float(0)])
  return { scale: e.one('Add', [scale, nothing]), ...rest }
}

/** Signed, of numbers that are at most half a scale away from 0, as what a quantisation leaves is. */
function within(e: Emitter, x: string, of: string): Quantised {
  return around(e, x, e.one('Mul', [of, e.float(1 / 254)]))
}

function around(e: Emitter, x: string, scale: string): Quantised {
  const zero = e.one('Cast', [e.float(0)], { to: elementType('int8') })
  return { values: e.one('QuantizeLinear', [x, scale, zero]), scale, zero }
}

export const transposed = (e: Emitter, { values, ...rest }: Quantised): Quantised => ({
  values: e.one('Transpose', [values], { perm: [1, 0] }),
  ...rest,
})

export function product(e: Emitter, a: Quantised, b: Quantised): string {
  return e.one(OPERATOR, [a.values, b.values, a.scale, b.scale, a.zero, b.zero], {}, 'com.microsoft')
}
const OPERATOR = 'MatMulIntegerToFloat'

/** A bias added to such a product inside of it, instead of in a pass of its own; undefined where it is no such sum. */
export function int8Bias(e: Emitter, [sum, bias]: Names, t: TensorOf<'add'>): string | undefined {
  const [source, { shape: width }] = t.inputs
  const whole = source.op === 'reshape' ? source.inputs[0] : source
  if (whole === undefined || !sameShape(width, whole.shape.slice(-1))) return undefined
  const reshape = e.madeBy(sum)
  const [inner = sum, shape] = reshape?.operator === 'Reshape' ? reshape.inputs : []
  const made = e.madeBy(inner)
  if (made?.operator !== OPERATOR || made.inputs.length > 6) return undefined
  const biased = e.one(OPERATOR, [...made.inputs, bias], {}, made.domain)
  return shape === undefined ? biased : e.one('Reshape', [biased, shape])
}
