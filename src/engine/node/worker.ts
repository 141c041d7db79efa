import { parentPort, workerData } from 'node:worker_threads'
import type { EngineOptions } from '../options.js'
import type { Runner } from '../runner.js'
import { type SentError, sent } from '../sent-error.js'
import { openEngine } from './engine.js'

export type Request = 'load' | 'unload' | 'run' | 'read' | 'write' | 'close'
export interface Call {
  readonly id: number
  readonly method: Request
  readonly args: readonly unknown[]
}
export type Reply = { readonly id: number; readonly busy: number } & (
  | { readonly value: unknown }
  | { readonly error: SentError }
)

/** The far side of `workerRunner`: runs programs one after the other and answers each call. */
const engine: Runner = openEngine(workerData as EngineOptions)
let last: Promise<unknown> = Promise.resolve()

parentPort?.on('message', ({ id, method, args }: Call) => {
  const call = engine[method].bind(engine) as (...args: readonly unknown[]) => Promise<unknown>
  last = last
    .then(() => call(...args))
    .then(
      value => parentPort?.postMessage({ id, busy: engine.busy, value } satisfies Reply, buffersOf(value)),
      (error: unknown) => parentPort?.postMessage({ id, busy: engine.busy, error: sent(error) } satisfies Reply),
    )
})

/** The memory of results and of variables that were read: it moves to the other thread, where a copy would need it twice. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const arrays: unknown[] = value instanceof Map ? [...value.values()] : Object.values(value ?? {})
  return arrays.flatMap(array => (ArrayBuffer.isView(array) ? [array.buffer as ArrayBuffer] : []))
}
