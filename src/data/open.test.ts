import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { openPictures } from './open.js'
import { picture, plain, put, temporaryFolder } from './testing.js'
import type { OpenOptions, PictureSet, Progress } from './types.js'

const [black, grey, white] = [await plain([0]), await plain([100]), await plain([255])]

/** Opens at size 2 in one channel, so that a picture of one grey value is that value four times. */
async function open(root: string, options: Partial<OpenOptions> = {}): Promise<PictureSet> {
  return openPictures(root, { size: 2, channels: 1, cache: `${root}-cache`, ...options })
}

function values(set: PictureSet): Record<string, number | undefined> {
  const pixels = set.gather([...set.items.keys()]).image
  return Object.fromEntries(set.items.map(({ name }, i) => [name, pixels[4 * i]]))
}

test('a nested folder becomes a store in the order of names', async () => {
  const root = put(temporaryFolder(), {
    'b/2.png': white,
    'a/x/1.png': black,
    'a/3.jpg': grey,
    '.hidden/4.png': white,
    'a/notes.txt': '',
  })
  const set = await open(root)
  expect(set.items).toEqual([
    { name: 'a/3.jpg', label: 'a', group: 'a/3.jpg', split: undefined },
    { name: 'a/x/1.png', label: 'a', group: 'a/x/1.png', split: undefined },
    { name: 'b/2.png', label: 'b', group: 'b/2.png', split: undefined },
  ])
  expect(values(set)).toEqual({ 'a/3.jpg': 100, 'a/x/1.png': 0, 'b/2.png': 255 })
  expect([set.classes, set.skipped, set.channels]).toEqual([
    ['a', 'b'],
    [],
    { image: { kind: 'image', size: 2, colours: 1 } },
  ])
  expect([...readFileSync(join(set.directory, 'image.u8'))]).toEqual(
    [100, 0, 255].flatMap(value => Array(4).fill(value)),
  )
  expect(basename(set.directory)).toMatch(/^[0-9a-f]{16}$/)
})

test('files are three channels unless one is asked for', async () => {
  const root = put(temporaryFolder(), { '1.png': await plain([10, 20, 30]) })
  const set = await open(root, { channels: undefined })
  expect([...set.gather([0]).image]).toEqual([10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30])
})

test('a store is used again until a file changes', async () => {
  const root = put(temporaryFolder(), { '1.png': black, '2.png': white })
  const first = await open(root)
  const built = statSync(first.directory).ino
  expect(statSync((await open(root)).directory).ino).toBe(built)

  put(root, { '2.png': grey })
  utimesSync(join(root, '2.png'), 1, 1)
  const second = await open(root)
  expect(second.directory).toBe(first.directory)
  expect(values(second)).toEqual({ '1.png': 0, '2.png': 100 })
  put(root, { '3.png': white })
  expect(values(await open(root))).toEqual({ '1.png': 0, '2.png': 100, '3.png': 255 })
  expect(readdirSync(`${root}-cache`)).toEqual([basename(first.directory)])
  expect(values(first)).toEqual({ '1.png': 0, '2.png': 255 }) // whoever has the old store open keeps its pixels
})

test('another size, channels or group pattern is another store', async () => {
  const root = put(temporaryFolder(), { '1.png': black })
  const sets = await Promise.all([
    open(root),
    open(root, { size: 3 }),
    open(root, { channels: 3 }),
    open(root, { groupPattern: '(.)' }),
  ])
  expect(new Set(sets.map(({ directory }) => directory)).size).toBe(4)
})

test('a store that was made without a word of the size serves who asks for the size it has', async () => {
  const root = put(temporaryFolder(), { 'a.png': black, 'b.png': white })
  const first = await open(root, { size: undefined })
  expect(first.channels.image.size).toBe(32)
  expect((await open(root, { size: 32 })).directory).toBe(first.directory)
  expect((await open(root, { size: 16 })).directory).not.toBe(first.directory)
})

test('a damaged store is built again', async () => {
  const root = put(temporaryFolder(), { '1.png': grey })
  const { directory } = await open(root)
  writeFileSync(join(directory, 'image.u8'), 'x')
  expect(values(await open(root))).toEqual({ '1.png': 100 })
  writeFileSync(join(directory, 'index.json'), '{"version":')
  expect(values(await open(root))).toEqual({ '1.png': 100 })
})

