import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { LacunaError } from '../errors.js'
import { parseCsv } from './csv.js'
import { splitNamed } from './layout.js'
import type { Split } from './types.js'
import { reasonOf } from './walk.js'

/** One row of a Hugging Face imagefolder table. */
export interface MetadataRow {
  /** Relative to the source; may begin with `../`. */
  readonly name: string
  readonly label: string | undefined
  readonly group: string | undefined
  readonly split: Split | undefined
}

/** `metadata.csv` or `metadata.jsonl` of a folder; it says which pictures of that folder there are. */
export interface MetadataTable {
  /** '' at the root of the source, else the name of a split folder, `train`. */
  readonly folder: string
  readonly text: string
  readonly rows: readonly MetadataRow[]
}

/**
 * The tables at the root of an imagefolder and in its split folders.
 * Columns: `file_name` (relative to the table), and where present `label` (or `category`, `class`), `group`, `split`.
 *
 * @throws LacunaError when a table cannot be read or has no `file_name`
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
  return { folder, text, rows: records.map(record => rowOf(record, folder, name)) }
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new LacunaError(`${name}: ${reasonOf(error)}; check this file and its permissions`)
  }
}

type Row = ReadonlyMap<string, string>

function csvRecords(text: string, name: string): Row[] {
  const [header = [], ...rows] = parseCsv(text, name)
  const columns = header.map(column => column.trim())
  return rows.map(row => new Map(columns.map((column, index) => [column, row[index] ?? ''])))
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
  return new Map(scalars.map(([column, field]) => [column, String(field)]))
}

function rowOf(record: Row, folder: string, table: string): MetadataRow {
  const file = record.get('file_name')
  if (!file)
    throw new LacunaError(
      `${table}: expected a column file_name in every row, found ${[...record.keys()].join(', ') || 'nothing'}`,
    )
  const split = record.get('split')
  if (split && splitNamed(split) === undefined)
    throw new LacunaError(`${table}: ${file} has the split '${split}'; expected train, test or validation`)
  const name = posix.join(folder, file.replaceAll('\\', '/'))
  return {
    name,
    label: record.get('label') || record.get('category') || record.get('class') || undefined,
    group: record.get('group') || undefined,
    split: splitNamed(split ?? '') ?? splitNamed(folder) ?? splitNamed(name.split('/', 1)[0] ?? ''),
  }
}
