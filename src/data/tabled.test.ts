import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openData } from './open-data.js'
import { plain, put, temporaryFolder, tone, wav } from './testing.js'
import type { SampleSet } from './types.js'

const [red, green, blue] = [await plain([200, 0, 0]), await plain([0, 200, 0]), await plain([0, 0, 200])]
const pictures = { 'a.png': red, 'b.png': green, 'sub/c.png': blue }

const open = (root: string, kinds: readonly ('image' | 'audio' | 'text')[] = ['image', 'text'], options = {}) =>
  openData(root, { kinds, ...(kinds.includes('image') && { size: 4 }), cache: temporaryFolder(), ...options })

const lines = (set: SampleSet) =>
  set.items.map(
    ({ name, label, group, split }, i) =>
      `${name} ${label ?? '-'} ${group === name ? '-' : group} ${split ?? '-'}: ${set.textsOf('text', i).join(' | ')}`,
  )

test.each([
  ['metadata.csv', ','],
  ['metadata.csv', ';'],
  ['metadata.csv', '\t'],
  ['metadata.tsv', '\t'],
  ['metadata.csv', '|'],
])('a table of pictures and their texts, %s by %j', async (name, by) => {
  const rows = [
    ['File_Name', 'caption', 'label', 'split', 'group'],
    ['a.png', '"a red, ""warm"" square; of 8 | 8"', 'warm', 'train', 'g'],
    ['sub/c.png', 'ein blaues 🟦 مربع أزرق', 'cold', 'test', ''],
    ['b.png', '', 'cold', 'train', ''],
    ['gone.png', 'nowhere', 'cold', 'train', ''],
  ]
  const root = put(temporaryFolder(), { ...pictures, [name]: rows.map(row => row.join(by)).join('\r\n') })
  const set = await open(root)
  expect(lines(set)).toEqual([
    'a.png warm g train: a red, "warm" square; of 8 | 8',
    'sub/c.png cold - test: ein blaues 🟦 مربع أزرق',
  ])
  expect([...(set.gather([1]).image as Uint8Array).slice(0, 3)]).toEqual([0, 0, 200])
  expect(set.skipped).toEqual([
    { name: 'b.png', reason: 'has no caption', incomplete: true },
    { name: 'gone.png', reason: 'no such file' },
  ])
  expect(set.items[0]?.labels).toEqual({ label: 'warm' })
})

test('a column of texts that is missing is told with those that are there, and another can be named', async () => {
  const root = put(temporaryFolder(), {
    ...pictures,
    'metadata.csv': 'file_name,prompt\na.png,a red square\nb.png,a green one\n',
  })
  await expect(open(root)).rejects.toThrow(
    'metadata.csv: a column text or caption is expected for the captions, found file_name, prompt; --caption <column> names another',
  )
  expect(lines(await open(root, undefined, { caption: 'prompt' }))).toEqual([
    'a.png - - -: a red square',
    'b.png - - -: a green one',
  ])
  await expect(open(root, ['image'], { caption: 'prompt' })).rejects.toThrow(
    '--caption says how captions are read, and these are pictures; leave --caption away',
  )
  await expect(open(root, ['image', 'audio'])).rejects.toThrow(
    'holds no pictures with their recordings to learn from (a.png and 1 more: has no recording)',
  )
  const named = put(temporaryFolder(), { ...pictures, 'metadata.csv': 'image_file_name,text\na.png,a red square\n' })
  await expect(open(named, ['image', 'audio'])).rejects.toThrow(
    'metadata.csv: a column audio_file_name or file_name is expected for the recordings, found image_file_name, text',
  )
})

test('several texts of one picture are texts of one record, as a list or in rows of their own', async () => {
  const root = put(temporaryFolder(), {
    ...pictures,
    'metadata.jsonl': [
      { file_name: 'a.png', captions: ['red\nall over', 'rouge'], label: 'warm' },
      { file_name: 'b.png', text: 'green' },
      { file_name: 'b.png', text: 'vert' },
      { file_name: 'b.png', text: 'green' },
    ]
      .map(row => JSON.stringify(row))
      .join('\n'),
  })
  const set = await open(root)
  expect(lines(set)).toEqual(['a.png warm - -: red\nall over | rouge', 'b.png - - -: green | vert'])
  expect(set.notes[0]).toBe('4 rows of 2 records: those of the same files are texts of one record.')
  const other = put(temporaryFolder(), {
    ...pictures,
    'metadata.csv': 'file_name,text,split\na.png,red,train\na.png,rouge,test\n',
  })
  await expect(open(other)).rejects.toThrow(
    'metadata.csv: line 3: a.png has the split test, but train in metadata.csv: line 2; leave one for each record',
  )
})

test('pictures and sounds by columns of their own; lists of files are records of one group', async () => {
  const [low, high] = [wav([tone(100, 0.2)]), wav([tone(900, 0.1)])]
  const root = put(temporaryFolder(), {
    ...pictures,
    ...{ 'low.wav': low, 'high.wav': high },
    'train/metadata.jsonl': [
      { image_file_name: '../a.png', audio_file_name: '../low.wav', text: 'low' },
      { image_file_names: ['../b.png', '../sub/c.png'], audio_file_name: '../high.wav', text: 'high' },
    ]
      .map(row => JSON.stringify(row))
      .join('\n'),
  })
  const set = await open(root, ['image', 'audio', 'text'])
  expect(lines(set).map(line => line.replace(/ - .*:/, ':'))).toEqual(['a.png: low', 'b.png: high', 'sub/c.png: high'])
  expect(set.items.map(({ split }) => split)).toEqual(['train', 'train', 'train'])
  expect([0, 1, 2].map(i => set.lengthOf('audio', i))).toEqual([3200, 1600, 1600])
  const [a, b, c] = set.items
  expect(b?.group).toBe(c?.group)
  expect(a?.group).not.toBe(b?.group)
  // one kind alone reads the same table
  const alone = await open(
    put(temporaryFolder(), {
      ...pictures,
      'low.wav': low,
      'metadata.csv': 'image_file_name,audio_file_name\nb.png,low.wav\n',
    }),
    ['image'],
  )
  expect(alone.items.map(({ name }) => name)).toEqual(['b.png'])
  const uneven = put(temporaryFolder(), {
    ...pictures,
    'metadata.jsonl': '{"image_file_names": ["a.png", "b.png"], "audio_file_names": ["x.wav", "y.wav", "z.wav"]}',
  })
  await expect(open(uneven, ['image', 'audio'])).rejects.toThrow(
    'metadata.jsonl: line 1: its lists of files are of 3 and of 2; give them one length, or one file for all',
  )
})

test('a table is opened by itself too, for its texts alone without any file', async () => {
  const root = put(temporaryFolder(), { ...pictures, 'queries.csv': 'text;id\nred square;1\n"blue; or so";2\n' })
  const texts = await open(join(root, 'queries.csv'), ['text'])
  expect(texts.items.map((_, i) => texts.textsOf('text', i))).toEqual([['red square'], ['blue; or so']])
  expect(texts.items.map(({ name }) => name)).toEqual(['queries.csv: line 2', 'queries.csv: line 3'])
  const pairs = put(root, { 'pairs.jsonl': '{"file_name": "sub/c.png", "text": "blue"}\n' })
  expect(lines(await open(join(pairs, 'pairs.jsonl')))).toEqual(['sub/c.png - - -: blue'])
})
