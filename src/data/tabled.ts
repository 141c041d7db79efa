import { join } from 'node:path'
import { LacunaError } from '../errors.js'
import { groupOf } from './group-pattern.js'
import { incompleteNotes, lacking } from './incomplete.js'
import { type MemberKind, mediumOf, media as words, wordsOf } from './media.js'
import { columnsOf, fileColumn, memberColumns, textsInRow } from './member-columns.js'
import { aboutRow, nameIn } from './metadata.js'
import { type FoundRecord, filePart, type Part, recordSource, textPart } from './record-source.js'
import { splitOfShard } from './shards.js'
import { collect } from './split.js'
import type { Row, Table } from './tables.js'
import type { ReaderOptions, Skipped, Source } from './types.js'
import { dataFile, reasonOf } from './walk.js'

/** What a row says of one record, before any file is looked for. */
interface Draft {
  readonly row: Row
  readonly table: Table
  /** Relative to the source; what lies in the table itself has a part already */
  readonly files: ReadonlyMap<MemberKind, { readonly name: string; readonly part?: Part }>
  readonly texts: readonly string[]
}

/**
 * Records as tables have them: files by `image_file_name`, `audio_file_name` or `file_name`, and texts by `text` or `caption`. A list
 * of files is as many records of one group; a list of texts, or rows of the same files, are texts of one record.
 *
 * @param root where the files lie that the tables name
 * @throws LacunaError where a column is missing, or rows contradict one another
 */
export function tabledSource(root: string, path: string, tables: readonly Table[], options: ReaderOptions): Source {
  const { media, group, text } = options
  for (const table of tables) checkColumns(table, media, text)
  const drafts = tables.flatMap(table => table.rows.flatMap(row => draftsOf(row, table, root, media, text)))
  const merged = [...collect(drafts, keyOf).values()].map(together)
  const records: FoundRecord[] = []
  const skipped: Skipped[] = []
  for (const draft of merged) {
    const name = nameOf(draft)
    const missing = media.filter(kind => !draft.files.has(kind) && !(kind === 'text' && draft.texts.length > 0))
    if (missing.length > 0) skipped.push(lacking(name, missing))
    else {
      try {
        records.push({ item: itemOf(draft, name, media, group, text), parts: partsOf(draft, root, media) })
      } catch (error) {
        if (error instanceof LacunaError) throw error
        skipped.push({ name, reason: reasonOf(error) })
      }
    }
  }
  if (records.length + skipped.length === 0)
    throw new LacunaError(`${path}: the table has no rows; add one for each of the ${wordsOf(media).many}`)
  return recordSource(path, media, {
    records,
    skipped,
    notes: [...incompleteNotes(skipped), ...mergedNotes(drafts, merged)],
  })
}

function checkColumns({ name, rows }: Table, media: readonly MemberKind[], text: string | undefined): void {
  const has = new Set(
    rows.flatMap(({ fields, lists, parts }) => [...fields.keys(), ...lists.keys(), ...(parts?.keys() ?? [])]),
  )
  for (const kind of media) {
    const wanted = columnsOf(kind, text)
    if (rows.length === 0 || wanted.some(column => has.has(column))) continue
    const [first, second] = kind === 'text' ? wanted : [fileColumn(kind), 'file_name']
    const advice = kind === 'text' ? '; --caption <column> names another' : ''
    throw new LacunaError(
      `${name}: a column ${second === undefined || second === first ? first : `${first} or ${second}`} is expected for the ${words[kind].many}, found ${[...has].join(', ') || 'nothing'}${advice}`,
      2,
    )
  }
}

/** One record a row, or as many as its lists of files are long. */
function draftsOf(
  row: Row,
  table: Table,
  root: string,
  media: readonly MemberKind[],
  text: string | undefined,
): Draft[] {
  const named = media
    .map(kind => [kind, filesIn(row, table, root, kind, media)] as const)
    .filter(([, files]) => files.length > 0)
  const count = Math.max(1, ...named.map(([, files]) => files.length))
  const other = named.find(([, files]) => files.length !== 1 && files.length !== count)
  if (other !== undefined)
    throw new LacunaError(
      `${row.where}: its lists of files are of ${count} and of ${other[1].length}; give them one length, or one file for all`,
    )
  const texts = media.includes('text') ? textsInRow(row, text) : []
  return Array.from({ length: count }, (_, i) => ({
    ...{ row, table, texts },
    files: new Map(
      named.flatMap(([kind, files]) => {
        const file = files[i] ?? files[0]
        return file === undefined ? [] : [[kind, file] as const]
      }),
    ),
  }))
}

function filesIn(
  { fields, lists, parts }: Row,
  table: Table,
  root: string,
  kind: MemberKind,
  media: readonly MemberKind[],
) {
  const embedded = parts?.get(kind)
  if (embedded !== undefined) return [{ name: embedded.name ?? '', part: embedded.part }]
  const own = fileColumn(kind)
  const only = media.filter(each => each !== 'text').length === 1
  const mayBe = (file: string) => mediumOf(file) === kind || (only && kind !== 'text' && mediumOf(file) === undefined)
  const common = [...(lists.get('file_names') ?? []), fields.get('file_name') ?? ''].filter(mayBe)
  const found = lists.get(`${own}s`) ?? [fields.get(own) ?? ''].filter(file => file.trim() !== '')
  return (found.length > 0 ? found : common).map(file => ({ name: nameIn(root, table.folder, file) }))
}

/** Rows of the same files say different things of one record; rows without any are records of their own. */
const keyOf = ({ files, row }: Draft): string =>
  files.size === 0 || [...files.values()].some(({ part }) => part !== undefined)
    ? row.where
    : [...files.values()].map(({ name }) => name).join('\n')

/** @throws LacunaError where they contradict one another */
function together([first, ...others]: readonly Draft[]): Draft {
  if (first === undefined) throw new Error('no rows')
  for (const { row } of others) {
    const column = ['label', 'split', 'group'].find(name => row.fields.get(name) !== first.row.fields.get(name))
    if (column !== undefined)
      throw new LacunaError(
        `${row.where}: ${nameOf(first)} has the ${column} ${row.fields.get(column) || '(none)'}, but ${first.row.fields.get(column) || '(none)'} in ${first.row.where}; leave one for each record`,
      )
  }
  return { ...first, texts: [...new Set([first, ...others].flatMap(({ texts }) => texts))] }
}

const mergedNotes = (drafts: readonly Draft[], merged: readonly Draft[]): string[] =>
  drafts.length === merged.length
    ? []
    : [`${drafts.length} rows of ${merged.length} records: those of the same files are texts of one record.`]

/** Of its first file, or where it stands */
const nameOf = ({ files, row }: Draft): string => [...files.values()].find(({ name }) => name !== '')?.name ?? row.where

function itemOf(
  draft: Draft,
  name: string,
  media: readonly MemberKind[],
  group: RegExp | undefined,
  text: string | undefined,
) {
  const { row, table } = draft
  const about = aboutRow(row, table.folder, name, new Set(memberColumns(media, text)))
  const lists = [...row.lists.keys()].some(column => column.endsWith('file_names'))
  const split = about.split ?? splitOfShard(table.name)
  return { name, ...about, split, group: about.group ?? (lists ? row.where : groupOf(name, group)) }
}

const partsOf = ({ files, texts }: Draft, root: string, media: readonly MemberKind[]): Part[] =>
  media.map(kind => {
    const file = files.get(kind)
    if (file === undefined || (kind === 'text' && texts.length > 0)) return textPart(texts)
    return file.part ?? filePart(dataFile(file.name, join(root, file.name)))
  })
