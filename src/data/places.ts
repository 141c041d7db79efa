import type { Channels, Kind, Reads } from '../channels/channel.js'
import { uniforms } from '../program/draws.js'
import { type Alike, alikeAmong } from './alike.js'
import { batchPositions, batchPositionsAlike } from './shuffle.js'
import type { Places, SampleSet } from './types.js'

/**
 * The places of batch number `step`: every epoch goes through all of the data in another order. A record that is longer than a
 * window counts as often as windows fit into it: it falls into as many pieces, and each has a window that begins in it, another one
 * each time. With `alike`, a column of labels, all samples of a batch have the same in it. A pure function of its arguments, so that
 * a run goes on where it stopped.
 *
 * @param reads says which channels are taken from the same moment: the window lies around the middle of that of the channel
 *   that leads, as far as the record goes
 */
export function placesOf<R extends Reads>(
  set: SampleSet<R>,
  reads: Reads,
  batch: number,
  { seed, step, alike }: { readonly seed: number; readonly step: number; readonly alike?: string | undefined },
): Places {
  const { owners, firsts } = piecesOf(set, reads)
  const drawn =
    alike === undefined
      ? batchPositions(owners.length, batch, seed, step)
      : batchPositionsAlike(alikeAmong(set, owners, alike).kinds, batch, seed, step)
  const records = drawn.map(piece => owners[piece] ?? 0)
  const pieces = Array.from(drawn, (piece, i): Piece => {
    const first = firsts[records[i] ?? 0] ?? 0
    return { number: piece - first, of: (firsts[(records[i] ?? 0) + 1] ?? 0) - first }
  })
  return windowsOf(set, reads, records, { seed, step }, pieces)
}

/** Samples that an epoch has: one a record, and of a record that goes on for long one for each window that fits into it. */
export const samplesIn = (set: SampleSet, reads: Reads): number => piecesOf(set, reads).owners.length

/** The same where all of a batch are alike in a column of labels. @throws LacunaError (wrong usage) where there is no such column */
export const alikeIn = (set: SampleSet, reads: Reads, column: string): Alike =>
  alikeAmong(set, piecesOf(set, reads).owners, column)

/** One of the equal parts of a record. */
export interface Piece {
  readonly number: number
  readonly of: number
}

interface Pieces {
  /** The record that each piece is of, in the order of the records */
  readonly owners: Uint32Array
  /** Of every record the first of its pieces, and the end of the last */
  readonly firsts: Uint32Array
}

/** So that each of a record's texts is as likely as the others, however many there are */
const MOST_TEXTS = 2 ** 24

const known = new WeakMap<object, Pieces>()

function piecesOf<R extends Reads>(set: SampleSet<R>, reads: Reads): Pieces {
  const found = known.get(set)
  if (found !== undefined) return found
  const leading = sequencesOf(set, reads).filter(({ name }) => leaderOf(reads[name]) === undefined)
  const firsts = new Uint32Array(set.items.length + 1)
  for (let record = 0; record < set.items.length; record++) {
    const fitting = leading.map(({ name, apart }) => Math.round(set.lengthOf(name, record) / apart))
    firsts[record + 1] = (firsts[record] ?? 0) + Math.max(1, ...fitting)
  }
  const owners = new Uint32Array(firsts[set.items.length] ?? 0)
  for (let record = 0; record < set.items.length; record++) owners.fill(record, firsts[record], firsts[record + 1])
  known.set(set, { owners, firsts })
  return { owners, firsts }
}

/**
 * Where in each of some records the windows lie, drawn by (seed, step).
 * @param pieces that they begin in; anywhere unless told
 */
