import type { TensorOf } from '../../tensor/primitives.js'
import { range, sizeOf, sizes } from '../../tensor/shape.js'
import type { Emitter } from './emitter.js'

/**
 * A product of many rows as a batch of products of some: ONNX Runtime goes over all rows for each 128 of the numbers that are
 * summed over, and over the results again, which leave the cache of a core where the rows are many. Each result is summed in
 * the same order, so that no bit changes. Undefined where the rows are few, or cannot be cut into equal parts.
 */
export function productInParts(
  e: Emitter,
  [a, b]: readonly [string, string],
  { inputs: [left, right], attributes: { transposeA, transposeB }, shape }: TensorOf<'matmul'>,
): string | undefined {
  if (e.precision !== 'float32' || transposeA || left.rank !== 2 || right.rank !== 2) return undefined
  const [count, width] = sizes(left.shape, 2)
  const rows = sizeOf(right.shape) < SMALL ? undefined : rowsOfPart(count)
  if (rows === undefined) return undefined
  const parts = e.one('Reshape', [a, e.ints([count / rows, rows, width])])
  // with fewer axes than this it would take all rows at once again
  const whole = e.one('Reshape', [b, e.ints([1, 1, ...right.shape])])
  const product = e.one('FusedMatMul', [parts, whole], { transA: 0, transB: transposeB ? 1 : 0 }, 'com.microsoft')
  return e.one('Reshape', [product, e.ints(shape)])
}

/** Of the other operand, up to which one pass does */
const SMALL = 128 * 128
/** Rows from which on it pays */
const MANY = 1024
/** Of a part: 128 numbers of so many rows, and as many results, lie in half a megabyte. */
const MOST = 384
/** With fewer, making the other operand ready for each part takes too long; with more, there is nothing to win. */
const [FEWEST, TOO_MANY] = [96, 2048]

/** The most rows that equal parts can have, or where none can be as small, the fewest. */
export function rowsOfPart(count: number): number | undefined {
  if (count < MANY) return undefined
  const divisors = (from: number, to: number) =>
    range(to - from)
      .map(i => i + from)
      .filter(rows => count % rows === 0)
  return divisors(FEWEST, MOST + 1).at(-1) ?? divisors(MOST + 1, Math.min(TOO_MANY, count / 2) + 1)[0]
}
