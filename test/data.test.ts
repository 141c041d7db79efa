import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { sharp } from '../src/data/sharp.js'
import { readConfig } from '../src/index.js'
import { emoji, lacuna, temporary } from './lacuna.js'

const folder = temporary()
const wide = join(folder, 'wide')
const run = join(folder, 'run')
const cache = ['--cache', join(folder, 'cache')]

/** 16 pictures of 12 bits in 16, twice as wide as high. */
beforeAll(async () => {
  mkdirSync(wide)
  for (const [i, name] of readdirSync(emoji).slice(200, 216).entries()) {
    const raw = await sharp(join(emoji, name))
      .flatten({ background: '#fff' })
      .greyscale()
      .resize(48, 24, { fit: 'fill' })
      .raw()
      .toBuffer()
    const values = Uint16Array.from(raw, value => 16 * value)
    const image = sharp(values, { raw: { width: 48, height: 24, channels: 1 } }).toColourspace('grey16')
    writeFileSync(join(wide, `${i}.png`), await image.png().toBuffer())
  }
})

test('a run keeps how its pictures were read, and the commands after it read so too', async () => {
  const ended = await lacuna(
    'pretrain',
    'simclr',
    wide,
    '--out',
    run,
    '--fit',
    'pad',
    '--background',
    'black',
    '--size',
    '16',
    '--encoder',
    'c4-half',
    '--steps',
    '2',
    '--batch',
    '4',
    '--no-report',
    '--json',
    ...cache,
  )
  expect(ended.code, ended.err).toBe(0)
  const range = { low: 0, high: 4095, of: 'deep' }
  expect(readConfig(run).reading).toEqual({ fit: 'pad', background: '#000000', range })
  const { notes, skipped } = JSON.parse(ended.out)
  expect(notes).toContainEqual(expect.stringContaining('0 became black and 4095 white'))
  expect(skipped).toEqual([])
  const embedded = await lacuna('embed', run, wide, '--out', join(folder, 'v.npy'), '--json', ...cache)
  expect(JSON.parse(embedded.out).notes).toEqual(notes)
  const stores = JSON.parse((await lacuna('cache', '--json', ...cache)).out)
  expect(stores).toMatchObject([{ source: wide, pictures: 16, size: 16, state: 'ready', inUse: false }])
})

test('going on with another reading is refused', async () => {
  const ended = await lacuna('pretrain', 'simclr', wide, '--out', run, '--resume', '--fit', 'crop', ...cache)
  expect(ended.code).toBe(2)
  expect(ended.err).toContain('the run was started with another --fit (pad); leave --fit away to go on with it')
})

test('the cache is cleared', async () => {
  expect((await lacuna('cache', 'clear', '--older-than', '1d', ...cache)).out).toContain('0 removed')
  expect((await lacuna('cache', 'clear', ...cache)).out).toContain('1 removed')
  expect((await lacuna('cache', ...cache)).out).toContain('no stores')
})
