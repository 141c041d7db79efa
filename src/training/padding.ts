import type { SampleSet } from '../data/index.js'

/** Share of a window below which the longest recording leaves enough of it empty to be told */
const TOLD = 0.8
/** Seconds that windows have at least: some methods look so far ahead */
const LEAST = 0.5

/**
 * What to say where every recording is shorter than the windows: the rest of them is computed too, and stands for nothing.
 * @param set as the method reads it
 * @returns undefined where the windows are filled, or nothing is heard
 */
export function paddingIn(set: Pick<SampleSet, 'channels' | 'items' | 'lengthOf'>): string | undefined {
  const [key, channel] = Object.entries(set.channels).find(([, { kind }]) => kind === 'audio') ?? []
  if (key === undefined || channel?.kind !== 'audio') return undefined
  const lengths = set.items.map((_, i) => set.lengthOf(key, i))
  const longest = lengths.reduce((most, length) => Math.max(most, length), LEAST * channel.rate)
  if (longest >= TOLD * channel.length) return undefined
  const empty = 1 - lengths.reduce((sum, length) => sum + length, 0) / (lengths.length * channel.length)
  const seconds = Math.ceil((100 * longest) / channel.rate) / 100
  return `no recording is longer than ${seconds} s, and a window is ${channel.length / channel.rate} s: ${Math.round(100 * empty)} % of what is computed stands for nothing; --seconds ${seconds} holds as much in less time`
}
