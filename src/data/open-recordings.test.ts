import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Wanted } from '../channels/channel.js'
import { openData } from './open-data.js'
import { openRecordings } from './open-recordings.js'
import { plain, put, temporaryFolder, tone, type WaveFormat, wav } from './testing.js'
import type { RecordingOptions, RecordingSet } from './types.js'

const open = (root: string, options: RecordingOptions = {}) =>
  openRecordings(root, { cache: `${root}-cache`, ...options })

/** All of a record, as stored. */
function numbers(set: RecordingSet, position: number): number[] {
  const length = set.lengthOf('audio', position)
  const { values, lengths } = set
    .as<{ audio: Wanted<'audio'> }>({ audio: { kind: 'audio', rate: 16_000, length } })
    .gather([position]).audio
  expect([...lengths]).toEqual([length])
  return Array.from(values, value => value * 2 ** 15)
}

const steps = Float32Array.from({ length: 800 }, (_, i) => (((i * 7919) % 65_536) - 32_768) / 32_768)

test('a folder of class folders becomes a column of int16, each recording as long as it is', async () => {
  const root = put(temporaryFolder(), {
    'yes/1.wav': wav([steps]),
    'no/2.wav': wav([tone(440, 0.1)]),
    'no/notes.txt': '',
  })
  const set = await open(root)
  expect(set.items).toEqual([
    { name: 'no/2.wav', label: 'no', group: 'no/2.wav', split: undefined },
    { name: 'yes/1.wav', label: 'yes', group: 'yes/1.wav', split: undefined },
  ])
  expect([set.classes, set.channels]).toEqual([['no', 'yes'], { audio: { kind: 'audio', rate: 16_000, length: 1600 } }])
  expect(numbers(set, 1)).toEqual(Array.from(steps, value => value * 32_768))
  expect(numbers(set, 0)[100]).toBe(Math.round(16_384 * Math.sin((2 * Math.PI * 440 * 100) / 16_000)))
  expect(set.notes).toEqual(['2 recordings, 0.15 s in all, of 0.05 s to 0.1 s.'])
  expect(
    readdirSync(set.directory)
      .filter(name => name.startsWith('audio'))
      .sort(),
  ).toEqual(['audio.i16', 'audio.starts'])
})

const formats: WaveFormat[] = [8, 16, 24, 32].flatMap(bits =>
  [false, true].map(extensible => ({ bits: bits as 8, extensible })),
)
test.each([...formats, { bits: 32, floating: true }, { bits: 64, floating: true, extensible: true }] as WaveFormat[])(
  'a wav of %o is read to its last bit',
  async format => {
    const root = put(temporaryFolder(), { 'a.wav': wav([steps], format) })
    const wanted = Array.from(steps, value => value * 32_768)
    const within = format.bits === 8 ? 129 : 0 // half a step, and the one that 127 is below 128
    numbers(await open(root), 0).forEach((value, i) => {
      expect(Math.abs(value - (wanted[i] ?? 0))).toBeLessThanOrEqual(within)
    })
  },
)

test('channels are mixed down to their mean, and other rates resampled; both are said', async () => {
  const root = put(temporaryFolder(), {
    'call.wav': wav([tone(300, 0.2, 8000), new Float32Array(1600)], { rate: 8000 }),
    'plain.wav': wav([tone(300, 0.3)]),
  })
  const set = await open(root)
  expect(set.lengthOf('audio', 0)).toBe(3200)
  const wanted = tone(300, 0.2, 16_000, 0.25)
  numbers(set, 0)
    .slice(200, -200)
    .forEach((value, i) => {
      expect(Math.abs(value / 2 ** 15 - (wanted[i + 200] ?? 0))).toBeLessThan(4e-4)
    })
  expect(set.notes.slice(1)).toEqual([
    '1 of 2 recordings has a rate of 8 kHz: upsampled to 16 kHz, with nothing above 4 kHz.',
    '1 of 2 recordings has more than one channel: mixed down to their mean.',
  ])
})

test('a folder with pictures and recordings is opened as either, and what is passed over is said', async () => {
  const root = put(temporaryFolder(), { 'a.wav': wav([steps]), 'a.png': await plain([0]), 'b.png': await plain([9]) })
  const options = { cache: `${root}-cache` }
  const sounds = await openData(root, { ...options, kinds: ['audio'] })
  expect(sounds.items.map(({ name }) => name)).toEqual(['a.wav'])
  expect(sounds.notes[0]).toBe('2 pictures in the same folder: passed over, what is read here is the 1 recording.')
  const pictures = await openData(root, { ...options, kinds: ['image'] })
  expect(pictures.items.map(({ name }) => name)).toEqual(['a.png', 'b.png'])
  expect(pictures.notes[0]).toBe('1 recording in the same folder: passed over, what is read here are the 2 pictures.')
})

test('what is said of pictures is refused for recordings, and kinds that cannot be opened together', async () => {
  const root = put(temporaryFolder(), { 'a.wav': wav([steps]) })
  await expect(openData(root, { kinds: ['audio'], size: 64 })).rejects.toThrow(
    '--size says how pictures are read, and these are recordings; leave --size away',
  )
  await expect(openData(root, { kinds: ['audio', 'image'] })).rejects.toThrow('audio and image are wanted')
  await expect(openRecordings(root, { fit: 'pad' } as RecordingOptions)).rejects.toThrow('fit')
})

test('a store is used again, and opened by its folder', async () => {
  const root = put(temporaryFolder(), { 'a.wav': wav([steps]) })
  const first = await open(root)
  const again = await open(root)
  expect(again.directory).toBe(first.directory)
  expect(readdirSync(`${root}-cache`)).toEqual([basename(first.directory)])
  expect(numbers(await open(first.directory), 0)).toEqual(numbers(first, 0))
  expect(first.directory.startsWith(join(`${root}-cache`))).toBe(true)
})
