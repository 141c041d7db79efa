/**
 * Symbolic tensors: what a program will compute, with known shapes. Whatever is put together of them has a gradient.
 *
 * @module lacuna/tensor
 */

export {
  type ConvolutionOptions,
  conv,
  convTranspose,
  matmul,
  type TransposedConvolutionOptions,
} from './contraction.js'
export { binary, cast, compare, logical, not, stopGradient, straightThrough, unary, where } from './elementwise.js'
export { addRows, gather, oneHot, putAlong, scatterAdd, takeAlong, takeRows } from './indexing.js'
export { concat, expand, flip, pad, reshape, roll, slice, spread, stack, swapLast, transpose } from './movement.js'
export { averagePool, maxPool, type PoolOptions, upsampleBilinear, upsampleNearest } from './pooling.js'
export type * from './primitives.js'
export { type GruWeights, gru } from './recurrent.js'
export { argmax, cumsum, normalize, reduce, scaleShift, softmax, topK, variance } from './reduction.js'
export { ShapeError } from './scope.js'
export { type Numbers, range, type Shape, showShape, sizeAt, sizeOf, sizes } from './shape.js'
export { constant, input, type Operand, Tensor } from './tensor.js'
