import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPictures } from './open.js'
import { plain, put, temporaryFolder } from './testing.js'
import type { PictureSet } from './types.js'

const [black, grey, white] = [await plain([0]), await plain([100]), await plain([255])]

function open(root: string): Promise<PictureSet> {
  return openPictures(root, { size: 2, channels: 1, cache: join(temporaryFolder(), 'cache') })
}

function lines(set: PictureSet): string[] {
  return set.items.map(
    ({ name, label, group, split }, i) => `${name} ${label} ${group} ${split} ${set.gather([i]).image[0]}`,
  )
}

test('metadata.csv says which pictures there are, and what they are', async () => {
  const root = put(temporaryFolder(), {
    'metadata.csv':
      'caption,file_name,label,group,split\n"a, b",x/1.png,cat,g1,train\n,"2, final.png",,,val\n,gone.png,dog,,\n',
    'x/1.png': black,
    '2, final.png': white,
    'unnamed.png': grey,
  })
  const set = await open(root)
  expect(lines(set)).toEqual(['x/1.png cat g1 train 0', '2, final.png undefined 2, final.png validation 255'])
  expect(set.skipped).toEqual([{ name: 'gone.png', reason: 'no such file' }])
})

test('any column can be the label; one that is not there is told with those that are', async () => {
  const root = put(temporaryFolder(), {
    'metadata.csv': 'file_name,speaker,word,split\n1.png,anna,seven,train\n2.png,ben,,test\n',
    '1.png': black,
    '2.png': white,
  })
  const options = { size: 2, cache: join(root, 'cache') }
  expect((await openPictures(root, options)).classes).toEqual([])
  const bySpeaker = await openPictures(root, { ...options, label: 'speaker' })
  expect(bySpeaker.classes).toEqual(['anna', 'ben'])
  expect(bySpeaker.items.map(({ labels }) => labels)).toEqual([{ speaker: 'anna', word: 'seven' }, { speaker: 'ben' }])
  const byWord = await openPictures(bySpeaker.directory, { ...options, label: 'word' }) // of the store itself, too
  expect(byWord.items.map(({ label }) => label)).toEqual(['seven', undefined])
  expect(byWord.fingerprint).toBe(bySpeaker.fingerprint)
  await expect(openPictures(root, { ...options, label: 'split' })).rejects.toThrow(
    '--label split, but the labels are speaker, word; choose one of these',
  )
})

test('metadata.jsonl in split folders, with paths that lead out of them', async () => {
  const root = put(temporaryFolder(), {
    'train/metadata.jsonl':
      '{"file_name": "../pool/1.png", "category": 3, "boxes": [1, 2]}\n\n{"file_name": "2.png", "class": "b"}\n',
    'train/2.png': white,
    'train/unnamed.png': white,
    'pool/1.png': black,
    'test/3.png': grey,
  })
  expect(lines(await open(root))).toEqual([
    'test/3.png undefined test/3.png test 100',
    'pool/1.png 3 pool/1.png train 0',
    'train/2.png b train/2.png train 255',
  ])
})

test('a change of the metadata is seen', async () => {
  const root = put(temporaryFolder(), { 'metadata.csv': 'file_name,label\n1.png,a', '1.png': black })
  const options = { size: 2, cache: join(root, 'cache') }
  expect((await openPictures(root, options)).classes).toEqual(['a'])
  put(root, { 'metadata.csv': 'file_name,label\n1.png,b' })
  expect((await openPictures(root, options)).classes).toEqual(['b'])
})

test.each([
  ['metadata.csv', 'name,label\n1.png,a', 'expected a column file_name in every row, found name, label'],
  ['metadata.csv', 'file_name,split\n1.png,other', "1.png has the split 'other'; expected train, test or validation"],
  ['metadata.csv', 'file_name\n', 'the metadata has no rows'],
  ['metadata.csv', 'file_name\ngone.png', 'all 1 pictures cannot be read (gone.png: no such file)'],
  ['metadata.jsonl', '{"file_name": "1.png"}\n{"file_name"', 'metadata.jsonl: line 2 is not JSON'],
  ['metadata.jsonl', '["1.png"]', 'metadata.jsonl: line 1 is not an object'],
  ['metadata.jsonl', '{"label": 1}', 'expected a column file_name in every row, found label'],
])('%s: %j is an error', async (name, text, message) => {
  await expect(open(put(temporaryFolder(), { [name]: text, '1.png': black }))).rejects.toThrow(message)
})

test('tables of other programs are understood: semicolons, tabs, UTF-16, absolute paths', async () => {
  const root = temporaryFolder()
  const rows = (delimiter: string) => [`File_Name`, 'label'].join(delimiter)
  const tables = [
    `${rows(';')}\r\n1.png;a\r\n"2.png";"b; c"\r\n;\r\n`,
    `${rows('\t')}\n1.png\ta\n${join(root, '2.png')}\tb; c\n`,
    Buffer.from(`\uFEFF${rows(',')}\n1.png,a\n2.png,b; c\n`, 'utf16le'),
    Buffer.from(`\uFEFF${rows(',')}\n1.png,a\n2.png,b; c\n`, 'utf16le').swap16(),
  ]
  for (const table of tables) {
    put(root, { 'metadata.csv': table, '1.png': black, '2.png': white })
    expect(lines(await open(root))).toEqual(['1.png a 1.png undefined 0', '2.png b; c 2.png undefined 255'])
  }
})

test('pictures that the metadata does not list are counted, rows that repeat are taken once', async () => {
  const root = put(temporaryFolder(), {
    'metadata.csv': 'file_name,label\n1.png,a\n./1.png,a\n',
    '1.png': black,
    'x/2.png': white,
    '3.png': grey,
  })
  expect((await open(root)).notes.slice(0, 2)).toEqual([
    '1 row (1.png) repeats a picture of another row: taken once.',
    '2 pictures (3.png, x/2.png) are in the folder but not in its metadata: left out.',
  ])
})

test.each<[string, string | Uint8Array, string]>([
  [
    'two labels',
    'file_name,label\n1.png,a\n1.png,b',
    'metadata.csv: line 3: 1.png has the label b, but a in metadata.csv: line 2; leave one row',
  ],
  ['two splits', 'file_name,split\n1.png,train\n1.png,test', 'line 3: 1.png has the split test, but train in'],
  ['no name', 'file_name,label\n1.png,a\n,b', 'metadata.csv: line 3 has no file_name'],
  ['more fields than columns', 'file_name,label\n1.png,a, b', 'line 2 has 3 fields where the header has 2'],
  ['Latin-1', Buffer.from('file_name\n\xe9.png', 'latin1'), 'is not text in UTF-8; save it as UTF-8'],
  ['UTF-16 without a mark', Buffer.from('file_name\n1.png', 'utf16le'), 'or UTF-16 without its mark'],
])('metadata with %s is an error that says where', async (_, table, message) => {
  await expect(open(put(temporaryFolder(), { 'metadata.csv': table, '1.png': black }))).rejects.toThrow(message)
})
