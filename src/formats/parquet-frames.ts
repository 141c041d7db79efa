import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { writeStreamAtomic } from '../files.js'
import { range } from '../tensor/shape.js'
import { embeddingSchema, plain, rowsOf, take, valuesPerGroup } from './parquet.js'

/** Frames of one recording. */
export interface FramesOf {
  readonly name: string
  /** [count, width], row-major */
  readonly values: Float32Array
  readonly count: number
}

const schema: SchemaElement[] = [
  { name: 'root', num_children: 4 },
  { name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'frame', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'start', type: 'DOUBLE', repetition_type: 'REQUIRED' },
  ...embeddingSchema,
]

/**
 * Writes a Parquet table with a row a frame: `name` of the recording, `frame` from 0 on, `start` in seconds, and `embedding`, a
 * list of floats. A recording of any length takes as many rows as it has frames, so none has to lie in memory whole where it is
 * read: in pandas `np.stack(table[table.name == 'a.wav'].embedding)`, in DuckDB `where name = 'a.wav' order by frame`.
 *
 * @param first seconds at which the first frame begins to see: below 0 where something stands before the recording
 * @param hop seconds from one frame to the next
 * @returns how many frames there were
 * @throws LacunaError when the file cannot be written
 */
export async function writeFramesParquet(
  path: string,
  recordings: AsyncIterable<FramesOf>,
  { hop, first }: { readonly hop: number; readonly first: number },
): Promise<number> {
  let total = 0
  async function* parts() {
    const bytes = new ByteWriter()
    const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'lacuna' })
    for await (const { name, values, count } of recordings) {
      const width = values.length / Math.max(count, 1)
      const most = Math.max(1, Math.floor(valuesPerGroup / Math.max(width, 1)))
      for (let from = 0; from < count; from += most) {
        const rows = range(Math.min(most, count - from)).map(i => from + i)
        const columnData = [
          { name: 'name', data: rows.map(() => name) },
          { name: 'frame', data: rows },
          { name: 'start', data: rows.map(row => first + row * hop) },
          { name: 'embedding', data: rowsOf(values, from, rows.length, width), ...plain },
        ]
        writer.write({ columnData, rowGroupSize: rows.length })
        yield take(bytes)
      }
      total += count
    }
    writer.finish()
    yield take(bytes)
  }
  await writeStreamAtomic(path, parts())
  return total
}
