import type { Variable } from '../tensor/primitives.js'
import { type Shape, sizeOf } from '../tensor/shape.js'

/** How a variable of a shape is filled before the first step. */
export type Initial = (shape: Shape) => Variable['initial']

/** @param source of numbers, made from uniform ones */
const filledBy =
  (shape: Shape, source: (uniform: () => number) => () => number): Variable['initial'] =>
  uniform => {
    const values = new Float64Array(sizeOf(shape))
    const next = source(uniform)
    for (let i = 0; i < values.length; i++) values[i] = next()
    return values
  }

export const constantly =
  (value: number): Initial =>
  shape =>
  () =>
    new Float64Array(sizeOf(shape)).fill(value)

export const uniformWithin =
  (bound: number): Initial =>
  shape =>
    filledBy(shape, uniform => () => (2 * uniform() - 1) * bound)

export const normal =
  (deviation: number): Initial =>
  shape =>
    filledBy(shape, uniform => {
      const next = gaussian(uniform)
      return () => deviation * next()
    })

/** Normal, drawn again beyond ±2: timm's trunc_normal_, whose bounds do not scale and are hardly ever reached. */
export const truncatedNormal =
  (deviation: number): Initial =>
  shape =>
    filledBy(shape, uniform => {
      const next = gaussian(uniform)
      return () => {
        let value = deviation * next()
        while (Math.abs(value) > 2) value = deviation * next()
        return value
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

/** Box & Muller 1958: two normal numbers from two uniform ones. */
function gaussian(uniform: () => number): () => number {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const kept = spare
      spare = undefined
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
