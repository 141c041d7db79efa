/** What the user has asked of this process by Ctrl-C or a signal. */
export interface Interruption {
  /** Aborted by the first signal: finish what runs, save, end */
  readonly asked: AbortSignal
  /** Called at every signal; also for those that came before */
  onSignal(listener: (count: number) => void): void
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** From then on a third signal ends the process at once; before, saving is only taking its time. */
const PATIENCE_SECONDS = 10

let interruption: Interruption | undefined

/**
 * Hears Ctrl-C, `kill` and a terminal that is closed, for as long as the process lives: a signal that comes while the last
 * words are written must not turn a saved run into a killed one.
 */
export function listen(): Interruption {
  if (interruption !== undefined) return interruption
  const controller = new AbortController()
  const listeners: ((count: number) => void)[] = []
  let count = 0
  let first = 0
  for (const name of names)
    process.on(name, () => {
      count++
      if (count === 1) first = performance.now()
      else if (count > 2 && performance.now() - first > 1000 * PATIENCE_SECONDS) end(name)
      controller.abort(new Error('interrupted'))
      for (const listener of listeners) listener(count)
    })
  // Once nothing is left to do, Node stops to hear signals and then takes its time to tidy up; `exit` does without both.
  process.on('beforeExit', code => process.exit(code))
  interruption = {
    asked: controller.signal,
    onSignal(listener) {
      listeners.push(listener)
      if (count > 0) listener(count)
    },
  }
  return interruption
}

/**
 * Ends the process by a signal as if it had never been heard. `process.exit` would take the thread down in which ONNX Runtime
 * computes, which throws in C++ and aborts.
 */
function end(name: (typeof names)[number]): void {
  process.removeAllListeners(name)
  process.kill(process.pid, name)
}
