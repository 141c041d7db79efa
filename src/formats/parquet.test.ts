import { readFileSync } from 'node:fs'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { writeEmbeddingsParquet } from './parquet.js'
import { temporaryFile } from './testing.js'

function fileBytes(path: string): ArrayBuffer {
  return new Uint8Array(readFileSync(path)).buffer
}

test('names, labels and vectors come back as they went in', async () => {
  const path = temporaryFile('vectors.parquet')
  const embeddings = Float32Array.from([1, 0.5, -2, 3, 4, 1e-7])
  writeEmbeddingsParquet(path, { names: ['ä.png', 'b.png', 'c.png'], labels: ['cat', null, 'dog'], embeddings })
  const rows = await parquetReadObjects({ file: fileBytes(path) })
  expect(rows).toEqual([
    { name: 'ä.png', label: 'cat', embedding: [1, 0.5] },
    { name: 'b.png', label: null, embedding: [-2, 3] },
    { name: 'c.png', label: 'dog', embedding: [4, Math.fround(1e-7)] },
  ])
})

test('the embedding is a three-level list of floats', () => {
  const path = temporaryFile('vectors.parquet')
  writeEmbeddingsParquet(path, { names: ['a'], embeddings: new Float32Array(4) })
  const { schema } = parquetMetadata(fileBytes(path))
  expect(schema.slice(3).map(({ name, type, repetition_type }) => [name, type, repetition_type])).toEqual([
    ['embedding', undefined, 'REQUIRED'],
    ['list', undefined, 'REPEATED'],
    ['element', 'FLOAT', 'REQUIRED'],
  ])
  expect(schema[3]?.converted_type).toBe('LIST')
})

test('a table larger than a row group is split and stays whole', async () => {
  const path = temporaryFile('vectors.parquet')
  const width = 2 ** 17
  const embeddings = Float32Array.from({ length: 17 * width }, (_, i) => i % 1000)
  const names = Array.from({ length: 17 }, (_, i) => `${i}.png`)
  writeEmbeddingsParquet(path, { names, embeddings })
  const file = fileBytes(path)
  expect(parquetMetadata(file).row_groups.map(group => group.num_rows)).toEqual([16n, 1n])
  const last = await parquetReadObjects({ file, rowStart: 16, rowEnd: 17 })
  expect(last).toEqual([{ name: '16.png', label: null, embedding: [...embeddings.subarray(16 * width)] }])
})

test('an empty table is a valid file', async () => {
  const path = temporaryFile('vectors.parquet')
  writeEmbeddingsParquet(path, { names: [], embeddings: new Float32Array() })
  expect(await parquetReadObjects({ file: fileBytes(path) })).toEqual([])
})

test('columns of different length are refused', () => {
  const embeddings = new Float32Array(4)
  expect(() => writeEmbeddingsParquet('x.parquet', { names: ['a', 'b'], labels: ['c'], embeddings })).toThrow(
    'x.parquet: 2 names but 1 labels',
  )
  expect(() => writeEmbeddingsParquet('x.parquet', { names: ['a', 'b', 'c'], embeddings })).toThrow(
    'x.parquet: 4 values do not divide into 3 rows',
  )
})
