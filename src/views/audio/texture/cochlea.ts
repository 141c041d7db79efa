import { range } from '../../../tensor/shape.js'

/** A filter: what it weighs each frequency by, from one on. */
export interface Band {
  /** Number of the first frequency that it weighs, in steps of 1 / seconds Hz */
  readonly first: number
  readonly weights: readonly number[]
}

/** Bands between the lowest and the highest */
const BANDS = 30
/** Hz */
const [LOWEST, HIGHEST] = [20, 10_000]
/** @see Glasberg & Moore 1990: how many bands of the ear lie below a frequency */
const [WIDTH, BREAK] = [9.265, 24.7 * 9.265]

export const earBandsBelow = (hertz: number): number => WIDTH * Math.log(1 + hertz / BREAK)
const frequencyOf = (bands: number): number => BREAK * (Math.exp(bands / WIDTH) - 1)

/**
 * Filters as the ear's, 30 and one for what lies below and one above: half a cosine each over the scale of the ear, so that
 * two neighbours share each frequency and Σ |H|² = 1.
 *
 * @param rate of the wave
 * @param seconds that it lasts: filters weigh the frequencies 0, 1 / seconds, … rate / 2
 * @see McDermott & Simoncelli 2011, Sound Texture Perception via Statistics of the Auditory Periphery
 */
export function cochlea(rate: number, seconds: number): Band[] {
  const highest = Math.min(HIGHEST, rate / 2)
  const [from, to] = [earBandsBelow(LOWEST), earBandsBelow(highest)]
  const step = (to - from) / (BANDS + 1)
  const cuts = range(BANDS + 2).map(k => from + k * step)
  const all = Math.floor((rate * seconds) / 2)
  const over = (low: number, high: number, weight: (bands: number) => number): Band => {
    const first = Math.max(0, Math.ceil(low * seconds - 1e-9))
    const last = Math.min(all, Math.floor(high * seconds + 1e-9))
    return { first, weights: range(last - first + 1).map(i => weight(earBandsBelow((first + i) / seconds))) }
  }
  const cosine = (cut: number) => (bands: number) => Math.cos((Math.PI * (bands - cut)) / (2 * step))
  const sine = (cut: number) => (bands: number) => Math.sin((Math.PI * (bands - cut)) / (2 * step))
  const cut = (k: number) => cuts[k] ?? to
  const hertz = (k: number) => frequencyOf(cut(k))
  const lowest = cosine(cut(0))
  const above = sine(cut(BANDS))
  return [
    over(0, hertz(1), bands => (bands <= cut(0) ? 1 : lowest(bands))),
    ...range(BANDS).map(k => over(hertz(k), hertz(k + 2), cosine(cut(k + 1)))),
    over(hertz(BANDS), rate / 2, bands => (bands >= cut(BANDS + 1) ? 1 : above(bands))),
  ]
}
