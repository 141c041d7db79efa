import { Worker } from 'node:worker_threads'
import { defaultThreads } from './cores.js'
import { Engine, type EngineOptions, type Runner } from './engine.js'
import type { Call, Method, Reply } from './worker.js'

/** Runs TypeScript sources (the tests do): a worker cannot load them, so programs run in this thread. */
const fromSources = import.meta.url.endsWith('.ts')

/**
 * A runner in a worker thread: ONNX Runtime blocks the thread it runs in, and this one has pictures to gather,
 * progress to show and Ctrl-C to hear.
 */
export function startRunner({
  device = 'cpu',
  precision = 'float32',
  threads = defaultThreads(),
}: Partial<EngineOptions> = {}): Runner {
  const options: EngineOptions = { device, precision, threads }
  return fromSources ? new Engine(options) : workerRunner(options)
}

function workerRunner(options: EngineOptions): Runner {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let calls = 0
  let busy = 0
  worker.on('message', (reply: Reply) => {
    const caller = waiting.get(reply.id)
    waiting.delete(reply.id)
    busy = reply.busy
    if ('error' in reply) caller?.reject(new Error(reply.error))
    else caller?.resolve(reply.value)
  })
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('error', fail)
  worker.on('exit', code => fail(new Error(`the worker that runs the programs ended with code ${code}`)))
  const call = <T>(method: Method, ...args: unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = calls++
      waiting.set(id, { resolve: value => resolve(value as T), reject })
      worker.postMessage({ id, method, args } satisfies Call)
    })
  return {
    options,
    get busy() {
      return busy
    },
    load: (key, program) => call('load', key, program),
    unload: key => call('unload', key),
    run: (key, feeds = {}, moment = { seed: 0, step: 0 }) => call('run', key, feeds, moment),
    read: names => call('read', names),
    async write(values) {
      for (const one of values) await call('write', [one])
    },
    async close() {
      await call('close')
      worker.removeAllListeners('exit')
      await worker.terminate()
    },
  }
}
