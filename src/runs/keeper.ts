import { setTimeout as wait } from 'node:timers/promises'
import { isWrongUsage, messageOf } from '../errors.js'
import { claim, freePlace } from './claim.js'
import { isRun } from './config.js'
import type { Lock } from './lock.js'
import { type MetricsLine, writeMetrics } from './metrics.js'

/** Keeps the folder of a run there while it trains. */
export interface Keeper {
  /** Where the run is now: another place than before where its own was taken while the folder was away */
  readonly directory: string
  /**
   * Writes into the folder, which may have been moved or removed: it is made anew then, with the configuration and the lines so
   * far, and beside its place where something else stands there. It may also be taken away, or be full, in the middle of this:
   * what fails is tried once more, a little later.
   * @param work is told where the run is
   * @throws LacunaError when it fails again
   */
  write(lines: readonly MetricsLine[], work: (directory: string) => void): Promise<void>
}

/** In which a folder is removed with all that is in it */
const PAUSE_MS = 300

/** @param begin writes what a run has from its beginning: its configuration, and what belongs to that */
export function keeperOf(
  out: string,
  begin: (directory: string) => void,
  lock: Lock,
  onNote?: (note: string) => void,
): Keeper {
  let directory = out
  const madeAnew = () => `${directory}: was moved or removed while training; made anew, and the training goes on there`
  /** Takes its own place, or of the next free one beside; what stands there is left alone. */
  const takePlace = () => {
    const before = directory
    try {
      claim(directory, { strays: true })
      lock.again(directory)
    } catch (error) {
      if (!isWrongUsage(error)) throw error
      const place = freePlace(out)
      claim(place)
      lock.again(place)
      directory = place
      return `${before}: was moved or removed while training, and its place is taken (${messageOf(error)}): the training goes on in ${directory}`
    }
    return madeAnew()
  }
  /** @returns whether what was written before may be missing */
  const keep = (): boolean => {
    const lost = lock.held()
    if (lost === 'held') return false
    if (lost === 'gone') onNote?.(takePlace())
    else if (!isRun(directory)) onNote?.(madeAnew())
    return true
  }
  const fill = (lines: readonly MetricsLine[]) => {
    begin(directory)
    writeMetrics(directory, lines)
  }
  return {
    get directory() {
      return directory
    },
    async write(lines, work) {
      try {
        if (keep()) fill(lines)
        work(directory)
      } catch {
        await wait(PAUSE_MS)
        keep()
        fill(lines)
        work(directory)
      }
    },
  }
}
