import { LacunaError, messageOf } from '../errors.js'
import { ShapeError } from '../tensor/scope.js'

/** An error on its way from another thread or process, as plain data: by itself it would lose its class, or its stack. */
export interface SentError {
  readonly name: string
  readonly message: string
  /** Where it happened, on the other side */
  readonly stack?: string
  /** Of a LacunaError */
  readonly exitCode?: 1 | 2
  readonly cause?: SentError
}

/** Classes that arrive as themselves; of others only the name does. */
const prototypes = new Map<string, Error>(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
    .map((type): [string, Error] => [type.name, type.prototype])
    .concat([
      ['LacunaError', LacunaError.prototype],
      ['ShapeError', ShapeError.prototype],
    ]),
)

export function sent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: messageOf(error) }
  const { name, message, stack, cause } = error
  return {
    name,
    message,
    ...(stack !== undefined && { stack }),
    ...(error instanceof LacunaError && { exitCode: error.exitCode }),
    ...(cause !== undefined && { cause: sent(cause) }),
  }
}

/** The error as it was on the other side: its class, its stack and its cause. */
export function received({ name, message, stack, exitCode, cause }: SentError): Error {
  const error = new Error(message, cause && { cause: received(cause) })
  Object.setPrototypeOf(error, prototypes.get(name) ?? Error.prototype)
  const hidden = { configurable: true, enumerable: false, writable: true }
  Object.defineProperty(error, 'stack', { ...hidden, value: stack ?? `${name}: ${message}` })
  if (error.name !== name) Object.defineProperty(error, 'name', { ...hidden, value: name })
  return exitCode === undefined ? error : Object.assign(error, { exitCode })
}
