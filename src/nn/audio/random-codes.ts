import { unit } from '../../losses/ntxent.js'
import { uniforms } from '../../program/draws.js'
import { variable } from '../../program/trace.js'
import { stack } from '../../tensor/movement.js'
import { range, type Shape } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { type Initial, normal, xavierUniform } from '../initial.js'
import { affine } from '../layers.js'
import { type Module, module } from '../module.js'

export interface RandomCodesOptions {
  /** Numbers in a frame */
  readonly inputs: number
  /** Numbers that it is projected to */
  readonly width: number
  /** V, codes in a book */
  readonly codes: number
  readonly books: number
  /** The projections and the books hang on it alone */
  readonly seed: number
}

/**
 * Codes of frames by random projections: y = Px, and the code nearest to it by direction. Projections and books are drawn once
 * and never trained; a checkpoint holds them. Frames should have mean 0 and variance 1 in each number: others lie on one side,
 * and few codes are near them.
 *
 * @returns int [..., books] of frames [..., inputs]
 * @see Chiu et al. 2022, Self-supervised Learning with Random-projection Quantizer for Speech Recognition, section 3.1
 */
export function randomCodes({ inputs, width, codes, books, seed }: RandomCodesOptions): Module {
  const frozen = (name: string, shape: Shape, initial: Initial) =>
    variable(shape, () => initial(shape)(uniforms(seed, 0, name)), 'statistic')
  const each = range(books).map(book => {
    const projection = frozen(`projection ${book}`, [width, inputs], xavierUniform)
    const directions = frozen(`codes ${book}`, [codes, width], unitRows)
    return module({ projection, codes: directions }, (x: Tensor) => {
      const y = unit(affine(x, projection, undefined)) // over its own numbers, never over time
      return affine(y, directions, undefined).argmax(-1)
    })
  })
  return module(Object.fromEntries(each.map((book, i) => [`${i}`, book])), (x: Tensor) => {
    const found = each.map(book => book(x.stopGradient()))
    return stack(found, -1)
  })
}

/** Directions, all alike likely: of codes of other lengths the longest would win everything. */
const unitRows: Initial = shape => uniform => {
  const values = Float64Array.from(normal(1)(shape)(uniform))
  const width = shape.at(-1) ?? 1
  for (let row = 0; row < values.length; row += width) {
    const own = values.subarray(row, row + width)
    const length = Math.hypot(...own)
    own.forEach((value, i) => {
      own[i] = value / length
    })
  }
  return values
}
