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
