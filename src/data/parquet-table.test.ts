import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { openData } from './open-data.js'
import { plain, put, temporaryFolder } from './testing.js'

const pictures = [await plain([200, 0, 0]), await plain([0, 200, 0]), await plain([0, 0, 200])]

const open = (path: string, kinds: readonly ('image' | 'text')[] = ['image', 'text']) =>
  openData(path, { kinds, ...(kinds.includes('image') && { size: 4 }), cache: temporaryFolder() })

/** As the Hub has it: pictures as bytes and path, classes by number, their names in the metadata of the file. */
function hub(rows: readonly { picture: Uint8Array | null; text: string; label: number }[], rowGroupSize = 2): Buffer {
  const features = { image: { _type: 'Image' }, label: { _type: 'ClassLabel', names: ['warm', 'cold'] } }
  const bytes = parquetWriteBuffer({
    schema: [
      { name: 'root', num_children: 3 },
      { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'label', type: 'INT64', repetition_type: 'REQUIRED' },
    ],
    columnData: [
      { name: 'image', data: rows.map(({ picture }, i) => ({ bytes: picture, path: `${i}.png` })) },
      { name: 'text', data: rows.map(({ text }) => text) },
      { name: 'label', data: rows.map(({ label }) => BigInt(label)) },
    ],
    rowGroupSize,
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  })
  return Buffer.from(bytes)
}

const rows = pictures.map((picture, i) => ({ picture, text: ['red', 'green', 'bleu 🟦'][i] ?? '', label: i % 2 }))

test('shards of the Hub: pictures as bytes, texts, classes by name, splits by the name of the file', async () => {
  const root = put(temporaryFolder(), {
    'data/train-00000-of-00001.parquet': hub(rows),
    'data/test-00000-of-00001.parquet': hub(rows.slice(0, 1)),
    'README.md': 'a card',
  })
  const set = await open(root)
  expect(set.items.map(({ name, label, split }, i) => [name, label, split, set.textsOf('text', i)[0]])).toEqual([
    ['data/test-00000-of-00001/0', 'warm', 'test', 'red'],
    ['data/train-00000-of-00001/0', 'warm', 'train', 'red'],
    ['data/train-00000-of-00001/1', 'cold', 'train', 'green'],
    ['data/train-00000-of-00001/2', 'warm', 'train', 'bleu 🟦'],
  ])
  expect([1, 2, 3].map(i => [...(set.gather([i]).image as Uint8Array).slice(0, 3)])).toEqual([
    [200, 0, 0],
    [0, 200, 0],
    [0, 0, 200],
  ])
  expect((await open(join(root, 'data/train-00000-of-00001.parquet'), ['image'])).classes).toEqual(['cold', 'warm'])
})

test('rows without a text or without bytes are left out, and told', async () => {
  const broken = [...rows, { picture: pictures[0] ?? null, text: '', label: 0 }, { picture: null, text: 'x', label: 0 }]
  const path = join(put(temporaryFolder(), { 'x.parquet': hub(broken) }), 'x.parquet')
  const set = await open(path)
  expect(set.items).toHaveLength(3)
  expect(set.skipped).toEqual([
    { name: 'x/3', reason: 'has no caption', incomplete: true },
    { name: 'x/4', reason: 'its picture: has no bytes in the table' },
  ])
  writeFileSync(path, 'no parquet')
  await expect(open(path)).rejects.toThrow('a Parquet file is expected')
})

test('a metadata.parquet names files, and plain bytes are pictures by the name of their column', async () => {
  const text = { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const
  const named = parquetWriteBuffer({
    columnData: [
      { name: 'file_name', data: ['a.png', 'b.png'], type: 'STRING' },
      { name: 'text', data: ['red', 'green'], type: 'STRING' },
    ],
  })
  const root = put(temporaryFolder(), {
    ...{ 'a.png': pictures[0] ?? '', 'b.png': pictures[1] ?? '' },
    'metadata.parquet': Buffer.from(named),
  })
  expect((await open(root)).items.map(({ name }) => name)).toEqual(['a.png', 'b.png'])
  const plainBytes = parquetWriteBuffer({
    schema: [
      { name: 'root', num_children: 2 },
      { name: 'jpg', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' },
      { ...text, repetition_type: 'REQUIRED' },
    ],
    columnData: [
      { name: 'jpg', data: pictures },
      { name: 'text', data: ['r', 'g', 'b'] },
    ],
  })
  const set = await open(join(put(temporaryFolder(), { 'x.parquet': Buffer.from(plainBytes) }), 'x.parquet'))
  expect([...(set.gather([2]).image as Uint8Array).slice(0, 3)]).toEqual([0, 0, 200])
})
