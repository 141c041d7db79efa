import type { Range } from '../channels/picture-reading.js'

/** Values of some pictures, to find out what is black and what is white. */
export interface Sample {
  readonly values: ArrayLike<number>
  /** Colour in 16 bits: photographs, mostly, whose values have a meaning of their own. */
  readonly colour16: boolean
}

/** Ranges that values are commonly stored in: shares, signed shares, and whole numbers of 8 to 16 bits. */
const common: readonly (readonly [number, number])[] = [
  [0, 1],
  [-1, 1],
  ...[8, 10, 12, 14, 16].map(bits => [0, 2 ** bits - 1] as const),
]

// One pixel in a thousand at either end: hot pixels of cameras, metal in computed tomography.
const OUTLIERS = 0.001

/**
 * What is to be black and white in pictures of more than 8 bits: a common range that the values fill by half or more, else
 * the smallest and the largest value; but where the outermost thousandth takes up more than half of all that lies
 * between those, it does not count.
 */
export function rangeOf(samples: readonly Sample[]): Range {
  const finite = samples.flatMap(({ values }) => Array.from(values).filter(Number.isFinite))
  const sorted = Float64Array.from(finite).sort()
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  const spread = at(1) - at(0)
  if (samples.some(({ colour16 }) => colour16) && at(1) > 2 ** 14) return { low: 0, high: 2 ** 16 - 1, of: 'deep' }
  const outer = at(1 - OUTLIERS) - at(OUTLIERS) < spread / 2 ? OUTLIERS : 0
  const [low, high] = [at(outer), at(1 - outer)]
  const [from, to] = common.find(([a, b]) => a <= low && high <= b && b - a <= 2 * (high - low)) ?? [low, high]
  return { low: from, high: to > from ? to : from + 1, of: 'deep' }
}
