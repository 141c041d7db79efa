import { createHash } from 'node:crypto'
import { nameFor, seenAs } from '../channels/bound.js'
import { type Channel, type ChannelOf, type Channels, isSequence, type Reads } from '../channels/channel.js'
import type { Gathered, GatheredSequence } from '../channels/gathered.js'
import { LacunaError } from '../errors.js'
import type { Tokenizer } from '../text/tokenizer.js'
import { type Column, emptyUnits, type Stored } from './columns.js'
import { BYTES, textsOfBytes } from './stored-text.js'
import type { About, Item, SampleSet } from './types.js'

/** What a set is made of: the columns of a store, or of memory. */
export interface Contents extends About {
  readonly columns: Readonly<Record<string, Column>>
  readonly items: readonly Item[]
  readonly fingerprint: string
  readonly close?: () => void
}

/** A channel as it is read: a column, and how much of a record makes a sample. */
interface View {
  readonly column: Column
  readonly channel: Channel
  /** Of text: without one its tokens are its bytes */
  readonly tokenizer?: Tokenizer | undefined
}

/** All records of some columns as a set. */
export function setOf<R extends Reads>({ columns, items, fingerprint, close, ...about }: Contents): SampleSet<R> {
  const classes = [...new Set(items.flatMap(({ label }) => label ?? []))].sort()
  const views = Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, { column, channel: column.channel }]),
  )
  const own = {
    ...about,
    classes,
    fingerprint,
    close() {
      close?.()
      for (const column of Object.values(columns)) column.close()
    },
  }
  return over(own, views, items, Uint32Array.from(items.keys())) as unknown as SampleSet<R>
}

/** The same set with tokens in place of the bytes of its texts; itself where it has none. */
export function tokenised(set: SampleSet, tokenizer: Tokenizer): SampleSet {
  const channels = Object.entries(set.channels)
  if (!channels.some(([, { kind }]) => kind === 'text')) return set
  const { vocabulary } = tokenizer
  return set.as(
    Object.fromEntries(
      channels.map(([name, channel]) => [name, channel.kind === 'text' ? { ...channel, vocabulary } : channel]),
    ),
    tokenizer,
  )
}

/** What a set has in common with its subsets; the fingerprint is that of all records. */
type Own = About & Pick<SampleSet, 'classes' | 'close' | 'fingerprint'>

/** @param rows of the set in the columns */
function over(
  own: Own,
  views: Readonly<Record<string, View>>,
  items: readonly Item[],
  rows: Uint32Array,
  fingerprint = own.fingerprint,
): SampleSet {
  const viewOf = (name: string): View => {
    const view = views[name]
    if (view === undefined) throw new RangeError(`no channel ${name} among ${Object.keys(views).join(', ')}`)
    return view
  }
  return {
    ...own,
    channels: Object.fromEntries(Object.entries(views).map(([name, { channel }]) => [name, channel])),
    items: Array.from(rows, row => items[row]).filter(item => item !== undefined),
    fingerprint,
    lengthOf: (name, position) => viewOf(name).column.lengthOf(pick(rows, [position])[0] ?? 0),
    textsOf(name, position) {
      const { column, channel } = viewOf(name)
      if (channel.kind !== 'text') throw new RangeError(`the channel ${name} is of ${channel.kind}, not of text`)
      return textsAt(column, pick(rows, [position])[0] ?? 0)
    },
    rateOf(name) {
      const { channel } = viewOf(name).column
      return 'rate' in channel ? channel.rate : undefined
    },
    gather(places) {
      const { records, from = {} } = 'records' in places ? places : { records: places }
      const chosen = pick(rows, records)
      return Object.fromEntries(
        Object.entries(views).map(([name, view]) => [name, gathered(view, chosen, from[name])]),
      ) as Gathered
    },
    as: <S extends Reads>(channels: Channels<S>, tokenizer?: Tokenizer) => {
      const chosen = Object.entries(channels as Channels).map(([name, channel]) => [
        name,
        { ...viewFor(name, channel, views, own.source, tokenizer), channel },
      ])
      return over(own, Object.fromEntries(chosen), items, rows, fingerprint) as unknown as SampleSet<S>
    },
    subset(positions) {
      const chosen = pick(rows, positions)
      const digest = createHash('sha256').update(own.fingerprint).update(chosen).digest('hex')
      return { ...over(own, views, items, chosen, digest), close: () => undefined }
    },
  }
}

