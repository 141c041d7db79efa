import { checkedAxis } from './reduction.js'
import { ShapeError } from './scope.js'
import { axisOf, broadcast, range, type Shape, sameShape, showShape, sizeOf } from './shape.js'
import { constant, make, type Tensor } from './tensor.js'

/** One size may be −1: it takes what is left. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter(size => size !== -1))
  const target = shape.map(size => (size === -1 ? sizeOf(x.shape) / known : size))
  if (sizeOf(target) !== sizeOf(x.shape) || target.some(size => !Number.isInteger(size) || size < 0))
    throw new ShapeError(
      'reshape',
      `${showShape(x.shape)} has ${sizeOf(x.shape)} elements, ${showShape(shape)} does not`,
    )
  return sameShape(target, x.shape) ? x : make('reshape', [x], {}, target, x.dtype)
}

export function transpose(x: Tensor, permutation: Shape): Tensor {
  const order = permutation.map(axis => axisOf(axis, x.rank))
  if (
    !sameShape(
      [...order].sort((a, b) => a - b),
      range(x.rank),
    )
  )
    throw new ShapeError('transpose', `${showShape(permutation)} is no order of the axes of ${showShape(x.shape)}`)
  if (order.every((axis, i) => axis === i)) return x
  return make(
    'transpose',
    [x],
    { permutation: order },
    order.map(axis => x.size(axis)),
    x.dtype,
  )
}

export function swapLast(x: Tensor): Tensor {
  if (x.rank < 2) throw new ShapeError('T', `two axes expected, got ${showShape(x.shape)}`)
  return transpose(x, [...range(x.rank - 2), x.rank - 1, x.rank - 2])
}

export function expand(x: Tensor, shape: Shape): Tensor {
  const target = broadcast(x.shape, shape)
  if (target === undefined || !sameShape(target, shape))
    throw new ShapeError('expand', `${showShape(x.shape)} does not broadcast to ${showShape(shape)}`)
  return sameShape(x.shape, shape) ? x : make('expand', [x], {}, shape, x.dtype)
}

export function slice(x: Tensor, axis: number, start: number, end: number | undefined, step: number): Tensor {
  const along = checkedAxis('slice', x, axis)
  const n = x.shape[along] ?? 0
  const from = start < 0 ? start + n : start
  const to = Math.min(end === undefined ? n : end < 0 ? end + n : end, n)
  if (step < 1 || from < 0 || to <= from)
    throw new ShapeError(
      'slice',
      `nothing between ${start} and ${end ?? 'the end'} along axis ${axis} of ${showShape(x.shape)}`,
    )
  const length = Math.ceil((to - from) / step)
  return length === n
    ? x
    : make('slice', [x], { axis: along, start: from, step }, replace(x.shape, along, length), x.dtype)
}

/** The opposite order along an axis. */
export const flip = (x: Tensor, axis: number): Tensor => reordered('flip', x, axis, (i, n) => n - 1 - i)

/** An axis as a ring: each place has what was `by` places further on, the last ones what was at the start. */
export const roll = (x: Tensor, axis: number, by: number): Tensor =>
  by === 0 ? x : reordered('roll', x, axis, (i, n) => (((i + by) % n) + n) % n)

function reordered(what: string, x: Tensor, axis: number, from: (i: number, n: number) => number): Tensor {
  const along = checkedAxis(what, x, axis)
  const n = x.shape[along] ?? 0
  return x.gather(
    constant(
      range(n).map(i => from(i, n)),
      [n],
      'int',
    ),
    along,
  )
}

export function pad(x: Tensor, axis: number, before: number, after: number, value: number): Tensor {
  const along = checkedAxis('pad', x, axis)
  if (before < 0 || after < 0) throw new ShapeError('pad', `cannot pad by ${before} and ${after}`)
  if (before === 0 && after === 0) return x
  const shape = replace(x.shape, along, (x.shape[along] ?? 0) + before + after)
  return make('pad', [x], { axis: along, before, after, value }, shape, x.dtype)
}

export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = tensors[0]
  if (first === undefined) throw new ShapeError('concat', 'nothing to join')
  const along = checkedAxis('concat', first, axis)
  const rest = (t: Tensor) => t.shape.filter((_, i) => i !== along)
  if (tensors.some(t => t.dtype !== first.dtype || !sameShape(rest(t), rest(first))))
    throw new ShapeError(
      'concat',
      `shapes differ beyond axis ${axis}: ${tensors.map(t => showShape(t.shape)).join(' · ')}`,
    )
  if (tensors.length === 1) return first
  const total = tensors.reduce((sum, t) => sum + (t.shape[along] ?? 0), 0)
  return make('concat', tensors, { axis: along }, replace(first.shape, along, total), first.dtype)
}

export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  return concat(
    tensors.map(t => {
      const at = axisOf(axis, t.rank + 1)
      return t.reshape(...t.shape.slice(0, at), 1, ...t.shape.slice(at))
    }),
    axis,
  )
}

/** Elements of x, `step` apart from `start` on, between zeros: the gradient of slice. */
export function spread(x: Tensor, axis: number, start: number, step: number, length: number): Tensor {
  const n = x.shape[axis] ?? 0
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  // where each has as many places, it is put into its own
  const first = n * step === length ? start : 0
  const all = x
    .reshape(...before, n, 1, ...after)
    .pad(axis + 1, first, step - 1 - first)
    .reshape(...before, n * step, ...after)
  if (n * step === length) return all
  const apart = all.slice(axis, 0, (n - 1) * step + 1)
  return apart.pad(axis, start, length - start - (n - 1) * step - 1)
}

const replace = (shape: Shape, axis: number, size: number): Shape => shape.map((s, i) => (i === axis ? size : s))
