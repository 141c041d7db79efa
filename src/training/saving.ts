import type { SaveEvery } from '../settings/kinds.js'

const FIRST_SECONDS = 5
const MOST_SECONDS = 120
/** A checkpoint costs at most that share of the time */
const SHARE = 0.02

/**
 * When to save: after five seconds, so that a run that is killed early has something, and then ever more seldom, up to every two
 * minutes and a fiftieth of the time; or as the user says.
 */
export function savings(every: SaveEvery | undefined) {
  const minutes = typeof every === 'string' ? Number.parseFloat(every) : undefined
  let [savedAt, pause] = [0, minutes === undefined ? FIRST_SECONDS : 60 * minutes]
  return {
    due: (step: number, seconds: number): boolean =>
      typeof every === 'number' ? step % every === 0 : seconds - savedAt >= pause,
    /** @param took seconds that the checkpoint was written for */
    done(seconds: number, took: number): void {
      savedAt = seconds
      if (minutes === undefined) pause = Math.max(Math.min(2 * pause, MOST_SECONDS), took / SHARE)
    },
  }
}
