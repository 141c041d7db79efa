import { createHash } from 'node:crypto'
import { type Column, type Stored, valuesPerUnit } from './columns.js'
import { TEST_SHARE } from './split.js'
import type { Item, Split } from './types.js'

/** Fewer films than this are parted in time where nobody has said which are for the test */
const FEW = 5
/** Blocks that a film falls into at most */
const MOST_BLOCKS = 20
/** Frames of a block at least */
const LEAST = 20
/** Seconds between what is trained on and what is tested on, */
const GAP = 2
/** and at most this share of the film */
const MOST_GAP = 0.05

export interface Parted {
  readonly columns: Readonly<Record<string, Column>>
  readonly items: readonly Item[]
  readonly notes: readonly string[]
  /** Of the records before they were parted; another one after */
  readonly fingerprint: string
}

/**
 * Few films are no train and test part by themselves: each is cut into blocks of time, the last ones are the test part, and what lies
 * just before them belongs to neither, since frames that follow each other are nearly the same. Other records stay as they are, and
 * so do those of which a folder or a table says to which part they belong.
 */
export function partedInTime(whole: Parted): Parted {
  const film = Object.values(whole.columns).find(({ channel }) => channel.kind === 'video')
  const { items } = whole
  if (film === undefined || film.channel.kind !== 'video' || items.length >= FEW) return whole
  if (items.some(({ split }) => split !== undefined)) return whole
  const { rate } = film.channel
  const cuts = items.map((_, record) => cutsOf(film.lengthOf(record), rate))
  const blocks = cuts.flatMap((own, record) => own.map(cut => ({ ...cut, record })))
  if (blocks.every(({ split }) => split === undefined)) return whole
  const named = blocks.map(block => itemOf(items[block.record], block, rate))
  const gap = cuts.map(own => gapIn(own) / rate).find(seconds => seconds > 0) ?? 0
  const [noun, their] = items.length === 1 ? ['1 film', 'its'] : [`${items.length} films`, 'their']
  return {
    columns: Object.fromEntries(
      Object.entries(whole.columns).map(([name, column]) => [name, columnOf(column, blocks, rate)]),
    ),
    items: named,
    notes: [
      ...whole.notes,
      `${noun}, and none marked for the test: ${their} last fifth is the test part, ${Number(gap.toPrecision(2))} s before it are left out. Folders train and test say it otherwise.`,
    ],
    fingerprint: createHash('sha256')
      .update(whole.fingerprint)
      .update(JSON.stringify(named.map(({ name, split }) => [name, split])))
      .digest('hex'),
  }
}

/** Frames of a film that belong together. */
interface Cut {
  readonly from: number
  /** The first that is no longer of it */
  readonly to: number
  readonly split: Split | undefined
}

/** One block, of no part, where a film is too short. */
function cutsOf(frames: number, rate: number): Cut[] {
  const test = Math.round(frames * (1 - TEST_SHARE))
  const train = test - Math.ceil(Math.min(GAP * rate, MOST_GAP * frames))
  if (frames - test < LEAST) return [{ from: 0, to: frames, split: undefined }]
  return [...evenly(0, train, 'train', 1 - TEST_SHARE), ...evenly(test, frames, 'test', TEST_SHARE)]
}

function evenly(from: number, to: number, split: Split, share: number): Cut[] {
  const count = Math.max(1, Math.min(Math.round(share * MOST_BLOCKS), Math.floor((to - from) / LEAST)))
  const edge = (i: number) => from + Math.round((i * (to - from)) / count)
  return Array.from({ length: count }, (_, i) => ({ from: edge(i), to: edge(i + 1), split }))
}

function gapIn(cuts: readonly Cut[]): number {
  const first = cuts.findIndex(({ split }) => split === 'test')
  return (cuts[first]?.from ?? 0) - (cuts[first - 1]?.to ?? 0)
}

/** Called by the part of the film that it is, as media fragments are. @see https://www.w3.org/TR/media-frags */
function itemOf(item: Item | undefined, { from, to, split }: Cut, rate: number): Item {
  const { name = '', copyOf, like: _, ...rest } = item ?? { label: undefined, group: '', split }
  const part = `#t=${(from / rate).toFixed(2)},${(to / rate).toFixed(2)}`
  if (split === undefined) return { ...rest, name, split, ...(copyOf !== undefined && { copyOf }) }
  return {
    ...rest,
    name: name + part,
    group: `${rest.group}#${split}`,
    split,
    ...(copyOf !== undefined && { copyOf: copyOf + part }),
  }
}

/** @param rate of the frames that blocks are told in */
function columnOf(column: Column, blocks: readonly (Cut & { readonly record: number })[], rate: number): Column {
  const { channel } = column
  if (!('length' in channel)) {
    return {
      ...column,
      records: blocks.length,
      lengthOf: i => column.lengthOf(blocks[i]?.record ?? -1),
      read: (i, ...where) => column.read(blocks[i]?.record ?? -1, ...where),
    }
  }
  const perFrame = 'rate' in channel ? channel.rate / rate : undefined
  const parts = blocks.map(({ record, from, to }) => {
    const all = column.lengthOf(record)
    if (perFrame === undefined) return { record, from: 0, length: all }
    const [first, end] = [from, to].map(frame => Math.min(all, Math.round(frame * perFrame)))
    return { record, from: first ?? 0, length: (end ?? 0) - (first ?? 0) }
  })
  const perUnit = valuesPerUnit(channel)
  const partAt = (i: number) => {
    const part = parts[i]
    if (part === undefined) throw new RangeError(`record ${i} is outside of a column of ${parts.length}`)
    return part
  }
  return {
    channel: { ...channel, length: Math.max(1, ...parts.map(({ length }) => length)) },
    records: parts.length,
    lengthOf: i => partAt(i).length,
    read(i: number, from: number, count: number, into: Stored, at: number) {
      const { record, from: first, length } = partAt(i)
      const there = Math.max(0, Math.min(count, length - from))
      column.read(record, first + from, there, into, at)
      into.fill(0, (at + there) * perUnit, (at + count) * perUnit)
      return there
    },
    close: () => column.close(),
  }
}
