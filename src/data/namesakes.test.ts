import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openData } from './open-data.js'
import { placesOf } from './places.js'
import { tokenised } from './set.js'
import { plain, put, temporaryFolder, tone, wav } from './testing.js'
import type { SampleSet } from './types.js'

const red = await plain([200, 0, 0])
const green = await plain([0, 200, 0])
const blue = await plain([0, 0, 200])
const [low, high] = [wav([tone(100, 0.2)]), wav([tone(900, 0.1)])]

const open = (root: string, kinds: readonly ('image' | 'audio' | 'text')[], options = {}) =>
  openData(root, { kinds, size: 4, cache: temporaryFolder(), ...options })

const textsOf = (set: SampleSet) => set.items.map((_, i) => set.textsOf('text', i).join(' | '))

test('files of the same name are one record, a column for each member', async () => {
  const root = put(temporaryFolder(), {
    'cow.png': red,
    'cow.ogg.wav': low, // of another name
    'cow.wav': low,
    'cow.txt': 'a cow\n',
    'sub/hen.png': green,
    'sub/hen.wav': high,
    'sub/hen.txt': '\ufeff eine Henne 🐔 دجاجة \r\n\n a hen\n',
  })
  const set = await open(root, ['text', 'audio', 'image'])
  expect(set.items.map(({ name }) => name)).toEqual(['cow.png', 'sub/hen.png'])
  expect(set.channels).toEqual({
    image: { kind: 'image', size: 4, colours: 3 },
    audio: { kind: 'audio', rate: 16_000, length: 3200 },
    text: { kind: 'text', vocabulary: 256, length: Buffer.byteLength('eine Henne 🐔 دجاجة|a hen') },
  })
  expect(textsOf(set)).toEqual(['a cow', 'eine Henne 🐔 دجاجة | a hen'])
  expect(set.lengthOf('audio', 1)).toBe(1600)
  expect([...(set.gather([1]).image as Uint8Array).slice(0, 3)]).toEqual([0, 200, 0])
  expect(set.skipped).toEqual([{ name: 'cow.ogg.wav', reason: 'has no picture and no caption', incomplete: true }])
  expect(set.notes[0]).toBe('1 recording has no picture and no caption (cow.ogg.wav): left out.')
  set.close()
})

test('pairs know classes and parts by their folders, and the store is used again', async () => {
  const files = Object.fromEntries(
    ['train', 'test'].flatMap(part =>
      ['cat', 'dog'].flatMap((label, i) => [
        [`${part}/${label}/1.png`, i === 0 ? red : green],
        [`${part}/${label}/1.txt`, `${label} of ${part}`],
      ]),
    ),
  )
  const [root, cache] = [put(temporaryFolder(), files), temporaryFolder()]
  const first = await open(root, ['image', 'text'], { cache })
  expect(first.items.map(({ split, label }) => `${split} ${label}`)).toEqual([
    'test cat',
    'test dog',
    'train cat',
    'train dog',
  ])
  const again = await open(root, ['image', 'text'], { cache })
  expect([again.directory, again.fingerprint]).toEqual([first.directory, first.fingerprint])
  const stored = await openData(first.directory, { kinds: ['text'] })
  expect(textsOf(stored)).toEqual(['cat of test', 'dog of test', 'cat of train', 'dog of train'])
  // pictures alone are another store
  expect((await open(root, ['image'], { cache })).directory).not.toBe(first.directory)
})

test('a record whose member cannot be read is left out, with the reason; what lacks one is listed', async () => {
  const root = put(temporaryFolder(), {
    ...{ 'a.png': red, 'a.txt': 'fine' },
    ...{ 'b.png': green, 'b.txt': ' \n' },
    ...{ 'c.png': 'no picture', 'c.txt': 'of nothing' },
    ...{ 'd.png': blue, 'd.txt': Uint8Array.of(0xff, 0xc0, 0x80) },
    ...{ 'e.png': blue, 'f.txt': 'alone', 'g.png': blue },
  })
  const set = await open(root, ['image', 'text'])
  expect(textsOf(set)).toEqual(['fine'])
  const reasons = Object.fromEntries(set.skipped.map(({ name, reason }) => [name, reason]))
  expect(reasons['b.png']).toBe('its caption: is empty')
  expect(reasons['c.png']).toMatch(/^its picture: /)
  expect(reasons['d.png']).toBe('its caption: is not text in UTF-8; save it as UTF-8')
  expect([reasons['e.png'], reasons['f.txt'], reasons['g.png']]).toEqual([
    'has no caption',
    'has no picture',
    'has no caption',
  ])
  expect(set.notes).toContain('2 pictures have no caption (e.png, g.png): left out.')
  await expect(open(root, ['image', 'text'], { allowSkipped: 0 })).rejects.toThrow(
    '1 or more of 4 pictures with their captions cannot be read (b.png: its caption: is empty)',
  )
})

