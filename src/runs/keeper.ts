import { setTimeout as wait } from 'node:timers/promises'
import type { RunConfig } from '../assembly/config.js'
import { LacunaError, messageOf } from '../errors.js'
import { claim } from './claim.js'
import { isRun, writeConfig } from './config.js'
import type { Lock } from './lock.js'
import { type MetricsLine, writeMetrics } from './metrics.js'

/** Keeps the folder of a run there while it trains. */
export interface Keeper {
  /**
   * Writes into the folder, which may have been moved or removed: it is made anew then, with the configuration and the lines so
   * far. It may also be taken away, or be full, in the middle of this: what fails is tried once more, a little later.
   * @throws LacunaError when it fails again, or another training has taken the folder
   */
  write(lines: readonly MetricsLine[], work: () => void): Promise<void>
}

/** In which a folder is removed with all that is in it */
const PAUSE_MS = 300

export function keeperOf(directory: string, config: RunConfig, lock: Lock, onNote?: (note: string) => void): Keeper {
  /** @returns whether what was written before may be missing */
  const keep = (): boolean => {
    const lost = lock.held()
    if (lost === 'held') return false
    const anew = lost === 'gone' || !isRun(directory)
    if (lost === 'gone') {
      try {
        claim(directory, { strays: true })
      } catch (error) {
        throw new LacunaError(
          `${directory}: was moved or removed while training, and its place is taken: the training has ended, and what came after its last checkpoint, which went with its folder, is lost. What stands there was left alone (${messageOf(error)})`,
        )
      }
      lock.again()
    }
    if (anew) onNote?.(`${directory}: was moved or removed while training; made anew, and the training goes on there`)
    return true
  }
  const fill = (lines: readonly MetricsLine[]) => {
    writeConfig(directory, config)
    writeMetrics(directory, lines)
  }
  return {
    async write(lines, work) {
      try {
        if (keep()) fill(lines)
        work()
      } catch {
        await wait(PAUSE_MS)
        keep()
        fill(lines)
        work()
      }
    },
  }
}
