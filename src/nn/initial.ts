import type { Variable } from '../tensor/primitives.js'
import { type Shape, sizeOf } from '../tensor/shape.js'

/** How a variable of a shape is filled before the first step. */
export type Initial = (shape: Shape) => Variable['initial']

const each =
  (shape: Shape, value: (uniform: () => number) => number): Variable['initial'] =>
  uniform =>
    Float64Array.from({ length: sizeOf(shape) }, () => value(uniform))

export const constantly =
  (value: number): Initial =>
  shape =>
    each(shape, () => value)

export const uniformWithin =
  (bound: number): Initial =>
  shape =>
    each(shape, uniform => (2 * uniform() - 1) * bound)

export const normal =
  (deviation: number): Initial =>
  shape =>
    each(shape, uniform => deviation * gaussian(uniform))

/** Normal, drawn again beyond two deviations, as timm's trunc_normal_ (whose bounds ±2 are absolute and never reached). */
export const truncatedNormal =
  (deviation: number): Initial =>
  shape =>
    each(shape, uniform => {
      for (;;) {
        const z = gaussian(uniform)
        if (Math.abs(z * deviation) <= 2) return z * deviation
      }
    })

/** He et al. 2015 for ReLU: variance 2 / fan-out, as torchvision's ResNet. */
export const heFanOut: Initial = shape => normal(Math.sqrt(2 / fanOut(shape)))(shape)

/** torch's default for linear and convolution weights: U(±1/√fan-in). */
export const torchDefault: Initial = shape => uniformWithin(1 / Math.sqrt(fanIn(shape)))(shape)

/** Glorot & Bengio 2010: U(±√(6 / (fan-in + fan-out))). */
export const xavierUniform: Initial = shape => uniformWithin(Math.sqrt(6 / (fanIn(shape) + fanOut(shape))))(shape)

/** @param shape [out, in, ...kernel] */
export const fanIn = (shape: Shape): number => sizeOf(shape.slice(1))
const fanOut = (shape: Shape): number => (shape[0] ?? 1) * sizeOf(shape.slice(2))

/** Box–Muller */
const gaussian = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