test('no pair at all, and settings of a kind that is not there, are told', async () => {
  const root = put(temporaryFolder(), { 'a.png': red, 'b.png': green, 'c.txt': 'a cat' })
  await expect(open(root, ['image', 'text'])).rejects.toThrow(
    `${root}: no pictures with their captions found, but 2 pictures and 1 caption: files that belong together have the same name, such as cow.png and cow.txt`,
  )
  await expect(open(root, ['text'])).rejects.toThrow('--size says how pictures are read, and these are captions')
  await expect(openData(join(root, 'a.png'), { kinds: ['image', 'text'] })).rejects.toThrow(
    'not a folder; give the folder that holds the pictures with their captions',
  )
})

test('records that share a picture, a caption or a sound are of one group; a copy repeats all members', async () => {
  const root = put(temporaryFolder(), {
    ...{ 'a.png': red, 'a.txt': 'red' },
    ...{ 'b.png': red, 'b.txt': 'rot' },
    ...{ 'c.png': green, 'c.txt': 'rot' },
    ...{ 'd.png': blue, 'd.txt': 'blue' },
    ...{ 'e.png': blue, 'e.txt': 'blue' },
  })
  const { items } = await open(root, ['image', 'text'])
  const [a, b, c, d, e] = items
  expect([b?.group, c?.group]).toEqual([a?.group, a?.group])
  expect(d?.group).not.toBe(a?.group)
  expect([a, b, c, d, e].map(item => item?.copyOf)).toEqual([undefined, undefined, undefined, undefined, 'd.png'])
})

test('tokens are made when a batch is gathered: cut, padded, and one of several texts by the step', async () => {
  const texts = ['one two three', 'a\u001eb\u001ec', 'x']
  const files = Object.fromEntries(
    texts.flatMap((text, i) => [
      [`${i}.png`, [red, green, blue][i] ?? red],
      [`${i}.txt`, text],
    ]),
  )
  const set = await open(put(temporaryFolder(), files), ['image', 'text'])
  expect(set.textsOf('text', 1)).toEqual(['a', 'b', 'c'])
  /** Its tokens are the letters, between 1 and 999. */
  const letters = {
    vocabulary: 1000,
    encode(text: string, length: number) {
      const tokens = new Int32Array(length)
      tokens.set([1, ...[...text].slice(0, length - 2).map(letter => letter.charCodeAt(0)), 999])
      return tokens
    },
    decode: (tokens: ArrayLike<number>) =>
      String.fromCharCode(...Array.from(tokens).filter(token => token > 1 && token < 999)),
  }
  const raw = set.as({ words: { kind: 'text', vocabulary: 256, length: 4 } } as const)
  expect(raw.gather([0, 2]).words).toEqual({
    values: Int32Array.of(111, 110, 101, 32, 120, 0, 0, 0),
    lengths: Int32Array.of(4, 1),
  })
  const tokens = tokenised(set, letters)
  expect(tokens.channels.text).toMatchObject({ vocabulary: 1000 })
  const reads = { words: { kind: 'text', tokens: 4 } } as const
  const view = tokens.as<typeof reads>({ words: { kind: 'text', vocabulary: 1000, length: 4 } })
  expect(view.gather([2, 0]).words).toEqual({
    values: Int32Array.of(1, 120, 999, 0, 1, 111, 110, 999),
    lengths: Int32Array.of(3, 4),
  })
  expect(() => set.as({ words: { kind: 'text', vocabulary: 1000, length: 4 } })).toThrow(
    'the channel words is wanted in tokens of 1000, and no tokenizer is given; give the tokenizer of the run that it is for',
  )
  const seen = new Map<string, number>()
  for (let step = 0; step < 300; step++) {
    const { words } = view.gather(placesOf(view, reads, 3, { seed: 2, step }))
    const drawn = [0, 1, 2].map(i => letters.decode(words.values.subarray(4 * i, 4 * i + 4)))
    for (const text of drawn) seen.set(text, (seen.get(text) ?? 0) + 1)
  }
  expect([...seen.keys()].sort()).toEqual(['a', 'b', 'c', 'on', 'x'])
  for (const text of ['a', 'b', 'c']) expect(Math.abs((seen.get(text) ?? 0) - 100)).toBeLessThan(30)
})

test('a caption of ten thousand words is kept whole, a book is none', async () => {
  const long = Array.from({ length: 10_000 }, (_, i) => `word${i}`).join(' ')
  const root = put(temporaryFolder(), {
    ...{ 'a.png': red, 'a.txt': long },
    ...{ 'b.png': green, 'b.txt': 'x'.repeat(2 ** 20 + 1) },
    ...{ 'c.png': blue, 'c.txt': 'short' },
  })
  const set = await open(root, ['image', 'text'])
  expect(set.textsOf('text', 0)).toEqual([long])
  expect(set.skipped).toEqual([
    { name: 'b.png', reason: 'its caption: has 1048577 bytes; at most 1048576 belong to one record' },
  ])
  expect(readFileSync(join(set.directory, 'text.u8')).length).toBe(Buffer.byteLength(long) + 5)
})
