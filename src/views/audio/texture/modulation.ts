import { range } from '../../../tensor/shape.js'

/** Bands of modulation, and Hz of the lowest and the highest */
export const MODULATIONS = 10
const [LOWEST, HIGHEST] = [0.5, 200]
/** Of each band its frequency over half of its width */
const Q = 2

/** Hz in the middle of each band of modulation. */
export const modulationCentres: readonly number[] = range(MODULATIONS).map(
  n => LOWEST * (HIGHEST / LOWEST) ** (n / (MODULATIONS - 1)),
)

/** Turns of a modulation that a recording has to hold at least to tell how strong it is: 3.75 s hold that many of the slowest */
const LEAST_TURNS = 1.8
/** Seconds that a recording has to last for each of them. */
export const secondsFor: readonly number[] = modulationCentres.map(centre => LEAST_TURNS / centre)

/**
 * Filters of equal width over their frequency, half a cosine each, scaled such that Σ H² is 1 in the mean over the frequencies
 * that several of them see.
 *
 * @param bins frequencies 0, 1 / seconds, 2 / seconds, … Hz
 * @returns [MODULATIONS][bins], what each weighs power by: H²
 * @see McDermott & Simoncelli 2011
 */
export function modulationPowers(bins: number, seconds: number): number[][] {
  const raw = modulationCentres.map(centre =>
    range(bins).map(k => {
      const off = (k / seconds - centre) / (centre / Q)
      return Math.abs(off) < 1 ? Math.cos((Math.PI / 2) * off) ** 2 : 0
    }),
  )
  const [low = 0, high = 0] = [modulationCentres[3], modulationCentres.at(-4)]
  const sums = range(bins)
    .filter(k => k / seconds >= low && k / seconds <= high)
    .map(k => raw.reduce((sum, filter) => sum + (filter[k] ?? 0), 0))
  const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length
  return raw.map(filter => filter.map(weight => weight / mean))
}
