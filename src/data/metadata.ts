import { isAbsolute, posix, relative, sep } from 'node:path'
import { LacunaError } from '../errors.js'
import { splitNamed } from './layout.js'
import type { MemberKind } from './media.js'
import { fileColumn } from './member-columns.js'
import { type Row, readTables, type Table } from './tables.js'
import type { Item, Split } from './types.js'

/** One row of a Hugging Face imagefolder or audiofolder table. */
export interface MetadataRow {
  /** Relative to the source; may begin with `../`. */
  readonly name: string
  readonly label: string | undefined
  /** Whatever else its columns say, where they say something */
  readonly labels: Readonly<Record<string, string>>
  readonly group: string | undefined
  readonly split: Split | undefined
  /** Where it stands, for messages: `metadata.csv: line 3`. */
  readonly where: string
}

/** `metadata.csv` or `metadata.jsonl` of a folder; it says which files of that folder there are. */
export interface MetadataTable extends Omit<Table, 'rows'> {
  readonly rows: readonly MetadataRow[]
}

/**
 * The tables at the root of a folder and in its split folders. Columns: `file_name` (relative to the table, or absolute; or
 * `image_file_name` of pictures, `audio_file_name` of recordings), and where present `label` (or `category`, `class`), `group`,
 * `split`; all others are labels that can be chosen instead.
 *
 * @throws LacunaError when a table cannot be read or a row has no name of a file
 */
export function readMetadata(root: string, kind: MemberKind): MetadataTable[] {
  return readTables(root, ['file_name', fileColumn(kind)]).map(({ rows, ...table }) => ({
    ...table,
    rows: rows.map(row => metadataRow(row, root, table.folder, kind)),
  }))
}

/** Columns that say something else than what is to be seen or heard */
const own = new Set(['file_name', 'group', 'split', 'image_file_name', 'audio_file_name', 'text_file_name'])

function metadataRow(row: Row, root: string, folder: string, kind: MemberKind): MetadataRow {
  const { where, fields } = row
  const file = fields.get(fileColumn(kind)) ?? fields.get('file_name')
  if (file === undefined)
    throw new LacunaError(
      `${where}: expected a column file_name in every row, found ${[...fields.keys()].join(', ') || 'nothing'}`,
    )
  if (file.trim() === '') throw new LacunaError(`${where} has no file_name; name its picture or remove the line`)
  const name = nameIn(root, folder, file)
  return { name, ...aboutRow(row, folder, name), where }
}

/** A file that a table names, relative to the source. */
export const nameIn = (root: string, folder: string, file: string): string =>
  isAbsolute(file) ? relative(root, file).split(sep).join('/') : posix.join(folder, file.replaceAll('\\', '/'))

/**
 * What a row says of its record.
 * @param name of the record
 * @param members columns that are members of it, and no labels
 * @throws LacunaError for a split that is none
 */
export function aboutRow(
  { where, fields }: Row,
  folder: string,
  name: string,
  members: ReadonlySet<string> = new Set(),
): Pick<Item, 'label' | 'split'> & Pick<MetadataRow, 'labels' | 'group'> {
  const split = fields.get('split')
  if (split && splitNamed(split) === undefined)
    throw new LacunaError(`${where}: ${name} has the split '${split}'; expected train, test or validation`)
  const says = ([column, value]: readonly [string, string]) => !own.has(column) && !members.has(column) && value !== ''
  return {
    labels: Object.fromEntries([...fields].filter(says)),
    label: fields.get('label') || fields.get('category') || fields.get('class') || undefined,
    group: fields.get('group') || undefined,
    split: splitNamed(split ?? '') ?? splitNamed(folder) ?? splitNamed(name.split('/', 1)[0] ?? ''),
  }
}
