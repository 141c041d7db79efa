import type { SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import { LacunaError } from '../errors.js'
import { writeFileAtomic } from '../files.js'

export interface EmbeddingTable {
  /** [N] what each row was made from, for example a path. */
  readonly names: readonly string[]
  /** [N] null where a sample has none; left out when there are no labels at all. */
  readonly labels?: readonly (string | null)[] | undefined
  /** [N] train, test or validation; no column without it. */
  readonly splits?: readonly (string | null)[] | undefined
  /** [N] equal for what belongs together; no column without it. */
  readonly groups?: readonly (string | null)[] | undefined
  /** [N, D] row-major. */
  readonly embeddings: Float32Array
}

/** A row group is held in memory as plain numbers with their list levels: about 50 MB. */
export const valuesPerGroup = 2 ** 21

/** The standard three-level list, which pyarrow and DuckDB read as `list<float>`. */
export const embeddingSchema: readonly SchemaElement[] = [
  { name: 'embedding', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
]

const schemaOf = (texts: readonly string[]): SchemaElement[] => [
  { name: 'root', num_children: texts.length + 2 },
  { name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ...texts.map(
    (name): SchemaElement => ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }),
  ),
  ...embeddingSchema,
]

/**
 * Writes embeddings as a Parquet table with the columns `name`, `label`, `split` and `group` where they are given, and
 * `embedding` (a list of D floats).
 *
 * @throws LacunaError when the columns differ in length, or the file cannot be written
 */
export function writeEmbeddingsParquet(path: string, table: EmbeddingTable): void {
  const { names, embeddings, labels, splits, groups } = table
  for (const [column, cells] of Object.entries({ labels, splits, groups }))
    if (cells && cells.length !== names.length)
      throw new LacunaError(`${path}: ${names.length} names but ${cells.length} ${column}`)
  if (names.length === 0 ? embeddings.length > 0 : embeddings.length % names.length > 0)
    throw new LacunaError(`${path}: ${embeddings.length} values do not divide into ${names.length} rows`)
  writeFileAtomic(path, parquetBytes(table))
}

/** One chunk of bytes a row group, so that a large table never lies in memory twice. */
function* parquetBytes({ names, embeddings, ...given }: EmbeddingTable): Iterable<Uint8Array> {
  const { labels = names.map(() => null), splits, groups } = given
  const texts = Object.entries({ label: labels, split: splits, group: groups }).flatMap(([name, cells]) =>
    cells === undefined ? [] : [{ name, cells }],
  )
  const bytes = new ByteWriter()
  const schema = schemaOf(texts.map(({ name }) => name))
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'lacuna' })
  const width = embeddings.length / Math.max(names.length, 1)
  const group = Math.max(1, Math.floor(valuesPerGroup / Math.max(width, 1)))
  for (let start = 0; start < names.length; start += group) {
    const groupNames = names.slice(start, start + group)
    const columnData: ColumnSource[] = [
      { name: 'name', data: groupNames },
      ...texts.map(({ name, cells }) => ({ name, data: cells.slice(start, start + group) })),
      // Floats neither compress nor repeat: no codec, no dictionary.
      { name: 'embedding', data: rowsOf(embeddings, start, groupNames.length, width), ...plain },
    ]
    writer.write({ columnData, rowGroupSize: group })
    yield take(bytes)
  }
  writer.finish()
  yield take(bytes)
}

export const plain = { codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false } as const

export function rowsOf(embeddings: Float32Array, start: number, count: number, width: number): number[][] {
  return Array.from({ length: count }, (_, row) =>
    Array.from(embeddings.subarray((start + row) * width, (start + row + 1) * width)),
  )
}

export function take(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}
