import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LacunaError } from '../errors.js'
import { delimiterOf, parseCsv } from './csv.js'
import { splitNamed } from './layout.js'
import type { Part } from './record-source.js'
import { readText } from './text.js'

/** One row of a table, by its columns. */
export interface Row {
  /** Where it stands, for messages: `metadata.csv: line 3`. */
  readonly where: string
  /** Texts, numbers and truths, as texts */
  readonly fields: ReadonlyMap<string, string>
  /** Lists of texts */
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** What lies in the table itself, with the name of the file that it was made of */
  readonly parts?: ReadonlyMap<string, { readonly name: string | undefined; readonly part: Part }>
}

/** A table that says which records there are. */
export interface Table {
  /** Where the files that it names lie, relative to the source: '' at its root, else the name of a split folder, `train`. */
  readonly folder: string
  /** For messages */
  readonly name: string
  /** What tells one version of it from the next */
  readonly version: string
  readonly rows: readonly Row[]
}

const names = ['metadata.csv', 'metadata.tsv', 'metadata.jsonl']

/**
 * The tables at the root of a folder and in its split folders: JSON lines, or CSV with commas, semicolons or tabs, in UTF-8 or
 * UTF-16.
 * @param columns those of which a CSV is expected to have one
 * @throws LacunaError when a table cannot be read
 */
export function readTables(root: string, columns: readonly string[]): Table[] {
  const splitFolders = readdirSync(root).filter(name => splitNamed(name) !== undefined)
  return ['', ...splitFolders.sort()].flatMap(folder => {
    const file = names.find(name => existsSync(join(root, folder, name)))
    return file === undefined ? [] : [readTable(root, folder, file, columns)]
  })
}

/** Whether a file is a table of text, by its name. */
export const isTable = (name: string): boolean => /\.(csv|tsv|jsonl|ndjson)$/i.test(name)

/** A table that is given by itself. */
export const tableAt = (path: string, columns: readonly string[]): Table =>
  readTable(dirname(path), '', basename(path), columns)

function readTable(root: string, folder: string, file: string, columns: readonly string[]): Table {
  const name = join(folder, file)
  const text = readText(join(root, name), name)
  return {
    ...{ folder, name, version: text },
    rows: /\.(csv|tsv)$/i.test(file) ? csvRows(text, name, columns) : jsonRows(text, name),
  }
}

function csvRows(text: string, name: string, known: readonly string[]): Row[] {
  const [header, ...rows] = parseCsv(text, name, delimiterOf(text, known))
  const columns = header?.fields.map(column => column.trim().toLowerCase()) ?? []
  const filled = rows.filter(({ fields }) => fields.some(field => field.trim() !== '')) // spreadsheets leave such rows
  return filled.map(({ line, fields }) => {
    const where = `${name}: line ${line}`
    if (fields.length > columns.length && fields.slice(columns.length).some(field => field !== ''))
      throw new LacunaError(
        `${where} has ${fields.length} fields where the header has ${columns.length}; put fields that hold the delimiter in double quotes`,
      )
    return { where, fields: new Map(columns.map((column, index) => [column, fields[index] ?? ''])), lists: new Map() }
  })
}

function jsonRows(text: string, name: string): Row[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [jsonRow(line, `${name}: line ${index + 1}`)]))
}

function jsonRow(line: string, where: string): Row {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new LacunaError(`${where} is not JSON: each line must be an object such as {"file_name": "a.png"}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LacunaError(`${where} is not an object such as {"file_name": "a.png"}`)
  return rowOf(value, where)
}

/** The scalars and the lists of texts of an object. */
export function rowOf(object: object, where: string): Row {
  const isScalar = (field: unknown) => ['string', 'number', 'boolean', 'bigint'].includes(typeof field)
  const isList = (field: unknown): field is string[] =>
    Array.isArray(field) && field.length > 0 && field.every(each => typeof each === 'string')
  const all = Object.entries(object)
  return {
    where,
    fields: new Map(all.filter(([, field]) => isScalar(field)).map(([column, field]) => [column, String(field)])),
    lists: new Map(all.flatMap(([column, field]) => (isList(field) ? [[column, field]] : []))),
  }
}
