import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPictures } from './open.js'
import { sharp } from './sharp.js'
import { picture, plain, put, temporaryFolder, tiff } from './testing.js'
import type { OpenOptions, PictureSet } from './types.js'

/** A picture of its own for every number. */
const scene = (number: number, width = 16, height = 16) =>
  picture(
    width,
    height,
    Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [(i % width) / width, Math.floor(i / width) / height]
      return [0, 1, 2].map(
        c => 128 + 100 * Math.sin(number * 1.7 + (3 + (number % 5)) * x + c) * Math.cos((2 + (number % 7)) * y),
      )
    }).flat(),
  )
const png = (number: number, width?: number, height?: number) => scene(number, width, height).png().toBuffer()

const open = (root: string, options: OpenOptions = {}): Promise<PictureSet> =>
  openPictures(root, { size: 16, cache: join(`${root}-cache`), ...options })

test('how many pictures are cut, and what keeps them whole', async () => {
  const root = put(temporaryFolder(), {
    '1.png': await png(1, 24, 16),
    '2.png': await png(2),
    '3.png': await png(3, 16, 20),
  })
  const note = '2 of 3 pictures are not square: cut to the middle. --fit pad or --fit squash keeps all of them.'
  expect((await open(root)).notes).toEqual([note])
  expect((await open(root)).notes).toEqual([note]) // from the store
  expect((await open(root, { fit: 'squash' })).notes).toEqual([])
})

test('a padded picture lies whole on its background, a squeezed one fills all', async () => {
  const white = await plain([255, 255, 255], 16)
  const wide = await sharp(white).resize(16, 8, { fit: 'fill' }).png().toBuffer()
  const big = await sharp(white).resize(200, 100, { fit: 'fill' }).png().toBuffer()
  const root = put(temporaryFolder(), { '1.png': wide, '2.png': big })
  const set = await open(root, { fit: 'pad', background: 'red' })
  expect(set.reading).toEqual({ fit: 'pad', background: '#ff0000', range: 'auto' })
  for (const i of [0, 1]) {
    const rows = Array.from({ length: 16 }, (_, y) => [...set.gather([i]).image.subarray(48 * y, 48 * y + 3)].join())
    expect(rows).toEqual([...Array(4).fill('255,0,0'), ...Array(8).fill('255,255,255'), ...Array(4).fill('255,0,0')])
  }
  expect(new Set((await open(root, { fit: 'squash' })).gather([0, 1]).image)).toEqual(new Set([255]))
  await expect(open(root, { background: 'rouge' })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('rouge'),
  })
  await expect(open(root, { fit: 'stretch' as 'crop' })).rejects.toThrow('crop, pad or squash')
})

test('of several pages the first is taken, and that is told', async () => {
  const values = Uint8Array.from({ length: 5 * 256 }, (_, i) => Math.floor(i / 256) * 40 + (i % 40))
  const root = put(temporaryFolder(), { '1.tif': tiff(values, 16, 16, 5), '2.png': await png(2) })
  expect((await open(root)).notes).toEqual([
    '1 of 2 pictures has more than one page or frame, up to 5: the first is taken.',
  ])
})

test('nearly constant pictures are told of', async () => {
  const root = put(temporaryFolder(), { '1.png': await plain([100, 0, 255], 16), '2.png': await png(2) })
  expect((await open(root)).notes).toEqual([expect.stringMatching(/^1 of 2 pictures is nearly constant at 16 px/)])
})

test('copies are counted, exact ones and nearly exact ones, and those in two parts', async () => {
  const files: Record<string, Buffer> = {}
  for (let i = 0; i < 8; i++) files[`train/${i}.png`] = await png(i)
  files['train/9.png'] = await png(0)
  files['test/a.png'] = await png(1)
  files['test/b.png'] = await scene(2).jpeg({ quality: 90 }).toBuffer()
  files['test/c.png'] = await png(20)
  const set = await open(put(temporaryFolder(), files))
  expect(set.notes).toEqual([
    '12 pictures, 10 different: the others are exact copies.',
    '1 picture is nearly the same as an earlier one, such as train/2.png and test/b.png.',
    '2 of 3 test pictures are also among the training pictures, the same or nearly so (test/a.png is train/1.png): scores on them say nothing of new pictures.',
  ])
  const found = set.items.flatMap(({ name, copyOf, like }) => (copyOf || like ? [`${name} ${copyOf} ${like}`] : []))
  expect(found).toEqual([
    'train/1.png test/a.png undefined',
    'train/2.png undefined test/b.png',
    'train/9.png train/0.png undefined',
  ])
})

