import { Worker } from 'node:worker_threads'
import { LacunaError } from '../../errors.js'
import { fileBeside } from '../../files.js'
import { defaultDevice } from '../../program/devices.js'
import { inOurWords } from '../failures.js'
import type { EngineOptions } from '../options.js'
import type { Runner } from '../runner.js'
import { received } from '../sent-error.js'
import { checkedThreads } from './cores.js'
import { openEngine } from './engine.js'
import { currentSignal, endingBy } from './interruptible.js'
import type { Call, Reply, Request } from './worker.js'

/**
 * A runner in a worker thread: ONNX Runtime blocks the thread it runs in, and this one has pictures to gather,
 * progress to show and Ctrl-C to hear.
 * @throws LacunaError (wrong usage) for more threads than this process has cores
 */
export function startRunner({
  device = defaultDevice,
  precision = 'float32',
  threads,
}: Partial<EngineOptions> = {}): Runner {
  const options: EngineOptions = { device, precision, threads: checkedThreads(threads) }
  const file = fileBeside('./worker.js', import.meta.url) // without it programs run in this thread, which hears nothing while a step runs
  const runner = file === undefined ? openEngine(options) : workerRunner(options, file)
  const signal = currentSignal()
  return signal === undefined ? runner : endingBy(signal, runner)
}

/** @param file a module that answers each `Call` with a `Reply` */
export function workerRunner(options: EngineOptions, file: URL): Runner {
  const worker = new Worker(file, { workerData: options })
  worker.unref() // keeps the process only while a call waits: a runner that nobody closed after an error must not
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  let calls = 0
  let busy = 0
  let ended: LacunaError | undefined
  worker.on('message', (reply: Reply) => {
    const caller = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (waiting.size === 0) worker.unref()
    busy = reply.busy
    if ('error' in reply) caller?.reject(received(reply.error))
    else caller?.resolve(reply.value)
  })
  /** Nobody answers any more: not those who wait, nor who will call. */
  const end = (reason: string, cause?: Error) => {
    const known = inOurWords(new Error(reason), options.device)
    ended ??=
      known instanceof LacunaError
        ? known
        : new LacunaError(`the thread that runs programs has ended: ${reason}; start again, a training with --resume`)
    ended.cause ??= cause
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('error', error => end(error.message, error))
  worker.on('exit', code => end(`exit code ${code}`))
  const call = <T>(method: Request, ...args: unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (ended !== undefined) throw ended
      const id = calls++
      worker.ref()
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
    run: (key, feeds = {}, drawKey = { seed: 0, step: 0 }) => call('run', key, feeds, drawKey),
    read: names => call('read', names),
    async write(values) {
      for (const one of values) await call('write', [one])
    },
    async close() {
      if (ended !== undefined) return
      await call('close') // comes after the call that runs: a thread that is ended within one aborts the process
      end('it was closed')
      await worker.terminate()
    },
  }
}
