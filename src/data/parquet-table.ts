import { join } from 'node:path'
import * as zlib from 'node:zlib'
import type { AsyncBuffer, Compressors, FileMetaData, SchemaTree } from 'hyparquet'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { LacunaError } from '../errors.js'
import { type MemberKind, mediumOf } from './media.js'
import { columnsOf } from './member-columns.js'
import type { Part } from './record-source.js'
import { type Row, rowOf, type Table } from './tables.js'
import { type DataFile, dataFile, reasonOf } from './walk.js'

/** What a data set of the Hub says of its columns. */
interface Feature {
  readonly _type?: string
  readonly names?: readonly string[]
}

interface Opened {
  readonly file: AsyncBuffer
  readonly metadata: FileMetaData
  readonly data: DataFile
}

/**
 * A Parquet file as a table, as the Hub of Hugging Face serves data: pictures and sounds lie in it as bytes, by themselves or with
 * the name of their file; classes are numbers whose names the file has too.
 *
 * @param name relative to `root`
 * @param media the kinds of members that are looked for
 * @throws LacunaError where it cannot be read
 */
export async function parquetTable(root: string, name: string, media: readonly MemberKind[]): Promise<Table> {
  try {
    const data = dataFile(name, join(root, name))
    const file = await asyncBufferFromFile(data.path)
    const metadata = await parquetMetadataAsync(file)
    const opened = { file, metadata, data }
    const { children } = parquetSchema(metadata)
    const features = featuresOf(metadata)
    const binary = children.filter(isBinary)
    const plain = children.filter(column => !isBinary(column)).map(columnName)
    const rows = plain.length === 0 ? [] : await readRows(opened, plain, 0, Number(metadata.num_rows))
    const parts = binary.flatMap(column => {
      const kind = kindOf(column, features)
      return kind !== undefined && media.includes(kind) ? [[kind, partsOf(opened, columnName(column))] as const] : []
    })
    const stem = name.replace(/\.parquet$/i, '')
    return {
      ...{ folder: '', name, version: data.version },
      rows: Array.from({ length: Number(metadata.num_rows) }, (_, i): Row => {
        const { fields, lists } = rowOf(named(rows[i] ?? {}, features), `${name}: row ${i}`)
        const found = new Map(parts.map(([kind, of]) => [kind, { name: `${stem}/${i}`, part: of(i) }]))
        return { where: `${stem}/${i}`, fields, lists, parts: found }
      }),
    }
  } catch (error) {
    if (error instanceof LacunaError) throw error
    throw new LacunaError(`${join(root, name)}: ${reasonOf(error)}; a Parquet file is expected`)
  }
}

const columnName = ({ element }: SchemaTree): string => element.name

/** Bytes by themselves, or a pair of bytes and the name of a file */
function isBinary({ element, children }: SchemaTree): boolean {
  if (children.length > 0) return children.some(child => child.element.name === 'bytes')
  return element.type === 'BYTE_ARRAY' && element.converted_type === undefined && element.logical_type === undefined
}

function kindOf(column: SchemaTree, features: Readonly<Record<string, Feature>>): MemberKind | undefined {
  const name = columnName(column)
  const type = features[name]?._type?.toLowerCase()
  const kinds = ['image', 'audio'] as const
  return (
    kinds.find(kind => type === kind || columnsOf(kind).includes(name)) ??
    kinds.find(kind => name.toLowerCase().includes(kind)) ??
    mediumOf(`x.${name}`)
  )
}

function featuresOf({ key_value_metadata: pairs = [] }: FileMetaData): Readonly<Record<string, Feature>> {
  const said = pairs.find(({ key }) => key === 'huggingface')?.value
  try {
    const value = JSON.parse(said ?? '{}') as { readonly info?: { readonly features?: Record<string, Feature> } }
    return value.info?.features ?? {}
  } catch {
    return {}
  }
}

/** Classes by their names. */
const named = (row: Readonly<Record<string, unknown>>, features: Readonly<Record<string, Feature>>) =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const { _type, names } = features[column] ?? {}
      return [column, _type === 'ClassLabel' ? (names?.[Number(value)] ?? value) : value]
    }),
  )

/** Node has it from 22.15 on; without it hyparquet says what is missing. */
const { zstdDecompressSync: zstd } = zlib as { readonly zstdDecompressSync?: (input: Uint8Array) => Uint8Array }
const compressors: Compressors = {
  GZIP: input => zlib.gunzipSync(input),
  BROTLI: input => zlib.brotliDecompressSync(input),
  ...(zstd && { ZSTD: input => zstd(input) }),
}

const readRows = ({ file, metadata }: Opened, columns: string[], rowStart: number, rowEnd: number) =>
  parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, compressors, utf8: false, geoparquet: false })

/** A column of bytes; the rows of a group are read together, and those of the last two groups are held. */
function partsOf(opened: Opened, column: string): (row: number) => Part {
  const { metadata, data } = opened
  let first = 0
  const groups = metadata.row_groups.map(group => {
    const from = first
    first += Number(group.num_rows)
    const size = group.columns
      .filter(({ meta_data }) => meta_data?.path_in_schema[0] === column)
      .reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0)
    return { from, to: first, bytes: size / Math.max(1, first - from) }
  })
  const held = new Map<number, ReturnType<typeof readRows>>()
  const rowsOf = (number: number, from: number, to: number) => {
    const found = held.get(number) ?? readRows(opened, [column], from, to)
    held.delete(number)
    held.set(number, found)
    for (const old of [...held.keys()].slice(0, -2)) held.delete(old)
    return found
  }
  return row => {
    const number = groups.findIndex(({ to }) => row < to)
    const { from = 0, to = 0, bytes = 0 } = groups[number] ?? {}
    return {
      ...{ bytes, version: `${data.version} ${row}` },
      async read() {
        const value: unknown = (await rowsOf(number, from, to))[row - from]?.[column]
        const found = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes
        if (!(found instanceof Uint8Array)) throw new Error('has no bytes in the table')
        return found
      },
    }
  }
}
