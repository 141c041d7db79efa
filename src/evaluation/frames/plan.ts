import { audioIn } from '../../channels/bound.js'
import { learnAndTest, type SampleSet, shuffled } from '../../data/index.js'
import { range } from '../../tensor/shape.js'
import { type Said, type Triple, triplesOf } from '../abx/triples.js'
import { type Alignments, isSilence, labelsAt, type Segment } from '../alignment/index.js'
import { type FrameGrid, framesIn, middleOf } from '../windows.js'

/** A moment of a recording, and what is said then. */
export interface Moment {
  /** Place of the recording among those of the plan */
  readonly recording: number
  /** Seconds from its beginning to the middle of a frame */
  readonly seconds: number
  /** The number of its class */
  readonly label: number
}

/** A phone as it was said once, and where. */
export interface Token extends Said, Pick<Segment, 'start' | 'end'> {
  /** Place of the recording among those of the plan */
  readonly recording: number
}

/** What is asked of frames: the same of everything that makes some. */
export interface FramePlan {
  /** Recordings that are heard */
  readonly recordings: SampleSet
  /** Of each, equal for what belongs together */
  readonly groups: readonly string[]
  readonly classes: readonly string[]
  readonly training: readonly Moment[]
  readonly test: readonly Moment[]
  /** Recordings that the moments of each part are of */
  readonly counts: { readonly training: number; readonly test: number }
  readonly tokens: readonly Token[]
  readonly triples: { readonly within: readonly Triple[]; readonly across: readonly Triple[] }
  readonly notes: readonly string[]
}

export interface PlanOptions {
  /** Frames to learn from at most, and again to be told */
  readonly frames?: number
  readonly seed?: number
  /** Triples of an ABX test at most */
  readonly triples?: number
}

export const FRAMES = 10_000
/** Recordings are taken until they have so many times the frames that are wanted: those drawn are then seldom neighbours */
const SPREAD = 4

/**
 * @param grid where the frames of the encoder lie: moments are the middles of what its frames see
 * @param rate numbers of a wave in a second
 * @returns undefined where nothing can be learnt, or nothing is left to be told
 */
export function planFrames(
  set: SampleSet,
  { byPosition, notes }: Alignments,
  grid: FrameGrid,
  rate: number,
  { frames = FRAMES, seed = 0, triples = 20_000 }: PlanOptions = {},
): FramePlan | undefined {
  const positions = [...byPosition.keys()]
  const parts = partsOf(set, positions)
  const lists = [parts.training, parts.test].map(part => chosenOf(set, part, byPosition, grid, rate, frames, seed))
  const [learnt, told] = lists as [Chosen, Chosen]
  const names = [...new Set([...learnt.moments, ...told.moments].map(({ label }) => label))].sort()
  if (new Set(learnt.moments.map(({ label }) => label)).size < 2 || told.moments.length === 0) return undefined
  const heard = [...learnt.positions, ...told.positions]
  const placeOf = new Map(heard.map((position, place) => [position, place]))
  const moments = ({ moments }: Chosen): Moment[] =>
    moments.map(({ position, seconds, label }) => ({
      recording: placeOf.get(position) ?? 0,
      seconds,
      label: names.indexOf(label),
    }))
  const speakers = new Set(heard.map(position => speakerOf(set, position)))
  const all = heard.flatMap((position, recording) =>
    tokensOf(byPosition.get(position) ?? [], recording, speakerOf(set, position) ?? ''),
  )
  const asked = {
    within: triplesOf(all, { seed, most: triples }),
    across: speakers.size < 2 ? [] : triplesOf(all, { seed, most: triples, across: true }),
  }
  return {
    recordings: set.subset(heard),
    groups: heard.map(position => set.items[position]?.group ?? ''),
    classes: names,
    training: moments(learnt),
    test: moments(told),
    counts: { training: learnt.positions.length, test: told.positions.length },
    ...asOnly(all, asked),
    notes: [...notes, ...parts.notes, ...speakerNotes(speakers)],
  }
}

/** One speaker cannot be compared with another. */
function speakerNotes(speakers: ReadonlySet<string | undefined>): string[] {
  if (speakers.size > 1) return []
  return speakers.has(undefined)
    ? [
        'ABX: no column `speaker` in the metadata, so all is taken to be said by one, and nothing compared across speakers.',
      ]
    : ['ABX: one speaker only, so nothing is compared across speakers.']
}

const speakerOf = (set: SampleSet, position: number): string | undefined => set.items[position]?.labels?.speaker

/** As the data says, or one fifth for the test; groups are never parted. */
function partsOf({ items }: SampleSet, positions: readonly number[]) {
  const some = positions.flatMap(position => items[position] ?? [])
  const at = (places: ArrayLike<number>) => Array.from(places, place => positions[place] ?? 0)
  const { training, test, marked } = learnAndTest(some)
  const notes = marked
    ? []
    : ['Frames: the data has no test part, so one fifth of the recordings was kept for the test.']
  return { training: at(training), test: at(test), notes }
}

interface Chosen {
  readonly positions: readonly number[]
  readonly moments: readonly { readonly position: number; readonly seconds: number; readonly label: string }[]
}

/** Moments drawn from recordings that are drawn. */
function chosenOf(
  set: SampleSet,
  part: readonly number[],
  byPosition: Alignments['byPosition'],
  grid: FrameGrid,
  rate: number,
  most: number,
  seed: number,
): Chosen {
  const [name] = audioIn(set.channels)
  const positions: number[] = []
  const all: Chosen['moments'][number][] = []
  for (const place of shuffled(part.length, seed, 3)) {
    if (all.length >= SPREAD * most) break
    const position = part[place] ?? 0
    const moments = range(framesIn(set.lengthOf(name, position), grid)).map(t => middleOf(t, grid) / rate)
    const labels = labelsAt(byPosition.get(position) ?? [], moments)
    positions.push(position)
    for (const [t, label] of labels.entries())
      if (label !== undefined) all.push({ position, seconds: moments[t] ?? 0, label })
  }
  const drawn =
    all.length <= most
      ? all
      : Array.from(shuffled(all.length, seed, 4).slice(0, most), i => all[i]).flatMap(m => m ?? [])
  return { positions, moments: drawn }
}

/** Phones in the context of their neighbours; silence is none, but may stand beside one. */
function tokensOf(segments: readonly Segment[], recording: number, speaker: string): Token[] {
  const beside = (segment: Segment | undefined) =>
    segment === undefined || isSilence(segment.label) ? SILENCE : segment.label
  return segments.flatMap(({ start, end, label }, i) => {
    if (isSilence(label)) return []
    const context = `${beside(segments[i - 1])} ${beside(segments[i + 1])}`
    return [{ phone: label, context, speaker, recording, start, end }]
  })
}
const SILENCE = '#'

/** Only the tokens that some triple asks for, and the triples in terms of these. */
function asOnly(all: readonly Token[], asked: FramePlan['triples']): Pick<FramePlan, 'tokens' | 'triples'> {
  const wanted = [...new Set([...asked.within, ...asked.across].flatMap(({ a, b, x }) => [a, b, x]))].sort(
    (a, b) => a - b,
  )
  const place = new Map(wanted.map((token, i) => [token, i]))
  const of = (token: number) => place.get(token) ?? 0
  const renamed = (triples: readonly Triple[]) => triples.map(({ a, b, x }) => ({ a: of(a), b: of(b), x: of(x) }))
  return {
    tokens: wanted.flatMap(token => all[token] ?? []),
    triples: { within: renamed(asked.within), across: renamed(asked.across) },
  }
}
