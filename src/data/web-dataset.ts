import { basename, dirname, extname, join } from 'node:path'
import { LacunaError } from '../errors.js'
import { regularFile } from '../files.js'
import { groupOf } from './group-pattern.js'
import { firstNames, incompleteNotes, lacking } from './incomplete.js'
import { type MemberKind, mediumOf, wordsOf } from './media.js'
import { memberColumns, textsInRow } from './member-columns.js'
import { aboutRow } from './metadata.js'
import { type FoundRecord, type Part, recordSource, textPart } from './record-source.js'
import { splitOfShard } from './shards.js'
import { type Row, rowOf } from './tables.js'
import { openTar, readAt, type Tar, type TarEntry } from './tar.js'
import { decodeText } from './text.js'
import type { ReaderOptions, Skipped, Source } from './types.js'
import { dataFile, reasonOf } from './walk.js'

interface Shard {
  /** Relative to the source; '' where that is the only one */
  readonly name: string
  readonly path: string
}

/** Files of one key, which follow one another. */
interface Sample {
  readonly key: string
  readonly shard: Shard
  readonly entries: readonly TarEntry[]
}

/** Text of a label or of what is known of a record is looked at before it is decoded: no more than that of it */
const MOST = 2 ** 20

/**
 * Shards of WebDataset: tars in which files of one key, their name up to the first dot, follow one another: `cat.jpg` and `cat.txt`.
 * `.cls` is a label; `.json` may have `text` or `caption`, `label` and whatever else is a label.
 *
 * @param shards names relative to `root`
 * @throws LacunaError where a tar is damaged, members of one record lie apart, or none is whole
 * @see https://github.com/webdataset/webdataset
 */
export async function webDatasetSource(
  root: string,
  path: string,
  shards: readonly string[],
  options: ReaderOptions,
): Promise<Source> {
  const { media, signal } = options
  const records: FoundRecord[] = []
  const skipped: Skipped[] = []
  const cut: { readonly name: string }[] = []
  for (const name of shards) {
    signal?.throwIfAborted()
    const shard = { name: shards.length > 1 ? name : '', path: join(root, name) }
    const { entries, ended } = opened(shard.path)
    if (!ended) cut.push({ name })
    for (const sample of samplesOf(shard, name, entries)) {
      const found = await recordOf(sample, name, options)
      if ('item' in found) records.push(found)
      else skipped.push(...found)
    }
  }
  if (records.length + skipped.length === 0)
    throw new LacunaError(`${path}: holds no ${wordsOf(media).many}; pack files of the same name one after the other`)
  return recordSource(path, media, { records, skipped, notes: [...cutNotes(cut), ...incompleteNotes(skipped)] })
}

const cutNotes = (cut: readonly { readonly name: string }[]): string[] =>
  cut.length === 0
    ? []
    : [
        `${cut.length} ${cut.length === 1 ? 'tar lacks' : 'tars lack'} the mark at the end ${firstNames(cut)}: what was to follow may have been cut off; compare with where it comes from.`,
      ]

function opened(path: string): Tar {
  try {
    regularFile(path)
    return openTar(path)
  } catch (error) {
    throw new LacunaError(`${path}: ${reasonOf(error)}`)
  }
}

function samplesOf(shard: Shard, name: string, entries: readonly TarEntry[]): Sample[] {
  const samples: { key: string; shard: Shard; entries: TarEntry[] }[] = []
  for (const entry of entries.filter(({ name }) => !basename(name).startsWith('.'))) {
    const key = keyOf(entry.name)
    const last = samples.at(-1)
    if (last?.key === key) last.entries.push(entry)
    else samples.push({ key, shard, entries: [entry] })
  }
  const first = new Map<string, Sample>()
  for (const sample of samples) {
    const before = first.get(sample.key)
    if (before !== undefined)
      throw new LacunaError(
        `${name}: ${before.entries[0]?.name} and ${sample.entries[0]?.name} lie apart, and files of one record must follow one another; pack it again with tar --sort=name`,
      )
    first.set(sample.key, sample)
  }
  return samples
}

/** The name up to the first dot of its last part */
const keyOf = (name: string): string => join(dirname(name), basename(name).split('.', 1)[0] ?? '')

async function recordOf(sample: Sample, shardName: string, options: ReaderOptions): Promise<FoundRecord | Skipped[]> {
  const { media, group, text } = options
  const { shard, entries } = sample
  const named = (name: string) => (shard.name === '' ? name : `${shard.name}/${name}`)
  const parts = new Map<MemberKind, { readonly name: string; readonly part: Part }>()
  for (const entry of entries) {
    const kind = mediumOf(entry.name)
    if (kind !== undefined && media.includes(kind) && !parts.has(kind))
      parts.set(kind, { name: entry.name, part: partOf(shard, entry) })
  }
  const row = await knownOf(sample, named)
  const texts = media.includes('text') ? textsInRow(row, text) : []
  if (texts.length > 0) parts.set('text', { name: sample.key, part: textPart(texts) })
  const missing = media.filter(kind => !parts.has(kind))
  if (parts.size === 0) return []
  if (missing.length > 0) return [...parts.values()].map(({ name }) => lacking(named(name), missing))
  const all = media.flatMap(kind => parts.get(kind) ?? [])
  const name = named(all[0]?.name ?? sample.key)
  const about = aboutRow(row, '', name, new Set(memberColumns(media, text)))
  const split = about.split ?? splitOfShard(shardName)
  const item = { name, ...about, split, group: about.group ?? groupOf(name, group) }
  return { item, parts: all.map(({ part }) => part) }
}

const partOf = (shard: Shard, entry: TarEntry): Part => ({
  bytes: entry.bytes,
  version: `${dataFile('', shard.path).version} ${entry.name} ${entry.offset} ${entry.bytes}`,
  read: () => readAt(shard.path, entry),
})

/** What a record says of itself: the class, and the fields of its JSON. */
async function knownOf({ shard, entries }: Sample, named: (name: string) => string): Promise<Row> {
  const textOf = async (extension: string) => {
    const entry = entries.find(({ name }) => extname(name).toLowerCase() === extension)
    return (
      entry && {
        name: named(entry.name),
        text: decodeText(await readAt(shard.path, { ...entry, bytes: Math.min(entry.bytes, MOST) })),
      }
    )
  }
  const [label, json] = [await textOf('.cls'), await textOf('.json')]
  const where = json?.name ?? label?.name ?? named(entries[0]?.name ?? '')
  const row = json === undefined ? rowOf({}, where) : jsonOf(json.text, where)
  return label === undefined ? row : { ...row, fields: new Map([...row.fields, ['label', label.text.trim()]]) }
}

function jsonOf(text: string, where: string): Row {
  try {
    const value: unknown = JSON.parse(text)
    return rowOf(typeof value === 'object' && value !== null ? value : {}, where)
  } catch {
    throw new LacunaError(`${where} is not JSON: an object such as {"text": "a cat"} is expected`)
  }
}