export function windowsOf<R extends Reads>(
  set: SampleSet<R>,
  reads: Reads,
  records: Uint32Array,
  { seed, step }: { readonly seed: number; readonly step: number },
  pieces?: readonly Piece[],
): Places {
  const from: Record<string, Float64Array> = {}
  for (const name of textsIn(set.channels)) {
    const next = uniforms(seed, step, `place of ${name}`)
    from[name] = Float64Array.from(records, () => Math.floor(next() * MOST_TEXTS)) // each is read from its beginning
  }
  const sequences = sequencesOf(set, reads)
  for (const { name, window, rate } of sequences) {
    const leader = leaderOf(reads[name])
    const led = sequences.find(({ name }) => name === leader)
    const next = uniforms(seed, step, `place of ${name}`)
    from[name] = Float64Array.from(records, (record, i) => {
      const length = set.lengthOf(name, record)
      const most = Math.max(0, length - window)
      const { number = 0, of = 1 } = pieces?.[i] ?? {}
      if (leader === undefined) return Math.min(most, Math.floor(((number + next()) / of) * (most + 1)))
      const seconds = led ? ((from[led.name]?.[i] ?? 0) + led.window / 2) / led.rate : length / rate / 2
      return Math.min(most, Math.max(0, Math.round(seconds * rate - window / 2)))
    })
  }
  return { records, from }
}

/**
 * Windows through all of each record, one after the other, whatever has been drawn: those of a record overlap.
 * @param overlap windows that begin within the length of one
 */
export function windowsThrough<R extends Reads>(set: SampleSet<R>, reads: Reads, overlap: number): Places {
  const sequences = sequencesOf(set, reads)
  const leader = sequences.find(({ name }) => leaderOf(reads[name]) === undefined)
  const starts = Array.from(set.items.keys()).flatMap(record => {
    if (leader === undefined) return [{ record, start: 0 }]
    const most = Math.max(0, set.lengthOf(leader.name, record) - leader.window)
    const step = Math.max(1, Math.round(leader.apart / overlap))
    return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => ({ record, start: i * step }))
  })
  const from = sequences.map(({ name, window, rate }) => {
    const places = starts.map(({ record, start }) => {
      if (name === leader?.name) return start
      const length = set.lengthOf(name, record)
      const seconds = leader ? (start + leader.window / 2) / leader.rate : length / rate / 2
      const most = Math.max(0, length - window)
      return Math.min(most, Math.max(0, Math.round(seconds * rate - window / 2)))
    })
    return [name, Float64Array.from(places)] as const
  })
  return { records: Uint32Array.from(starts, ({ record }) => record), from: Object.fromEntries(from) }
}

/** Some of many places. */
export const placesAt = ({ records, from = {} }: Places, rows: ArrayLike<number>): Places => ({
  records: Array.from(rows, row => records[row] ?? 0),
  from: Object.fromEntries(
    Object.entries(from).map(([name, starts]) => [name, Array.from(rows, row => starts[row] ?? 0)] as const),
  ),
})

/** What goes on in time, as it is read. */
interface InTime {
  readonly name: string
  /** Units that a sample has */
  readonly window: number
  /** Units after which a record has something new to show */
  readonly apart: number
  /** Units in a second */
  readonly rate: number
}

/** Those that go on in time, leaders before those that follow them; not text. */
function sequencesOf<R extends Reads>(set: SampleSet<R>, reads: Reads): InTime[] {
  const sequences = Object.entries<{ readonly kind: Kind; readonly length?: number }>(set.channels).flatMap(
    ([name, channel]): InTime[] => {
      const rate = set.rateOf(name)
      if (rate === undefined) return []
      const { length: window } = channel
      // a picture of a film: those of one second are much alike
      return [window === undefined ? { name, window: 1, apart: rate, rate } : { name, window, apart: window, rate }]
    },
  )
  const follows = ({ name }: InTime) => Number(leaderOf(reads[name]) !== undefined)
  return sequences.sort((a, b) => follows(a) - follows(b))
}

const textsIn = (channels: Channels): string[] =>
  Object.entries(channels).flatMap(([name, { kind }]) => (kind === 'text' ? [name] : []))

const leaderOf = (wanted: Reads[string] | undefined): string | undefined =>
  wanted !== undefined && 'with' in wanted ? wanted.with : undefined
