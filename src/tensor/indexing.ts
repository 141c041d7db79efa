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

/**
 * Rows of each sample by their numbers.
 * @param x [N, L, ...row]
 * @param rows int [N, K], each from 0 to L − 1
 * @returns [N, K, ...row]
 */
export function takeRows(x: Tensor, rows: Tensor): Tensor {
  wantRows('takeRows', x, rows)
  return make('takeRows', [x, rows], {}, [...rows.shape, ...x.shape.slice(2)], x.dtype)
}

/**
 * Rows of each sample added up where the numbers say: out[n, rows[n, k]] += x[n, k].
 * @param x float [N, K, ...row]
 * @param rows int [N, K], each from 0 to length − 1
 * @returns [N, length, ...row]
 */
export function addRows(x: Tensor, rows: Tensor, length: number): Tensor {
  wantRows('addRows', x, rows)
  if (x.shape[1] !== rows.shape[1])
    throw new ShapeError('addRows', `${showShape(x.shape)} does not begin with ${showShape(rows.shape)}`)
  return make('addRows', [x, rows], {}, [x.size(0), length, ...x.shape.slice(2)], x.dtype)
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

function wantRows(op: string, x: Tensor, rows: Tensor): void {
  wantIndices(op, rows)
  if (rows.rank !== 2 || x.rank < 2 || x.shape[0] !== rows.shape[0])
    throw new ShapeError(op, `${showShape(x.shape)} and ${showShape(rows.shape)} are no samples with rows of each`)
}

function wantSameBeside(op: string, a: Shape, b: Shape, axis: number): void {
  if (a.length !== b.length || !sameShape(a.toSpliced(axis, 1), b.toSpliced(axis, 1)))
    throw new ShapeError(op, `${showShape(a)} and ${showShape(b)} differ beyond axis ${axis}`)
}
