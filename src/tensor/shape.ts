/** Sizes of a tensor, outermost first; [] is a scalar. */
export type Shape = readonly number[]

export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1)

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i])

/** NumPy's rule: aligned from the right, sizes are equal or one of them is 1. `undefined` when they do not fit. */
export function broadcast(...shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(...shapes.map(shape => shape.length))
  const result: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const sizes = shapes.map(shape => shape[axis - rank + shape.length] ?? 1)
    const size = sizes.find(s => s !== 1) ?? 1
    if (sizes.some(s => s !== 1 && s !== size)) return undefined
    result.push(size)
  }
  return result
}

/** The axes of `to` along which `from` was repeated, when `from` was broadcast to `to`. */
export function repeatedAxes(from: Shape, to: Shape): number[] {
  const offset = to.length - from.length
  return to.flatMap((size, axis) => (axis < offset || (from[axis - offset] === 1 && size !== 1) ? [axis] : []))
}

/** Negative axes count from the end. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** The size along an axis; 1 beyond the rank, as in broadcasting. */
export const sizeAt = (shape: Shape, axis: number): number => shape[axisOf(axis, shape.length)] ?? 1

export type Numbers<N extends number, Found extends number[] = []> = Found['length'] extends N
  ? Found
  : Numbers<N, [...Found, number]>

/**
 * The sizes of a shape of which at least `rank` are known to be there.
 * @throws Error where there are fewer
 */
export function sizes<N extends number>(shape: Shape, rank: N): readonly [...Numbers<N>, ...number[]] {
  if (shape.length < rank) throw new Error(`a shape of at least ${rank} sizes is expected, got ${showShape(shape)}`)
  return shape as readonly [...Numbers<N>, ...number[]]
}
