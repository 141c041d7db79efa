import { host } from '#host'
import type { Runner } from '../engine/runner.js'

export interface RunnerOptions {
  /** What computes, so that several computations share it; without it one on the cpu is started, for this alone. @internal */
  readonly runner?: Runner
}

/** Does work on the runner that is handed in, or else on one of its own. @param threads of its own; one per core unless told */
export async function withRunner<T>(
  { runner, threads }: RunnerOptions & { readonly threads?: number | undefined },
  work: (runner: Runner) => Promise<T>,
): Promise<T> {
  if (runner !== undefined) return work(runner)
  const own = host.start({ threads })
  try {
    return await work(own)
  } finally {
    await own.close()
  }
}
