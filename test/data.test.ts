import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { sharp } from '../src/data/sharp.js'
import { readConfig } from '../src/runs/config.js'
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
  expect(stores).toMatchObject([
    { source: wide, records: 16, channels: { image: { size: 16 } }, state: 'ready', inUse: false },
  ])
})

test('going on with another reading is refused', async () => {
  const ended = await lacuna('pretrain', 'simclr', wide, '--out', run, '--resume', '--fit', 'crop', ...cache)
  expect(ended.code).toBe(2)
  expect(ended.err).toContain('the run was started with another --fit ("pad"); leave --fit away to go on with it')
})

test('the cache is cleared', async () => {
  expect((await lacuna('cache', 'clear', '--older-than', '1d', ...cache)).out).toContain('0 removed')
  expect((await lacuna('cache', 'clear', ...cache)).out).toContain('1 removed')
  expect((await lacuna('cache', ...cache)).out).toContain('no stores')
})

test('the share of unreadable pictures that a run put up with is put up with by the commands after it, unless told', async () => {
  const [torn, trained] = [join(folder, 'torn'), join(folder, 'trained')]
  mkdirSync(torn)
  for (const name of readdirSync(emoji).slice(200, 208)) copyFileSync(join(emoji, name), join(torn, name))
  for (let i = 0; i < 4; i++) writeFileSync(join(torn, `torn-${i}.png`), 'no picture')
  const train = (...more: string[]) =>
    lacuna(
      ...['pretrain', 'simclr', torn, '--out', trained, '--size', '16', '--encoder', 'c4-half', '--batch', '4'],
      ...['--no-report', ...cache, ...more],
    )
  expect(await train('--steps', '1', '--allow-skipped', '0.5')).toMatchObject({ code: 0 })
  expect(readConfig(trained).data.allowSkipped).toBe(0.5)
  expect(await train('--steps', '2', '--resume')).toMatchObject({ code: 0 })
  const embed = (...more: string[]) => lacuna('embed', trained, torn, '--out', join(folder, 'v.npy'), ...cache, ...more)
  expect(await embed()).toMatchObject({ code: 0 })
  expect(await embed('--allow-skipped', '0.1')).toMatchObject({ code: 1 })
})
