import { checkedAxis } from './reduction.js'
import { ShapeError } from './scope.js'
import { range, type Shape, sameShape, showShape } from './shape.js'
import { constant, make, type Tensor } from './tensor.js'

/**
 * Rows of x along an axis.
 * @param indices int, any shape; the axis of x is replaced by this shape
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const along = checkedAxis('gather', x, axis)
  wantIndices('gather', indices)
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)]
  return make('gather', [x, indices], { axis: along }, shape, x.dtype)
}

/**
 * Rows added up where the indices say: out[indices[i]] += x[i].
 * @param x [...indices.shape, ...row]
 * @param rows how many rows the result has
 */
export function scatterAdd(x: Tensor, indices: Tensor, rows: number): Tensor {
  wantIndices('scatterAdd', indices)
  if (!sameShape(x.shape.slice(0, indices.rank), indices.shape))
    throw new ShapeError('scatterAdd', `${showShape(x.shape)} does not begin with ${showShape(indices.shape)}`)
  return make('scatterAdd', [x, indices], {}, [rows, ...x.shape.slice(indices.rank)], x.dtype)
}

/** One element per index along an axis; the shapes agree on the other axes. */
export function takeAlong(x: Tensor, indices: Tensor, axis = -1): Tensor {
  const along = checkedAxis('takeAlong', x, axis)
  wantIndices('takeAlong', indices)
  wantSameBeside('takeAlong', x.shape, indices.shape, along)
  return make('takeAlong', [x, indices], { axis: along }, indices.shape, x.dtype)
}

/** Elements added up where the indices say, in a tensor with `size` places along the axis. */
export function putAlong(x: Tensor, indices: Tensor, axis: number, size: number): Tensor {
  const along = checkedAxis('putAlong', x, axis)
  wantIndices('putAlong', indices)
  wantSameBeside('putAlong', x.shape, indices.shape, along)
  return make(
    'putAlong',
    [x, indices],
    { axis: along },
    x.shape.map((s, i) => (i === along ? size : s)),
    x.dtype,
  )
}

/** int [...] → float [..., classes] */
export function oneHot(indices: Tensor, classes: number): Tensor {
  wantIndices('oneHot', indices)
  return indices
    .reshape(...indices.shape, 1)
    .equal(constant(range(classes), [classes], 'int'))
    .cast('float')
}

function wantIndices(op: string, indices: Tensor): void {
  if (indices.dtype !== 'int') throw new ShapeError(op, `int indices expected, got ${indices.dtype}`)
}

function wantSameBeside(op: string, a: Shape, b: Shape, axis: number): void {
  if (a.length !== b.length || !sameShape(a.toSpliced(axis, 1), b.toSpliced(axis, 1)))
    throw new ShapeError(op, `${showShape(a)} and ${showShape(b)} differ beyond axis ${axis}`)
}
