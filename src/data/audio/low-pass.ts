/** Ripple of what passes, and what is left of what is stopped, in decibels. */
export const ATTENUATION = 72

/** Of the Kaiser window for this attenuation. */
const BETA = 0.1102 * (ATTENUATION - 8.7)

/**
 * The value at time `t` of a low pass: a sinc in a Kaiser window. Times in samples, frequencies in cycles a sample.
 * @param cutoff the middle of the transition
 * @param half half of the length of the window
 */
export function lowPass(t: number, cutoff: number, half: number): number {
  if (Math.abs(t) >= half) return 0
  const x = 2 * Math.PI * cutoff * t
  const sinc = x === 0 ? 1 : Math.sin(x) / x
  return 2 * cutoff * sinc * (bessel(BETA * Math.sqrt(1 - (t / half) ** 2)) / bessel(BETA))
}

/**
 * Half of the length of the window that a transition needs, in samples.
 * @param transition width from what passes to what is stopped, in cycles a sample
 * @see Kaiser 1974, Nonrecursive digital filter design using the I0-sinh window function
 */
export const halfLength = (transition: number): number => (ATTENUATION - 7.95) / (2 * 14.36 * transition)

/** Modified, of the first kind and order 0, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1]
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
