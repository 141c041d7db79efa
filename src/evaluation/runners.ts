import type { Host } from '../engine/host.js'
import type { Runner } from '../engine/runner.js'
import type { Features } from './features.js'
import { isSmall } from './logistic.js'

/** Runners on the cpu for the figures of vectors, each started when it is first asked for, and kept for the next figure. */
export interface Runners {
  /** All threads */
  readonly wide: Runner
  /** For a problem among others side by side: those too small for two threads get one each, by their place */
  forProblem(features: Pick<Features, 'count' | 'width'>, place?: number): Runner
  close(): Promise<void>
}

/** @param threads of the wide one; one per core unless told */
export function runnersOf(host: Pick<Host, 'start'>, threads?: number): Runners {
  const started = new Map<string, Runner>()
  const the = (key: string, threads: number | undefined): Runner => {
    const runner = started.get(key) ?? host.start({ threads })
    started.set(key, runner)
    return runner
  }
  return {
    get wide() {
      return the('wide', threads)
    },
    forProblem: (features, place = 0) => (isSmall(features) ? the(`narrow ${place}`, 1) : the('wide', threads)),
    async close() {
      for (const runner of started.values()) await runner.close()
    },
  }
}
