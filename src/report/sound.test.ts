import { expect, test } from 'vitest'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { storedCell } from './cells.js'
import { soundsFor, wavUri } from './sound.js'
import { spectrogramOf } from './spectrogram.js'
import { worded } from './words.js'

const RATE = 16_000
const tone = (hertz: number, seconds: number) =>
  Float32Array.from({ length: seconds * RATE }, (_, t) => 0.5 * Math.sin((2 * Math.PI * hertz * t) / RATE))

/** The darkest row of each column, from the bottom. */
const darkest = ({ width, height, data }: { width: number; height: number; data: Uint8Array }) =>
  Array.from({ length: width }, (_, x) => {
    const column = Array.from({ length: height }, (_, y) => data[(height - 1 - y) * width + x] ?? 255)
    return column.indexOf(Math.min(...column))
  })

test('a tone is a dark line in the band that it lies in, higher for a higher one; silence is white', () => {
  const low = darkest(spectrogramOf(tone(300, 1), RATE, 40, 64)).slice(2, -2)
  const high = darkest(spectrogramOf(tone(3000, 1), RATE, 40, 64)).slice(2, -2)
  expect(new Set(low).size).toBe(1)
  // HTK's mel: 300 Hz are 401.97 and 3 kHz 1876.5 of 2840 over 65 parts
  expect(low[0]).toBeCloseTo(Math.round((401.97 * 65) / 2840) - 1, 0)
  expect(high[0]).toBeCloseTo(Math.round((1876.5 * 65) / 2840) - 1, 0)
  expect(new Set(spectrogramOf(new Float32Array(RATE), RATE, 8, 64).data)).toEqual(new Set([255]))
})

test('a WAV of the page holds the wave to 16 bits', () => {
  const bytes = Buffer.from(wavUri([0, 0.5, -1, 1], RATE).split(',')[1] ?? '', 'base64')
  expect(bytes.length).toBe(44 + 8)
  expect([0, 1, 2, 3].map(i => bytes.readInt16LE(44 + 2 * i))).toEqual([0, 16384, -32768, 32767])
  expect(bytes.readUInt32LE(24)).toBe(RATE)
  expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8)
})

test('a page plays two seconds and a half of each, as long as there is room, and nothing unless it shall', () => {
  const sounds = soundsFor(true)
  const wave = tone(100, 6)
  const played = Array.from({ length: 90 }, () => sounds.of(wave, RATE)).filter(uri => uri !== undefined)
  expect(played[0]).toBe(wavUri(wave.slice(0, 2.5 * RATE), RATE))
  expect(played.length).toBe(Math.floor(8_000_000 / (played[0]?.length ?? 1)))
  expect(soundsFor(false).of(wave, RATE)).toBeUndefined()
})

test('a recording is its wave over its spectrogram, at most its first ten seconds; one of a low rate its wave alone', () => {
  const stored = (rate: number, lengths: number[]) =>
    setInMemory(
      {
        audio: memoryColumn(
          { kind: 'audio', rate, length: Math.max(...lengths) },
          lengths.map(length => Array.from({ length }, (_, t) => (t % 2 === 0 ? 8000 : -8000))),
        ),
      },
      numbered(lengths.length),
    )
  const set = stored(RATE, [12 * RATE, 800])
  expect(storedCell(set, 0)).toMatchObject({ picture: { width: 192, height: 128 }, sound: { rate: RATE } })
  expect(storedCell(set, 0).sound?.wave.length).toBe(10 * RATE)
  expect(storedCell(set, 1).sound?.wave.length).toBe(800)
  expect(storedCell(stored(100, [50]), 0).picture.height).toBe(64)
})

test('sentences about pictures are said of recordings', () => {
  expect(worded('of 3 pictures beside raw pixels: a picture', 'audio')).toBe(
    'of 3 recordings beside log-mel with deltas: a recording',
  )
  expect(worded('3 pictures', 'image')).toBe('3 pictures')
  expect(worded('of 3 pictures beside raw pixels: a picture', 'video')).toBe('of 3 films beside raw pixels: a film')
})