test('a store that is opened itself, and is damaged or of another version, says so and what to open', async () => {
  const root = put(temporaryFolder(), { '1.png': grey })
  const { directory } = await open(root)
  const index = join(directory, 'index.json')
  const text = readFileSync(index, 'utf8')
  writeFileSync(join(directory, 'items.jsonl'), '')
  await expect(open(directory)).rejects.toThrow(`${directory}: this store of decoded data is damaged; open ${root}`)
  writeFileSync(index, text.replace(/"version":\d+/, '"version":1'))
  await expect(open(directory)).rejects.toThrow('is of another version of Lacuna')
})

test('two builds at once end with one whole store', async () => {
  const root = put(temporaryFolder(), Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.png`, grey])))
  const sets = await Promise.all([1, 2, 3].map(() => open(root)))
  for (const set of sets) expect(Object.values(values(set))).toEqual(Array(20).fill(100))
  expect(readdirSync(`${root}-cache`).length).toBe(1)
})

test('what a killed process left behind is removed after an hour', async () => {
  const root = put(temporaryFolder(), { '1.png': grey })
  const { directory } = await open(root)
  put(`${directory}.part-old`, { 'image.u8': 'half' })
  put(`${directory}.part-new`, { 'image.u8': 'half' })
  utimesSync(`${directory}.part-old/image.u8`, 1, 1)
  put(root, { '1.png': white })
  await open(root)
  expect(readdirSync(`${root}-cache`).sort()).toEqual([basename(directory), `${basename(directory)}.part-new`])
})

test('unreadable pictures are skipped and listed, up to three', async () => {
  const truncated = (
    await picture(
      64,
      64,
      Array.from({ length: 12288 }, (_, i) => (i * i) % 251),
    )
      .jpeg()
      .toBuffer()
  ).subarray(0, 900)
  const root = put(temporaryFolder(), { 'a.png': grey, 'b.jpg': truncated, 'c.png': '', 'd.png': 'text' })
  const set = await open(root)
  expect(values(set)).toEqual({ 'a.png': 100 })
  expect(set.skipped.map(({ name }) => name)).toEqual(['b.jpg', 'c.png', 'd.png'])
  expect(set.skipped.map(({ reason }) => reason)).toEqual([
    'is damaged or truncated',
    'is empty',
    expect.stringContaining('is no picture that can be read'),
  ])
  for (const { reason } of set.skipped) expect(reason).not.toContain('\n')

  put(root, { 'e.png': '' })
  await expect(open(root)).rejects.toThrow(
    /: 4 or more of 5 pictures cannot be read \(b\.jpg: .*; c\.png and 1 more: is empty; d\.png: .*--allow-skipped/,
  )
  expect(values(await open(root, { allowSkipped: 0.8 }))).toEqual({ 'a.png': 100 })
  await expect(open(root)).rejects.toThrow('4 or more of 5') // the store is there, but not for this share
})

test('a share of 0 allows none, and all broken is never allowed', async () => {
  const root = put(temporaryFolder(), { 'a.png': grey, 'b.png': '' })
  await expect(open(root, { allowSkipped: 0 })).rejects.toThrow('1 or more of 2')
  const broken = put(temporaryFolder(), { 'b.png': '' })
  await expect(open(broken, { allowSkipped: 1 })).rejects.toThrow('all 1 pictures cannot be read (b.png: is empty)')
  expect(readdirSync(`${broken}-cache`)).toEqual([])
})

test.skipIf(process.getuid?.() === 0)('a file without permission is skipped', async () => {
  const root = put(temporaryFolder(), { 'a.png': grey, 'b.png': grey })
  const { chmodSync } = await import('node:fs')
  chmodSync(join(root, 'b.png'), 0)
  expect((await open(root)).skipped).toEqual([{ name: 'b.png', reason: 'no permission to read it' }])
  chmodSync(join(root, 'b.png'), 0o644)
  expect((await open(root)).items.length).toBe(2)
})

test('links are followed, but not round in circles; a broken one is skipped', async () => {
  const elsewhere = put(temporaryFolder(), { '1.png': white })
  const root = put(temporaryFolder(), { 'a/1.png': black })
  symlinkSync(root, join(root, 'a', 'up'))
  symlinkSync(elsewhere, join(root, 'b'))
  symlinkSync(join(root, 'gone.png'), join(root, 'c.png'))
  const set = await open(root)
  expect(values(set)).toEqual({ 'a/1.png': 0, 'b/1.png': 255 })
  expect(set.skipped).toEqual([{ name: 'c.png', reason: 'no such file' }])
})

test('groups come from the pattern, and equal files are one group', async () => {
  const photo = await picture(
    40,
    30,
    Array.from({ length: 3600 }, (_, i) => (i * 7919) % 251),
  )
    .jpeg()
    .toBuffer()
  const root = put(temporaryFolder(), {
    'x/film1_a.png': black,
    'film1_b.png': grey,
    'film2_a.jpg': photo,
    'film3_a.jpg': photo,
    'y.png': await plain([7]),
  })
  const set = await open(root, { groupPattern: '^(film\\d)_' })
  const groups = Object.fromEntries(set.items.map(({ name, group }) => [name, group]))
  expect(groups['x/film1_a.png']).toBe('film1')
  expect(groups['film1_b.png']).toBe('film1')
  expect(groups['film2_a.jpg']).toBe('film2')
  expect(groups['film3_a.jpg']).toBe('film2')
  expect(groups['y.png']).toBe('y.png')
})

test('one picture, and a store by its directory', async () => {
  const root = put(temporaryFolder(), { 'a.png': grey, 'b.png': white })
  expect(values(await open(join(root, 'b.png'), { cache: join(root, 'cache') }))).toEqual({ 'b.png': 255 })
  const { directory } = await open(root)
  expect(values(await open(directory, { size: undefined }))).toEqual({ 'a.png': 100, 'b.png': 255 })
  await expect(open(directory, { size: 5 })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('of size 2, not 5'),
  })
  await expect(open(directory, { channels: 3 })).rejects.toMatchObject({ exitCode: 2 })
})

test('gather gives what is asked for in that order, also twice; subsets count for themselves', async () => {
  const set = await open(put(temporaryFolder(), { 'a/1.png': black, 'b/2.png': grey, 'c/3.png': white }))
  expect([...set.gather([2, 0, 2]).image]).toEqual([255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255])
  const subset = set.subset(Uint32Array.of(2, 1)).subset([1])
  expect(subset.items.map(({ name }) => name)).toEqual(['b/2.png'])
  expect([...subset.gather([0]).image]).toEqual([100, 100, 100, 100])
  expect(subset.classes).toEqual(['a', 'b', 'c']) // so that a class has the same number in every part
  expect(() => set.gather([3]).image).toThrow(RangeError)
  subset.close()
  expect([...set.gather([1]).image]).toEqual([100, 100, 100, 100])
  set.close()
  set.close()
  expect(() => subset.gather([0]).image).toThrow('closed')
})

test('progress ends with everything, and a signal stops without a trace', async () => {
  const root = put(temporaryFolder(), { '1.png': grey, '2.png': '', '3.png': black })
  const seen: Progress[] = []
  await open(root, { onProgress: progress => seen.push(progress) })
  expect(seen.at(-1)).toMatchObject({ done: 3, total: 3, skipped: 1, perSecond: expect.any(Number) })

  await expect(open(root, { size: 3, signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  expect(readdirSync(`${root}-cache`).length).toBe(1)
})

test('every error says what there is and what to do', async () => {
  const root = temporaryFolder()
  await expect(open(join(root, 'none'))).rejects.toThrow(/none: no such file; give a folder/)
  put(root, { 'a.txt': '', 'b.txt': '', 'c.csv': 'x' })
  await expect(open(root)).rejects.toThrow('no pictures found, only other files (2 .txt, 1 .csv)')
  const packed = put(temporaryFolder(), { 'a.tar.gz': 'x', 'b.zip': 'x' })
  await expect(open(packed)).rejects.toThrow('only other files (1 .gz, 1 .zip): unpack what holds pictures, or give')
  await expect(open(join(root, 'a.txt'))).rejects.toThrow('not a folder, a picture or an IDX file')
  put(root, { 'a.png': grey })
  const usage = (message: string) => expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) })
  await expect(open(root, { size: -1 })).rejects.toEqual(usage('not -1'))
  await expect(open(root, { size: 1.5 })).rejects.toEqual(usage('not 1.5'))
  await expect(open(root, { allowSkipped: 2 })).rejects.toEqual(usage('0 to 1'))
  await expect(open(root, { groupPattern: '(' })).rejects.toEqual(usage('not a regular expression'))
  await expect(open(root, { groupPattern: 'a' })).rejects.toEqual(usage('0 capture groups'))
  put(root, { file: '' })
  await expect(open(root, { cache: join(root, 'file') })).rejects.toThrow(/cannot be written/)
  expect(existsSync(`${root}-cache`)).toBe(false)
})

test('files become 32 px unless told', async () => {
  const root = put(temporaryFolder(), { 'a.png': grey })
  expect((await open(root, { size: undefined })).channels.image.size).toBe(32)
})
