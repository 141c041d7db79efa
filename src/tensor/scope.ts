import type { DType } from './primitives.js'

/** Where in the model the trace stands, for error messages: the innermost function is last. */
const stack: (() => string)[] = []

/** Runs `body`; errors and tensors made inside say `name`. */
export function within<T>(name: string | (() => string), body: () => T): T {
  stack.push(typeof name === 'string' ? () => name : name)
  try {
    return body()
  } finally {
    stack.pop()
  }
}

export function whereInModel(): string {
  return stack
    .map(name => name())
    .filter(name => name !== '')
    .join('.')
}

/** A mistake in how tensors were put together: the operation, what came, and where in the model. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError'

  constructor(operation: string, problem: string) {
    const where = whereInModel()
    super(`${operation}: ${problem}${where === '' ? '' : ` (at ${where})`}`)
  }
}

export const wantFloat = (operation: string, ...tensors: readonly Typed[]): void =>
  want(operation, 'float', ['float'], tensors)

/** Not bool and not bytes: those are cast first. */
export const wantNumbers = (operation: string, ...tensors: readonly Typed[]): void =>
  want(operation, 'numbers', ['float', 'int'], tensors)

interface Typed {
  readonly dtype: DType
}

function want(operation: string, what: string, allowed: readonly DType[], tensors: readonly Typed[]): void {
  const wrong = tensors.find(({ dtype }) => !allowed.includes(dtype))
  if (wrong !== undefined) throw new ShapeError(operation, `${what} expected, got ${wrong.dtype}`)
}
