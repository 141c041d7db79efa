import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { writeEmbeddings } from './embeddings.js'

const folder = mkdtempSync(join(tmpdir(), 'lacuna-embeddings-'))
const rows = [
  { name: 'a/1.png', label: 'a', split: 'train', group: 'x' },
  { name: 'line\nbreak "2".png', label: undefined, split: 'test', group: 'x' },
]
const values = Float32Array.of(1, 2, 3, 4)
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)

test('a .npy has the name of each of its rows beside it', () => {
  const path = join(folder, 'x.npy')
  expect(writeEmbeddings(path, rows, values)).toEqual([path, join(folder, 'x.names.jsonl')])
  expect(linesOf(join(folder, 'x.names.jsonl'))).toEqual([
    { name: 'a/1.png', label: 'a', split: 'train', group: 'x' },
    { name: 'line\nbreak "2".png', label: null, split: 'test', group: 'x' },
  ])
  expect(new Float32Array(Uint8Array.from(readFileSync(path).subarray(-16)).buffer)).toEqual(values)
})

test('what no row has, and groups of one, are left out', () => {
  const plain = rows.map(({ name }) => ({ name, group: name }))
  writeEmbeddings(join(folder, 'plain.npy'), plain, values)
  expect(linesOf(join(folder, 'plain.names.jsonl'))).toEqual(rows.map(({ name }) => ({ name })))
})

test('a .parquet has them in columns and no file beside it', async () => {
  const path = join(folder, 'y.parquet')
  expect(writeEmbeddings(path, rows, values)).toEqual([path])
  const read = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
  expect(read).toEqual([
    { name: 'a/1.png', label: 'a', split: 'train', group: 'x', embedding: [1, 2] },
    { name: 'line\nbreak "2".png', label: null, split: 'test', group: 'x', embedding: [3, 4] },
  ])
  expect(readdirSync(folder).filter(name => name.startsWith('y'))).toEqual(['y.parquet'])
})
