import { isInParts } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import { range, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/** Bytes of the widest tensor in a part: about what the caches of a core or two hold. */
const CACHED = 3 * 2 ** 20
/** More parts take longer to compile than they win. */
const MOST = 8

/**
 * A function of samples that do not see each other, worked on in parts small enough that one operator finds what the one
 * before it wrote still in the processor's cache. Gradients of what all parts share are sums over the parts.
 *
 * @param x [N, ...]
 * @param widest numbers of one sample in the widest tensor inside
 * @param forward is told which rows of x it gets, from a number on and before another
 * @param fewest samples of a part; with fewer, reading what all parts share for each of them takes longer than is won
 */
export function inParts(
  x: Tensor,
  widest: number,
  forward: (part: Tensor, from: number, to: number) => Tensor,
  fewest = 1,
): Tensor {
  const [n] = sizes(x.shape, 1)
  const wanted = (n * widest * 4) / CACHED
  const most = Math.min(MOST, Math.floor(n / fewest))
  const parts = isInParts() && wanted <= 4 * MOST ? Math.min(Math.ceil(wanted), most) : 1
  if (parts <= 1) return forward(x, 0, n)
  const starts = range(parts + 1).map(i => Math.round((i * n) / parts))
  const rows = range(parts).map(i => [starts[i] ?? 0, starts[i + 1] ?? n] as const)
  return concat(rows.map(([from, to]) => forward(x.slice(0, from, to), from, to)))
}
