import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPictures } from './open.js'
import { defineReader } from './reader.js'
import { put, temporaryFolder } from './testing.js'
import type { Reader } from './types.js'

/** Grey pictures of 2 × 2 as lines of numbers: a format that nobody else has. */
const lines = defineReader({
  name: 'lines',
  open(path) {
    if (!path.endsWith('.lines')) return undefined
    const rows = readFileSync(path, 'utf8').trim().split('\n')
    return {
      path,
      fingerprint: `${statSync(path).mtimeMs}`,
      defaultChannels: 1,
      notes: ['Read from lines.'],
      list: async () => ({
        items: rows.map((row, i) => ({ name: `${i}`, label: row.split(':')[0], group: `${i}`, split: undefined })),
        skipped: [],
        nativeSize: 2,
        bytes: () => 4,
        read: async i => ({
          bytes: Uint8Array.from(rows[i]?.split(':')[1]?.split(' ') ?? [], Number),
          grey: { width: 2, height: 2 },
        }),
      }),
    }
  },
})

const made = () => {
  const folder = put(temporaryFolder(), { 'some.lines': 'a:1 2 3 99\nb:5 6 7 88\n' })
  return { source: join(folder, 'some.lines'), cache: join(folder, 'cache') }
}

test('a reader of one’s own is asked first, and its pictures are kept as others are', async () => {
  const { source, cache } = made()
  for (let again = 0; again < 2; again++) {
    const pictures = await openPictures(source, { cache, readers: [lines] })
    expect([...pictures.gather([1, 0]).image]).toEqual([5, 6, 7, 88, 1, 2, 3, 99])
    expect(pictures.classes).toEqual(['a', 'b'])
    expect(pictures.notes).toEqual(['Read from lines.'])
    pictures.close()
  }
  expect(readdirSync(cache).length).toBe(1)
  await expect(openPictures(source, { cache })).rejects.toThrow('not a folder, a picture or an IDX file')
})

test('what a reader does not know goes on to the others', async () => {
  const { source } = made()
  const shy = defineReader({ name: 'shy', open: () => undefined })
  const pictures = await openPictures(source, { cache: join(temporaryFolder(), 'cache'), readers: [shy, lines] })
  expect(pictures.items).toHaveLength(2)
})

test.each<[string, Partial<Reader>, RegExp]>([
  [
    'fails',
    {
      open() {
        throw new Error('out of ink')
      },
    },
    /some\.lines: the reader lines failed: out of ink$/,
  ],
  ['is no function', { open: 5 as never }, /the reader lines: open: a function is expected/],
  ['has a name that is taken', { name: 'idx' }, /the reader idx: Lacuna has one of that name itself/],
  ['is none', { madeBy: undefined as never }, /what `defineReader` gives is expected/],
])('a reader that %s is told', async (_, changes, message) => {
  const { source, cache } = made()
  await expect(openPictures(source, { cache, readers: [{ ...lines, ...changes }] })).rejects.toMatchObject({
    name: 'LacunaError',
    message: expect.stringMatching(message),
  })
})
