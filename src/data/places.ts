import { type Channel, type Channels, isSequence, type Reads } from '../channels/channel.js'
import { uniforms } from '../program/draws.js'
import { batchPositions } from './shuffle.js'
import type { Places, SampleSet } from './types.js'

/**
 * The places of batch number `step`: every epoch goes through all records in another order, and of those that are longer than
 * a window another window is drawn each time. A pure function of its arguments, so that a run goes on where it stopped.
 *
 * @param reads says which channels are taken from the same moment: the window lies around the middle of that of the channel
 *   that leads, as far as the record goes
 */
export function placesOf<R extends Reads>(
  set: SampleSet<R>,
  reads: Reads,
  batch: number,
  { seed, step }: { readonly seed: number; readonly step: number },
): Places {
  return windowsOf(set, reads, batchPositions(set.items.length, batch, seed, step), { seed, step })
}

/** Where in each of some records the windows lie, drawn by (seed, step). */
export function windowsOf<R extends Reads>(
  set: SampleSet<R>,
  reads: Reads,
  records: Uint32Array,
  { seed, step }: { readonly seed: number; readonly step: number },
): Places {
  const from: Record<string, Float64Array> = {}
  for (const [name, channel] of sequencesOf(set.channels, reads)) {
    if (channel.kind === 'text') continue // which is read from its beginning
    const leader = leaderOf(reads[name])
    const next = uniforms(seed, step, `place of ${name}`)
    from[name] = Float64Array.from(records, (record, i) => {
      const length = set.lengthOf(name, record)
      const most = Math.max(0, length - channel.length)
      if (leader === undefined) return Math.floor(next() * (most + 1))
      const seconds = middleOf(set.channels[leader], from[leader]?.[i]) ?? length / channel.rate / 2
      return Math.min(most, Math.max(0, Math.round(seconds * channel.rate - channel.length / 2)))
    })
  }
  return { records, from }
}

/** Those that go on in time, leaders before those that follow them. */
function sequencesOf(channels: Channels, reads: Reads) {
  const sequences = Object.entries(channels).flatMap(([name, channel]) =>
    isSequence(channel) ? [[name, channel] as const] : [],
  )
  return sequences.sort(
    ([a], [b]) => Number(leaderOf(reads[a]) !== undefined) - Number(leaderOf(reads[b]) !== undefined),
  )
}

const leaderOf = (wanted: Reads[string] | undefined): string | undefined =>
  wanted !== undefined && 'with' in wanted ? wanted.with : undefined

/** The middle of a window in seconds from the beginning of its record; undefined for what has no rate. */
const middleOf = (channel: Channel | undefined, from = 0): number | undefined =>
  channel !== undefined && 'rate' in channel ? (from + channel.length / 2) / channel.rate : undefined
