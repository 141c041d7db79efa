import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Wanted } from '../channels/channel.js'
import { openData } from './open-data.js'
import { openRecordings } from './open-recordings.js'
import { idx, plain, put, temporaryFolder, tone, type WaveFormat, wav } from './testing.js'
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

test('recordings without an extension are told of', async () => {
  const other = {
    mp4: '\0\0\0\x18ftypM4A ',
    heic: '\0\0\0\x18ftypheic',
    webp: 'RIFF1234WEBPVP8 ',
    avi: 'RIFF1234AVI LIST',
  }
  const root = put(temporaryFolder(), { 'a.wav': wav([steps]), take1: wav([tone(440, 0.1)]), README: 'how', ...other })
  const set = await open(root)
  expect(set.items.map(({ name }) => name)).toEqual(['a.wav'])
  expect(set.notes).toContain(
    '2 files without an extension look like recordings (mp4, take1): left out; add the extension of what it is, such as .wav.',
  )
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
  await expect(openData(root, { kinds: ['audio', 'vector'] })).rejects.toThrow('vector is wanted')
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

const seconds = (hertz: number, length = 0.2) => wav([tone(hertz, length)])

test('what cannot be read, or has nothing in it, is skipped and listed', async () => {
  const good = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.wav`, seconds(200 + 10 * i)]))
  const root = put(temporaryFolder(), {
    ...good,
    'empty.wav': '',
    'garbage.flac': idx([10, 28], new Uint8Array(280)),
    'noise.mp3': new Uint8Array(5000).fill(17),
    'short.wav': seconds(300, 0.01),
    'silent.wav': wav([new Float32Array(8000)]),
    'wrong.mp3': seconds(300),
    'what.gsm': 'raw, as telephones have it',
    'folder.wav/inside.wav': seconds(500),
  })
  execFileSync('mkfifo', [join(root, 'pipe.wav')])
  symlinkSync('nowhere.wav', join(root, 'link.wav'))
  const skippedIn = async (path: string) => {
    vi.stubEnv('PATH', '')
    const { skipped } = await open(path, { allowSkipped: 0.5 })
    vi.unstubAllEnvs()
    return Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]))
  }
  expect(await skippedIn(root)).toEqual({
    'empty.wav': 'is empty',
    'garbage.flac': expect.stringContaining('is no recording that can be read'),
    'link.wav': 'no such file',
    'noise.mp3': expect.stringContaining('is damaged'),
    'pipe.wav': 'is not a regular file',
    'short.wav': 'has 10 ms, less than 25',
    'silent.wav': 'is silent',
    'what.gsm': expect.stringContaining('is GSM, which needs ffmpeg: install it'),
  })
  await expect(open(root, { allowSkipped: 0.1 })).rejects.toThrow(
    /6 or more of 20 recordings cannot be read \(.*\): .*raise the share with --allow-skipped/,
  )
  expect((await open(root, { allowSkipped: 0.5 })).items.map(({ name }) => name)).toContain('wrong.mp3')
})

test.skipIf(process.getuid?.() === 0)('one without permission to read it is skipped', async () => {
  const root = put(temporaryFolder(), { 'a.wav': seconds(300), 'b.wav': seconds(400) })
  chmodSync(join(root, 'b.wav'), 0)
  expect((await open(root)).skipped).toEqual([{ name: 'b.wav', reason: 'no permission to read it' }])
})

test('a folder without recordings says what is in it instead, and one of unreadable ones what is wrong', async () => {
  const digits = put(temporaryFolder(), { 'train-images-idx3-ubyte': idx([1, 2, 2], [1, 2, 3, 4]), 'a.txt': '' })
  await expect(open(digits)).rejects.toThrow(
    /no recordings found, only other files \(1 .*\): give a folder with .wav, .flac, .mp3, .ogg or .opus files/,
  )
  await expect(open(join(digits, 'a.txt'))).rejects.toThrow('not a folder or a recording; give the folder that holds')
  await expect(open(join(digits, 'gone'))).rejects.toThrow('no such file; give a folder of recordings')
  const silent = put(temporaryFolder(), { 'a.wav': wav([new Float32Array(8000)]) })
  await expect(open(silent)).rejects.toThrow('holds no recordings to learn from (a.wav: is silent)')
})

test('silent ones are left out and listed, and count as no recordings, also out of the store', async () => {
  const silent = wav([new Float32Array(8000)])
  const root = put(temporaryFolder(), {
    'a.wav': seconds(300),
    'b.wav': silent,
    'c.wav': silent,
    'd.wav': silent,
    'e.wav': silent,
  })
  for (const _ of ['decoded', 'out of the store']) {
    const set = await open(root, { allowSkipped: 0 })
    expect(set.items.map(({ name }) => name)).toEqual(['a.wav'])
    expect(set.skipped.map(({ name, reason }) => `${name} ${reason}`)).toEqual(
      ['b', 'c', 'd', 'e'].map(name => `${name}.wav is silent`),
    )
    set.close()
  }
})

test('a table as of a Hugging Face audiofolder: splits, several labels, transcripts, and files that are not there', async () => {
  const root = put(temporaryFolder(), {
    'metadata.csv':
      'file_name,transcription,speaker,word,split\n' +
      'data/1.wav,"yes, please",anna,yes,train\n' +
      'data/2.wav,no,ben,no,test\n' +
      'data/3.wav,lost,ben,no,test\n' +
      'cover.png,,,,train\n',
    'data/1.wav': seconds(300),
    'data/2.wav': seconds(400),
    'cover.png': await plain([0]),
    'data/4.wav': seconds(500),
  })
  const set = await open(root, { label: 'speaker' })
  expect(set.items).toEqual([
    {
      ...{ name: 'data/1.wav', group: 'data/1.wav', split: 'train', label: 'anna' },
      labels: { transcription: 'yes, please', speaker: 'anna', word: 'yes' },
    },
    {
      ...{ name: 'data/2.wav', group: 'data/2.wav', split: 'test', label: 'ben' },
      labels: { transcription: 'no', speaker: 'ben', word: 'no' },
    },
  ])
  expect(set.skipped).toEqual([{ name: 'data/3.wav', reason: 'no such file' }])
  expect(set.notes[0]).toBe('1 recording (data/4.wav) is in the folder but not in its metadata: left out.')
  await expect(open(root, { label: 'accent' })).rejects.toThrow('the labels are transcription, speaker, word')
})

test('copies are found by their sound, whatever they are stored as, above all across splits', async () => {
  const root = put(temporaryFolder(), {
    'train/yes/1.wav': seconds(300),
    'train/no/2.wav': seconds(400),
    'test/yes/3.wav': wav([tone(300, 0.2)], { bits: 16, extensible: true }),
  })
  const { items, notes } = await open(root)
  expect(items.find(({ name }) => name === 'train/yes/1.wav')?.copyOf).toBe('test/yes/3.wav')
  expect(new Set(items.map(({ group }) => group)).size).toBe(2)
  expect(notes.slice(1)).toEqual([
    '3 recordings, 2 different: the others are exact copies.',
    '1 of 1 test recordings are also among the training recordings, the same or nearly so (test/yes/3.wav is train/yes/1.wav): scores on them say nothing of new recordings.',
  ])
})

test('progress is told, and a signal ends it with nothing left behind', async () => {
  const root = put(temporaryFolder(), { 'a.wav': seconds(300), 'b.wav': seconds(400) })
  const seen: number[] = []
  await open(root, { onProgress: ({ done }) => seen.push(done) })
  expect(seen.at(-1)).toBe(2)
  const cache = temporaryFolder()
  await expect(open(root, { cache, signal: AbortSignal.abort() })).rejects.toThrow()
  expect(readdirSync(cache)).toEqual([])
})
