import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openPictures } from './open.js'
import { idx, put, temporaryFolder } from './testing.js'
import type { OpenOptions, PictureSet } from './types.js'

const train = Uint8Array.from({ length: 3 * 16 }, (_, i) => i)
const held = Uint8Array.from({ length: 2 * 16 }, (_, i) => 200 + i)
const files = {
  'train-images-idx3-ubyte.gz': gzipSync(idx([3, 4, 4], train)),
  'train-labels-idx1-ubyte.gz': gzipSync(idx([3], [7, 0, 7])),
  't10k-images.idx3-ubyte': idx([2, 4, 4], held),
  't10k-labels.idx1-ubyte': idx([2], [1, 10]),
}

function open(source: string, options: Partial<OpenOptions> = {}): Promise<PictureSet> {
  return openPictures(source, { cache: join(temporaryFolder(), 'cache'), ...options })
}

test('a folder of IDX files keeps every value, label and split', async () => {
  const set = await open(put(temporaryFolder(), files))
  expect([set.channels.image.size, set.channels.image.colours, set.classes]).toEqual([4, 1, ['0', '1', '10', '7']])
  expect(set.items.map(({ name, label, split }) => `${name} ${label} ${split}`)).toEqual([
    'train/0 7 train',
    'train/1 0 train',
    'train/2 7 train',
    'test/0 1 test',
    'test/1 10 test',
  ])
  expect(set.gather([0, 1, 2, 3, 4]).image).toEqual(Uint8Array.of(...train, ...held))
})

test('another size is resized, three channels are three times the grey', async () => {
  const root = put(temporaryFolder(), { 'train-images-idx3-ubyte': idx([1, 4, 4], Array(16).fill(50)) })
  const set = await open(root, { size: 6, channels: 3 })
  expect(set.gather([0]).image).toEqual(new Uint8Array(108).fill(50))
  expect(set.items[0]?.label).toBeUndefined()
  expect(set.classes).toEqual([])
})

test('one file by any name, with the labels beside it', async () => {
  const root = put(temporaryFolder(), {
    'letters-images-idx3-ubyte.gz': gzipSync(idx([1, 2, 2], [1, 2, 3, 4])),
    'letters-labels-idx1-ubyte': idx([1], [5]),
    digits: idx([1, 2, 2], [5, 6, 7, 8]),
  })
  const letters = await open(join(root, 'letters-images-idx3-ubyte.gz'))
  expect(letters.items).toEqual([{ name: '0', label: '5', group: '0', split: undefined }])
  expect([...letters.gather([0]).image]).toEqual([1, 2, 3, 4])
  expect([...(await open(join(root, 'digits'))).gather([0]).image]).toEqual([5, 6, 7, 8])
  await expect(open(join(root, 'letters-labels-idx1-ubyte'))).rejects.toThrow('these are labels')
})

test('equal pictures are one group', async () => {
  const set = await open(put(temporaryFolder(), { 'train-images-idx3-ubyte': idx([3, 1, 1], [9, 8, 9]) }))
  expect(set.items.map(({ group }) => group)).toEqual(['train/0', 'train/1', 'train/0'])
})

test.each<[string, Record<string, Uint8Array>, RegExp]>([
  [
    'truncated',
    { 'train-images-idx3-ubyte': idx([3, 4, 4], train.subarray(1)) },
    /damaged: 3 × 4 × 4 values need 64 bytes, it has 63/,
  ],
  ['wrong magic', { 'train-images-idx3-ubyte': idx([48], train) }, /begins with 0x00000801, expected 0x00000803/],
  ['empty', { 'train-images-idx3-ubyte': new Uint8Array() }, /begins with nothing/],
  ['half a header', { 'train-images-idx3-ubyte': idx([3, 4, 4], []).subarray(0, 9) }, /damaged/],
  [
    'half a gzip',
    { 'train-images-idx3-ubyte.gz': gzipSync(idx([3, 4, 4], train)).subarray(0, 40) },
    /gzip file is damaged or not whole/,
  ],
  [
    'pictures of nothing',
    { 'train-images-idx3-ubyte': idx([40, 0, 0], []) },
    /holds no values: its header says 40 × 0 × 0/,
  ],
  ['very many pictures of nothing', { 'train-images-idx3-ubyte': idx([2 ** 32 - 1, 0, 28], []) }, /holds no values/],
  [
    'a count that no memory holds',
    { 'train-images-idx3-ubyte': idx([2 ** 32 - 1, 28, 28], [1, 2, 3]) },
    /damaged: 4294967295 × 28 × 28 values need 3367254359296 bytes, it has 19/,
  ],
  [
    'such a count, packed',
    { 'train-images-idx3-ubyte.gz': gzipSync(idx([2 ** 32 - 1, 28, 28], [1, 2, 3])) },
    /damaged: 4294967295 × 28 × 28 values need 3367254359296 bytes, it has \d+, packed/,
  ],
  [
    'more than its header says, packed',
    { 'train-images-idx3-ubyte.gz': gzipSync(idx([1, 4, 4], new Uint8Array(100_000))) },
    /damaged: unpacked it has more than 32 bytes/,
  ],
  [
    'label count',
    { 'train-images-idx3-ubyte': idx([3, 4, 4], train), 'train-labels-idx1-ubyte': idx([2], [1, 2]) },
    /3 pictures, but 2 labels in train-labels-idx1-ubyte/,
  ],
])('%s is an error that says so', async (_, content, message) => {
  const root = put(temporaryFolder(), content)
  const cache = join(root, 'cache')
  await expect(open(root, { cache })).rejects.toThrow(message)
  expect(readdirSync(root)).not.toContain('cache')
})

test('grey values that are not square become squares of 32 px unless told', async () => {
  const root = put(temporaryFolder(), { 'train-images-idx3-ubyte': idx([1, 4, 2], Array(8).fill(1)) })
  const set = await open(root, { cache: join(root, 'cache') })
  expect(set.channels.image.size).toBe(32)
  expect(new Set(set.gather([0]).image)).toEqual(new Set([1]))
})
