import { existsSync, readFileSync } from 'node:fs'
import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { writeFramesParquet } from './parquet-frames.js'
import { temporaryFile } from './testing.js'

const wide = 2 ** 20

async function* two() {
  yield { name: 'a.wav', values: Float32Array.of(1, 2, 3, 4), count: 2 }
  yield { name: 'b.wav', values: Float32Array.from({ length: 3 * wide }, (_, i) => i % 7), count: 3 }
}

test('a row a frame, with its recording and where it begins; more than a row group too', async () => {
  const path = temporaryFile('frames.parquet')
  expect(await writeFramesParquet(path, two(), { hop: 0.25, first: -0.5 })).toBe(5)
  const rows = await parquetReadObjects({ file: new Uint8Array(readFileSync(path)).buffer })
  expect(rows.slice(0, 2)).toEqual([
    { name: 'a.wav', frame: 0, start: -0.5, embedding: [1, 2] },
    { name: 'a.wav', frame: 1, start: -0.25, embedding: [3, 4] },
  ])
  expect(rows.slice(2).map(({ name, frame, start }) => [name, frame, start])).toEqual([
    ['b.wav', 0, -0.5],
    ['b.wav', 1, -0.25],
    ['b.wav', 2, 0],
  ])
  expect(rows[4]?.embedding[1]).toBe((2 * wide + 1) % 7)
})

test('what goes wrong on the way leaves no file', async () => {
  const path = temporaryFile('frames.parquet')
  async function* broken() {
    yield { name: 'a.wav', values: Float32Array.of(1), count: 1 }
    throw new Error('the encoder stopped')
  }
  await expect(writeFramesParquet(path, broken(), { hop: 1, first: 0 })).rejects.toThrow('the encoder stopped')
  expect(existsSync(path)).toBe(false)
})
