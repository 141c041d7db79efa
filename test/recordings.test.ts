import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { plain, tone, wav } from '../src/data/testing.js'
import { openRecordings } from '../src/index.js'
import { lacuna, temporary } from './lacuna.js'

const folder = temporary()
const recordings = join(folder, 'recordings')
const out = join(folder, 'run')

/** Enough for several threads: tones and noise of half a second to three, one of ten, and a picture beside them. */
beforeAll(async () => {
  mkdirSync(recordings)
  for (let i = 0; i < 48; i++) {
    const length = i === 5 ? 10 : 0.5 + (i % 6) / 2
    const values = tone(150 + 20 * i, length).map((value, t) => value * 0.5 + ((t * 7919) % 1000) / 1e4)
    writeFileSync(join(recordings, `${i}.wav`), wav([values]))
  }
  writeFileSync(join(recordings, 'cover.png'), await plain([9]))
})

const config = () => JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'))

test('a folder of recordings is trained on with no other option but where to', async () => {
  const ended = await lacuna('pretrain', 'best-rq', recordings, '--steps', '2', '--batch', '8', '--out', out)
  expect(ended.code, ended.err).toBe(0)
  expect(ended.err).toContain('1 picture in the same folder: passed over, what is read here are the 48 recordings.')
  const { channels, data, options } = config()
  expect(channels).toEqual({ audio: { kind: 'audio', rate: 16_000, length: 160_000 } })
  expect([data.records, data.windows > 48, options.seconds > 0]).toEqual([48, true, true])
  // threads of the command decode what this one does
  const here = await openRecordings(recordings, { cache: join(folder, 'cache'), workers: 1 })
  expect(data.fingerprint).toBe(here.fingerprint)
  here.close()
})

test('such a run goes on, and reads other recordings as its own', async () => {
  const more = await lacuna('pretrain', 'best-rq', recordings, '--steps', '3', '--resume', '--out', out)
  expect(more.code, more.err).toBe(0)
  const vectors = join(folder, 'vectors.npy')
  const embedded = await lacuna('embed', out, recordings, '--out', vectors)
  expect(embedded.code, embedded.err).toBe(0)
  expect(existsSync(vectors)).toBe(true)
})

test('--seconds is kept as the option of the method, and refused where there is none', async () => {
  const other = join(folder, 'other')
  const settings = ['--steps', '1', '--batch', '4', '--no-report', '--out', other]
  const ended = await lacuna('pretrain', 'best-rq', recordings, '--seconds', '1.5', ...settings)
  expect(ended.code, ended.err).toBe(0)
  expect(JSON.parse(readFileSync(join(other, 'config.json'), 'utf8')).options.seconds).toBe(1.5)
  const refused = await lacuna('preview', 'simclr', recordings, '--seconds', '2')
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('simclr has none; leave --seconds away')])
})

test('settings of pictures are refused for recordings, and a method that sees finds none of them', async () => {
  const refused = await lacuna('preview', 'best-rq', recordings, '--size', '64')
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--size says how pictures are read')])
  const sounds = join(folder, 'sounds')
  mkdirSync(sounds)
  writeFileSync(join(sounds, 'a.wav'), wav([tone(300, 1)]))
  const none = await lacuna('preview', 'simclr', sounds)
  expect([none.code, none.err]).toEqual([1, expect.stringContaining('no pictures found, only other files (1 .wav)')])
})
