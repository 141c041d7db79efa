import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join, posix, relative, sep } from 'node:path'
import { LacunaError } from '../errors.js'
import { delimiterOf, parseCsv } from './csv.js'
import { splitNamed } from './layout.js'
import { readText } from './text.js'
import type { Split } from './types.js'

/** One row of a Hugging Face imagefolder table. */
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

/** `metadata.csv` or `metadata.jsonl` of a folder; it says which pictures of that folder there are. */
export interface MetadataTable {
  /** '' at the root of the source, else the name of a split folder, `train`. */
  readonly folder: string
  readonly text: string
  readonly rows: readonly MetadataRow[]
}

/**
 * The tables at the root of an imagefolder and in its split folders: JSON lines, or CSV with commas, semicolons or tabs, in
 * UTF-8 or UTF-16. Columns: `file_name` (relative to the table, or absolute), and where present `label` (or `category`,
 * `class`), `group`, `split`; all others are labels that can be chosen instead.
 *
 * @throws LacunaError when a table cannot be read or a row has no `file_name`
 */
export function readMetadata(root: string): MetadataTable[] {
  const splitFolders = readdirSync(root).filter(name => splitNamed(name) !== undefined)
  return ['', ...splitFolders.sort()].flatMap(folder => {
    const file = ['metadata.csv', 'metadata.jsonl'].find(name => existsSync(join(root, folder, name)))
    return file === undefined ? [] : [readTable(root, folder, file)]
  })
}

function readTable(root: string, folder: string, file: string): MetadataTable {
  const name = join(folder, file)
  const text = readText(join(root, name), name)
  const records = file.endsWith('.csv') ? csvRecords(text, name) : jsonRecords(text, name)
  return { folder, text, rows: records.map(record => rowOf(record, root, folder)) }
}

interface Row {
  readonly where: string
  readonly fields: ReadonlyMap<string, string>
}

function csvRecords(text: string, name: string): Row[] {
  const [header, ...rows] = parseCsv(text, name, delimiterOf(text, 'file_name'))
  const columns = header?.fields.map(column => column.trim().toLowerCase()) ?? []
  const filled = rows.filter(({ fields }) => fields.some(field => field.trim() !== '')) // spreadsheets leave such rows
  return filled.map(({ line, fields }) => {
    const where = `${name}: line ${line}`
    if (fields.length > columns.length && fields.slice(columns.length).some(field => field !== ''))
      throw new LacunaError(
        `${where} has ${fields.length} fields where the header has ${columns.length}; put fields that hold the delimiter in double quotes`,
      )
    return { where, fields: new Map(columns.map((column, index) => [column, fields[index] ?? ''])) }
  })
}

function jsonRecords(text: string, name: string): Row[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [jsonRecord(line, `${name}: line ${index + 1}`)]))
}

function jsonRecord(line: string, where: string): Row {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new LacunaError(`${where} is not JSON: each line must be an object such as {"file_name": "a.png"}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LacunaError(`${where} is not an object such as {"file_name": "a.png"}`)
  const scalars = Object.entries(value).filter(([, field]) => ['string', 'number', 'boolean'].includes(typeof field))
  return { where, fields: new Map(scalars.map(([column, field]) => [column, String(field)])) }
}

/** Columns that say something else than what is to be seen */
const own: ReadonlySet<string> = new Set(['file_name', 'group', 'split'])

function rowOf({ where, fields }: Row, root: string, folder: string): MetadataRow {
  const file = fields.get('file_name')
  if (file === undefined)
    throw new LacunaError(
      `${where}: expected a column file_name in every row, found ${[...fields.keys()].join(', ') || 'nothing'}`,
    )
  if (file.trim() === '') throw new LacunaError(`${where} has no file_name; name its picture or remove the line`)
  const split = fields.get('split')
  if (split && splitNamed(split) === undefined)
    throw new LacunaError(`${where}: ${file} has the split '${split}'; expected train, test or validation`)
  const name = isAbsolute(file)
    ? relative(root, file).split(sep).join('/')
    : posix.join(folder, file.replaceAll('\\', '/'))
  return {
    name,
    labels: Object.fromEntries([...fields].filter(([column, value]) => !own.has(column) && value !== '')),
    label: fields.get('label') || fields.get('category') || fields.get('class') || undefined,
    group: fields.get('group') || undefined,
    split: splitNamed(split ?? '') ?? splitNamed(folder) ?? splitNamed(name.split('/', 1)[0] ?? ''),
    where,
  }
}