test('a run inside of the data is no class', async () => {
  const root = put(temporaryFolder(), {
    'a/1.png': await png(1),
    'b/2.png': await png(2),
    'runs/x/config.json': JSON.stringify({ version: 2, method: 'simclr', encoder: 'c4', batch: 2, steps: 3, seed: 0 }),
    'runs/x/samples/sheet.png': await png(3),
    'c/config.json': '{"theme": "dark"}',
    'c/3.png': await png(4),
  })
  const set = await open(root)
  expect(set.items.map(({ name }) => name)).toEqual(['a/1.png', 'b/2.png', 'c/3.png'])
  expect(set.notes).toEqual(['runs/x is a run of Lacuna, whose pictures are reports: left out.'])
})

test('formats that cannot be read say which they are and what to do, whatever they are called', async () => {
  const bmp = Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])
  const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), Buffer.alloc(40)])
  const root = put(temporaryFolder(), {
    'a.bmp': bmp,
    'b.jpg': bmp,
    'c.heic': heic,
    'd.png': await png(1),
    'e.dng': 'raw',
  })
  const set = await open(root)
  expect(set.skipped.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
    'a.bmp is BMP, which cannot be read: convert it to JPEG or PNG',
    'b.jpg is BMP, which cannot be read: convert it to JPEG or PNG',
    'c.heic is HEIC, which cannot be read: convert it to JPEG or PNG',
  ])
  expect(set.notes).toEqual(['1 file of kinds that cannot be read (1 .dng): left out; convert them to JPEG or PNG.'])
  const only = put(temporaryFolder(), { 'a.bmp': bmp, 'b.bmp': bmp })
  await expect(open(only)).rejects.toThrow(
    'all 2 pictures cannot be read (a.bmp and 1 more: is BMP, which cannot be read: convert it to JPEG or PNG): convert them',
  )
})

test('pictures without an extension are told of, unless a table names them', async () => {
  const files = { 'a.png': await png(1), b: await png(2), c: await png(3), LICENSE: 'free', e: 'RIFF1234WAVEfmt ' }
  expect((await open(put(temporaryFolder(), files))).notes).toEqual([
    '2 files without an extension look like pictures (b, c): left out; add the extension of what it is, such as .png.',
  ])
  const tabled = await open(put(temporaryFolder(), { ...files, 'metadata.csv': 'file_name\na.png\nb\nc\n' }))
  expect([tabled.items.map(({ name }) => name), tabled.notes]).toEqual([['a.png', 'b', 'c'], []])
})

test.skipIf(process.platform === 'win32')('a pipe is never opened, wherever it is named', async () => {
  const pipe = (path: string) => execFileSync('mkfifo', [path])
  const root = put(temporaryFolder(), { 'a.png': await png(1), 'metadata.csv': 'file_name\na.png\np.png\nsub\n' })
  mkdirSync(join(root, 'sub'))
  pipe(join(root, 'p.png'))
  expect((await open(root)).skipped).toEqual([
    { name: 'p.png', reason: 'is not a regular file' },
    { name: 'sub', reason: 'is a folder' },
  ])
  await expect(open(join(root, 'p.png'))).rejects.toThrow('p.png: is not a regular file')
  for (const name of ['metadata.csv', 'metadata.jsonl', 'index.json', 'train-images-idx3-ubyte', 'pictures.idx']) {
    const folder = put(temporaryFolder(), { 'a.png': await png(1) })
    pipe(join(folder, name))
    const opened = open(name === 'pictures.idx' ? join(folder, name) : folder)
    if (name === 'index.json') expect((await opened).items.length).toBe(1)
    else await expect(opened).rejects.toThrow(/is not a regular file/)
  }
  await expect(open('/dev/zero')).rejects.toThrow('/dev/zero: is not a regular file')
})

test.each<[string, unknown[], RegExp]>([
  ['no path', [], /a path is expected/],
  ['a number', [5], /a path is expected/],
  ['no options but null', ['.', null], /options are expected/],
  ['a size in words', ['.', { size: '64' }], /--size must be a whole number of pixels from 1 to 4096, not "64"/],
  ['a pattern that is one already', ['.', { groupPattern: /a/ }], /--group must be a regular expression/],
  ['a name that there is not', ['.', { sise: 64 }], /openPictures: unknown "sise" \(did you mean size\?\)$/],
])('called with %s', async (_, args, message) => {
  const call = openPictures as (...args: unknown[]) => Promise<PictureSet>
  await expect(call(...args)).rejects.toMatchObject({
    name: 'LacunaError',
    exitCode: 2,
    message: expect.stringMatching(message),
  })
})
