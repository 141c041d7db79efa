import { concat } from './movement.js'
import { range } from './shape.js'
import type { Tensor } from './tensor.js'

/** A displacement in pixels, downwards and to the right */
export interface Displacement {
  readonly dy: number
  readonly dx: number
}

/** All displacements of at most `reach` pixels in each direction, row by row: (2·reach + 1)² */
export function displacementsWithin(reach: number): readonly Displacement[] {
  const side = 2 * reach + 1
  return range(side ** 2).map(i => ({ dy: Math.floor(i / side) - reach, dx: (i % side) - reach }))
}

/**
 * A picture moved by whole pixels, each of its borders repeated where nothing is known.
 *
 * @param x [N, C, H, W]
 * @param reach the furthest that it is moved
 * @returns for displacements up to there, [N, C, H, W]
 */
export function movable(x: Tensor, reach: number): (by: Displacement) => Tensor {
  const wider = widened(x, reach)
  const [height, width] = [x.size(2), x.size(3)]
  return ({ dy, dx }) => wider.slice(2, reach - dy, reach - dy + height).slice(3, reach - dx, reach - dx + width)
}

/** Pixels at the border again and again: [N, C, H, W] → [N, C, H + 2·by, W + 2·by] */
export function widened(x: Tensor, by: number): Tensor {
  if (by === 0) return x
  return [2, 3].reduce((y, axis) => {
    const size = y.size(axis)
    const repeated = (edge: Tensor) => {
      const shape = [...edge.shape]
      shape[axis] = by
      return edge.expand(...shape)
    }
    return concat([repeated(y.slice(axis, 0, 1)), y, repeated(y.slice(axis, size - 1, size))], axis)
  }, x)
}
