import { execFileSync } from 'node:child_process'
import { linkSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openData } from './open-data.js'
import { openTar, readAt } from './tar.js'
import { plain, put, tar, temporaryFolder, tone, wav } from './testing.js'
import type { SampleSet } from './types.js'

const [red, green, blue] = [await plain([200, 0, 0]), await plain([0, 200, 0]), await plain([0, 0, 200])]

const open = (path: string, kinds: readonly ('image' | 'audio' | 'text')[] = ['image', 'text']) =>
  openData(path, { kinds, ...(kinds.includes('image') && { size: 4 }), cache: temporaryFolder() })

const lines = (set: SampleSet) =>
  set.items.map(({ name, label, split }, i) => `${name} ${label ?? '-'} ${split ?? '-'}: ${set.textsOf('text', i)}`)

const deep = `${'deep/'.repeat(30)}ü.png`

test('a tar is read as the tool tar writes it, with long names of every format', async () => {
  const root = put(temporaryFolder(), { 'in/a.txt': 'one', [`in/${deep}`]: red, 'in/empty.txt': '' })
  for (const format of ['gnu', 'ustar', 'pax']) {
    const path = join(root, `${format}.tar`)
    execFileSync('tar', ['--sort=name', `--format=${format}`, '-cf', path, '-C', join(root, 'in'), '.'])
    const { entries, ended } = openTar(path)
    expect(ended).toBe(true)
    expect(entries.map(({ name, bytes }) => [name.replace(/^\.\//, ''), bytes])).toEqual([
      ['a.txt', 3],
      [deep, red.length],
      ['empty.txt', 0],
    ])
    const [, second] = entries
    if (second) expect(Buffer.from(await readAt(path, second))).toEqual(red)
  }
})

test('shards: members of one key are a record, with label, JSON and split', async () => {
  const first = tar([
    ['cat.png', red],
    ['cat.txt', 'a cat'],
    ['cat.cls', '3\n'],
    ['dogs/dog.1.png', green],
    ['dogs/dog.1.json', '{"caption": "ein Hund 🐕", "label": "dog", "artist": "me"}'],
    ['lonely.png', blue],
    [deep, blue],
    [deep.replace('.png', '.txt'), 'deep'],
  ])
  const root = put(temporaryFolder(), {
    'shards/x-train-0000.tar': first,
    'shards/x-test-0000.tar': tar([
      ['cat.png', blue],
      ['cat.txt', 'another'],
    ]),
  })
  const set = await open(join(root, 'shards'))
  expect(lines(set)).toEqual([
    'x-test-0000.tar/cat.png - test: another',
    'x-train-0000.tar/cat.png 3 train: a cat',
    'x-train-0000.tar/dogs/dog.1.png dog train: ein Hund 🐕',
    `x-train-0000.tar/${deep} - train: deep`,
  ])
  expect([...(set.gather([2]).image as Uint8Array).slice(0, 3)]).toEqual([0, 200, 0])
  expect(set.items[2]?.labels).toEqual({ label: 'dog', artist: 'me' })
  expect(set.skipped).toEqual([{ name: 'x-train-0000.tar/lonely.png', reason: 'has no caption', incomplete: true }])
  // the parent folder, and one shard by itself, are the same to one who gives them
  expect((await open(root)).items).toHaveLength(4)
  expect(lines(await open(join(root, 'shards/x-test-0000.tar')))).toEqual(['cat.png - test: another'])
  // pictures alone
  expect((await open(join(root, 'shards'), ['image'])).items).toHaveLength(5)
})

test('a file that is there twice is once a link; a tar without its end is told', async () => {
  const root = put(temporaryFolder(), { 'in/cat.png': red, 'in/cat.txt': 'a cat' })
  linkSync(join(root, 'in/cat.png'), join(root, `in/${'again'.repeat(30)}.png`))
  writeFileSync(join(root, `in/${'again'.repeat(30)}.txt`), 'the same cat')
  for (const format of ['gnu', 'pax']) {
    const path = join(root, `${format}.tar`)
    execFileSync('tar', ['--sort=name', `--format=${format}`, '-cf', path, '-C', join(root, 'in'), '.'])
    const set = await open(path)
    expect(set.items.map((_, i) => set.textsOf('text', i))).toEqual([['the same cat'], ['a cat']])
    expect([...(set.gather([1]).image as Uint8Array).slice(0, 3)]).toEqual([200, 0, 0])
  }
  const whole = tar([
    ['cat.png', red],
    ['cat.txt', 'a cat'],
  ])
  const [cut] = [put(root, { 'cut.tar': whole.subarray(0, -1024) })]
  expect((await open(join(cut, 'cut.tar'))).notes[0]).toBe(
    '1 tar lacks the mark at the end (cut.tar): what was to follow may have been cut off; compare with where it comes from.',
  )
})

test('sound and pictures in one tar', async () => {
  const path = join(
    put(temporaryFolder(), {
      'x.tar': tar([
        ['1.png', red],
        ['1.wav', wav([tone(200, 0.1)])],
      ]),
    }),
    'x.tar',
  )
  const set = await open(path, ['image', 'audio'])
  expect(set.lengthOf('audio', 0)).toBe(1600)
})

test('members that lie apart, and tars that are none, are told with what to do', async () => {
  const apart = tar([
    ['a.png', red],
    ['b.png', green],
    ['a.txt', 'a'],
    ['b.txt', 'b'],
  ])
  const whole = tar([
    ['a.png', red],
    ['a.txt', 'a'],
  ])
  const damaged = Buffer.from(whole).fill('x', 1024, 1100)
  const again = 'fetch it again from where it comes, or pack it anew'
  const root = put(temporaryFolder(), {
    ...{ '1/apart.tar': apart, '2/packed.tar': gzipSync(whole), '3/none.tar': 'x'.repeat(2000) },
    ...{ '4/short.tar': whole.subarray(0, 512 + 20), '5/empty.tar': Buffer.alloc(1024) },
    ...{ '6/header.tar': whole.subarray(0, 1024 + 200), '7/damaged.tar': damaged, '8/nothing.tar': '' },
  })
  const fails = [
    [
      '1',
      'apart.tar: a.png and a.txt lie apart, and files of one record must follow one another; pack it again with tar --sort=name',
    ],
    ['2', 'packed.tar: is a compressed tar: unpack it once'],
    ['3', 'none.tar: is no tar'],
    ['4', `short.tar: ends in the middle of a.png, so it is cut off: ${again}`],
    ['5', 'holds no pictures with their captions'],
    ['6', `header.tar: ends in the middle of a header, so it is cut off: ${again}`],
    ['7', `damaged.tar: has a damaged header at byte 1024: ${again}`],
    ['8', `nothing.tar: is empty: ${again}`],
  ] as const
  for (const [folder, message] of fails) await expect(open(join(root, folder))).rejects.toThrow(message)
  expect(readFileSync(join(root, '1/apart.tar')).length).toBe(apart.length)
})
