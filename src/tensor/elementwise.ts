import type { Binary, DType, Unary } from './primitives.js'
import { ShapeError, wantFloat, wantNumbers } from './scope.js'
import { broadcast, showShape } from './shape.js'
import { constant, make, type Operand, Tensor } from './tensor.js'

export function unary(op: Unary, x: Tensor): Tensor {
  if (op === 'neg' || op === 'abs' || op === 'sign') wantNumbers(op, x)
  else wantFloat(op, x)
  return make(op, [x], {}, x.shape, x.dtype)
}

export function binary(op: Binary, a: Operand, b: Operand): Tensor {
  const [left, right, shape] = pair(op, a, b)
  wantNumbers(op, left)
  return make(op, [left, right], {}, shape, left.dtype)
}

export function compare(op: 'less' | 'equal', a: Operand, b: Operand): Tensor {
  const [left, right, shape] = pair(op, a, b)
  return make(op, [left, right], {}, shape, 'bool')
}

export function logical(op: 'and' | 'or', a: Tensor, b: Tensor): Tensor {
  const [left, right, shape] = pair(op, a, b)
  if (left.dtype !== 'bool') throw new ShapeError(op, `bool expected, got ${left.dtype}`)
  return make(op, [left, right], {}, shape, 'bool')
}

export function not(x: Tensor): Tensor {
  if (x.dtype !== 'bool') throw new ShapeError('not', `bool expected, got ${x.dtype}`)
  return make('not', [x], {}, x.shape, 'bool')
}

/** `a` where the condition holds, `b` elsewhere. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (condition.dtype !== 'bool') throw new ShapeError('where', `a bool condition expected, got ${condition.dtype}`)
  const [left, right] = pair('where', a, b)
  const shape = broadcast(condition.shape, left.shape, right.shape)
  if (shape === undefined)
    throw new ShapeError(
      'where',
      `shapes do not broadcast: ${[condition, left, right].map(t => showShape(t.shape)).join(' · ')}`,
    )
  return make('where', [condition, left, right], {}, shape, left.dtype)
}

export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : make('cast', [x], { to }, x.shape, to)
}

export function stopGradient(x: Tensor): Tensor {
  return make('stopGradient', [x], {}, x.shape, x.dtype)
}

/** Forward `value`, backward as if it were `x` (Bengio et al. 2013). */
export function straightThrough(value: Tensor, x: Tensor): Tensor {
  return x.add(value.sub(x).stopGradient())
}

function pair(op: string, a: Operand, b: Operand): [Tensor, Tensor, readonly number[]] {
  const dtype = a instanceof Tensor ? a.dtype : b instanceof Tensor ? b.dtype : 'float'
  const left = typeof a === 'number' ? constant(a, [], dtype) : a
  const right = typeof b === 'number' ? constant(b, [], dtype) : b
  if (left.dtype !== right.dtype) throw new ShapeError(op, `types differ: ${left.dtype} · ${right.dtype}`)
  const shape = broadcast(left.shape, right.shape)
  if (shape === undefined)
    throw new ShapeError(op, `shapes do not broadcast: ${showShape(left.shape)} · ${showShape(right.shape)}`)
  return [left, right, shape]
}
