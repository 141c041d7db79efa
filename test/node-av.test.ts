import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { Wanted } from '../src/channels/channel.js'
import { put, temporaryFolder, tone } from '../src/data/testing.js'
import type { RecordingSet } from '../src/data/types.js'
import { frame, framesOf, hasFfmpeg, turnFilm, writeFilm, writeSound } from '../src/data/video/testing.js'
import { range } from '../src/tensor/shape.js'

const isInstalled = (() => {
  try {
    return createRequire(resolve('dist/data/ffmpeg.js')).resolve('node-av/lib') !== ''
  } catch {
    return false
  }
})()
/** What was built, where the program for node-av lies */
const { openFilms, openRecordings } = (await import(
  pathToFileURL(resolve('dist/data/index.js')).href
)) as typeof import('../src/data/index.js')

/** The same twice: through ffmpeg, and where there is none. */
async function both<Result>(open: (cache: string) => Promise<Result>): Promise<[Result, Result]> {
  const { PATH } = process.env
  const first = await open(temporaryFolder())
  process.env.PATH = '/nowhere'
  try {
    return [first, await open(temporaryFolder())]
  } finally {
    process.env.PATH = PATH
  }
}

const named = (reason: string) => reason.replace(/by (ffmpeg|node-av)/, 'by it')

// npm install --no-save node-av: it is as large as 170 MB, so that it is no part of a clone
test.skipIf(!hasFfmpeg || !isInstalled)('films through node-av are those of ffmpeg, broken ones too', async () => {
  const root = put(temporaryFolder(), { 'text.mkv': 'not a film at all', 'empty.webm': '' })
  const wide = (t: number) => range(47 * 21).map(i => (i % 47 < 23 ? 220 : 20) + t)
  writeFilm(join(root, 'plain.mp4'), range(9).map(wide), { width: 47, height: 21 }, ['-c:v', 'mpeg4', '-q:v', '1'])
  turnFilm(join(root, 'plain.mp4'), join(root, 'turned.mp4'))
  writeFilm(join(root, 'lossless.mkv'), range(12).map(frame), { rate: 24 })
  const changing = "setpts='if(lt(N,4),N/10,0.4+(N-4)/5)/TB'"
  writeFilm(join(root, 'uneven.mkv'), range(7).map(frame), {}, ['-vf', changing, '-fps_mode', 'vfr', '-c:v', 'ffv1'])
  writeSound(join(root, 'song.mkv'), tone(440, 1))
  const options = { size: 16, channels: 1, allowSkipped: 1 } as const
  const [known, own] = await both(cache => openFilms(root, { cache, ...options }))
  expect(own.items.map(({ name }) => name)).toEqual(['lossless.mkv', 'plain.mp4', 'turned.mp4', 'uneven.mkv'])
  expect([own.items, own.notes]).toEqual([known.items, known.notes])
  expect(own.skipped.map(({ name, reason }) => [name, named(reason)])).toEqual(
    known.skipped.map(({ name, reason }) => [name, named(reason)]),
  )
  for (const position of range(own.items.length)) {
    const [expected, found] = [framesOf(known, position), framesOf(own, position)]
    expect(found.length).toBe(expected.length)
    const apart = found.flatMap((values, t) => values.map((value, i) => Math.abs(value - (expected[t]?.[i] ?? 999))))
    expect(Math.max(...apart)).toBeLessThanOrEqual(1) // releases of FFmpeg differ by as much
  }
})

test.skipIf(!hasFfmpeg || !isInstalled)('recordings through node-av are those of ffmpeg', async () => {
  const root = temporaryFolder()
  for (const name of ['a.g722', 'b.aiff', 'c.m4a', 'd.ac3']) writeSound(join(root, name), tone(440, 1))
  put(root, { 'e.m4a': '\0\0\0\x18ftypM4A \0\0\0\0nothing' })
  const [known, own] = await both(cache => openRecordings(root, { cache, allowSkipped: 1 }))
  expect([own.items, own.skipped.map(({ reason }) => named(reason))]).toEqual([
    known.items,
    known.skipped.map(({ reason }) => named(reason)),
  ])
  for (const position of range(own.items.length)) {
    const [expected, found] = [known, own].map(set => beginning(set, position))
    const apart = found?.map((value, i) => Math.abs(value - (expected?.[i] ?? 9)))
    expect(Math.max(...(apart ?? [9]))).toBeLessThanOrEqual(2 ** -15)
  }
})

/** Of a second: how AAC ends is another thing in each release. */
const beginning = (set: RecordingSet, position: number) =>
  set.as<{ audio: Wanted<'audio'> }>({ audio: { kind: 'audio', rate: 16_000, length: 15_000 } }).gather([position])
    .audio.values