function gathered({ column, channel, tokenizer }: View, rows: Uint32Array, from: ArrayLike<number> | undefined) {
  if (channel.kind === 'text') return tokensAt(column, channel, tokenizer, rows, from)
  const window = isSequence(channel) ? channel.length : 1
  const values = emptyUnits(channel, rows.length * window)
  // of a film that nobody has said where to look at, the frame in the middle
  const first = (row: number) =>
    column.channel.kind === 'video' && channel.kind === 'image' ? Math.floor(column.lengthOf(row) / 2) : 0
  const lengths = Int32Array.from(rows, (row, i) =>
    column.read(row, from?.[i] ?? first(row), window, values, i * window),
  )
  if (!isSequence(channel)) return values
  return { values: given(channel, values), lengths } satisfies GatheredSequence
}

/** A wave as stored is of whole numbers; what a program is given lies in [−1, 1). */
function given(channel: ChannelOf<'audio' | 'video'>, values: Stored): GatheredSequence['values'] {
  return channel.kind === 'audio' ? Float32Array.from(values, value => value / 2 ** 15) : (values as Uint8Array)
}

/** All that is stored of a record, as text. */
function textsAt(column: Column, row: number): string[] {
  const bytes = new Uint8Array(column.lengthOf(row))
  column.read(row, 0, bytes.length, bytes, 0)
  return textsOfBytes(bytes)
}

/** One text of each record, as tokens: without a tokenizer the bytes of its UTF-8. @param from which of the record's texts */
function tokensAt(
  column: Column,
  { length }: ChannelOf<'text'>,
  tokenizer: Tokenizer | undefined,
  rows: Uint32Array,
  from: ArrayLike<number> | undefined,
): GatheredSequence<'text'> {
  const values = new Int32Array(rows.length * length)
  const lengths = new Int32Array(rows.length)
  rows.forEach((row, i) => {
    const texts = textsAt(column, row)
    const text = texts[(from?.[i] ?? 0) % texts.length] ?? ''
    const tokens = tokenizer?.encode(text, length) ?? new TextEncoder().encode(text).subarray(0, length)
    values.set(tokens, i * length)
    lengths[i] = tokenizer === undefined ? tokens.length : tokens.indexOf(tokenizer.vocabulary - 1) + 1
  })
  return { values, lengths }
}

/** The channel that a method means: its column, and what makes tokens of it. */
function viewFor(
  name: string,
  wanted: Channel,
  views: Readonly<Record<string, View>>,
  source: string,
  given: Tokenizer | undefined,
): Pick<View, 'column' | 'tokenizer'> {
  const has = Object.fromEntries(Object.entries(views).map(([own, { channel }]) => [own, channel]))
  const view = views[nameFor(name, wanted.kind, has)] as View
  if (wanted.kind === 'text') {
    const tokenizer = given ?? view.tokenizer
    if ((tokenizer?.vocabulary ?? BYTES) === wanted.vocabulary) return { column: view.column, tokenizer }
    throw new LacunaError(
      `${source}: the channel ${name} is wanted in tokens of ${wanted.vocabulary}, and ${tokenizer === undefined ? 'no tokenizer is given' : `its tokenizer has ${tokenizer.vocabulary}`}; give the tokenizer of the run that it is for`,
      2,
    )
  }
  const different = differing(seenAs(wanted.kind, view.channel), wanted)
  if (different !== undefined)
    throw new LacunaError(
      `${source}: the channel ${name} has ${different} ${property(view.channel, different)} where ${property(wanted, different)} is wanted; open the data with ${flags[different] ?? 'that'}${flags[different] === undefined ? '' : ` ${property(wanted, different)}`}`,
      2,
    )
  return { column: view.column }
}

/** What has to be the same in a window as in the data: all but its length. */
function differing(own: Channel, wanted: Channel): string | undefined {
  return Object.keys(own).find(key => key !== 'length' && property(own, key) !== property(wanted, key))
}

/** What sets them */
const flags: Readonly<Record<string, string>> = { size: '--size', colours: '--channels', rate: '--fps' }

const property = (channel: Channel, key: string): unknown => (channel as unknown as Record<string, unknown>)[key]

function pick(rows: Uint32Array, positions: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(positions, position => {
    const row = rows[position]
    if (row === undefined) throw new RangeError(`position ${position} is outside of a set of ${rows.length} records`)
    return row
  })
}
