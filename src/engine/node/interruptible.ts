import { AsyncLocalStorage } from 'node:async_hooks'
import type { Runner } from '../runner.js'

const signals = new AsyncLocalStorage<AbortSignal | undefined>()

/** See `Host`: the call that runs is let finish, since ONNX Runtime cannot be stopped within one. */
export const interruptible = <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> =>
  signals.run(signal, work)

/** The signal that the work around this call ends by. */
export const currentSignal = (): AbortSignal | undefined => signals.getStore()

/** A runner that rejects all calls but `close` once a signal is aborted. */
export function endingBy(signal: AbortSignal, runner: Runner): Runner {
  const checked = async <T>(call: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    return call()
  }
  return {
    options: runner.options,
    get busy() {
      return runner.busy
    },
    load: (key, program) => checked(() => runner.load(key, program)),
    unload: key => checked(() => runner.unload(key)),
    run: (key, feeds, drawKey) => checked(() => runner.run(key, feeds, drawKey)),
    read: names => checked(() => runner.read(names)),
    write: values => checked(() => runner.write(values)),
    close: () => runner.close(),
  }
}
