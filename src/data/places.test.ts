import { expect, test } from 'vitest'
import { audio, image, text, video, type Wanted } from '../channels/channel.js'
import { memoryColumn } from './columns.js'
import { numbered, setInMemory } from './memory.js'
import { placesOf, samplesIn, windowsThrough } from './places.js'

const RECORDS = 6
/** As many frames of one pixel as a record is long, and sound of 10 times their rate; an image and words beside them. */
const lengths = [40, 3, 12, 25, 12, 30]
/** a, b, c, … in UTF-8 */
const letter = (i: number) => 97 + (i % 26)
const columns = {
  image: memoryColumn(
    { kind: 'image', size: 1, colours: 1 },
    lengths.map((_, i) => [i]),
  ),
  film: memoryColumn(
    { kind: 'video', size: 1, colours: 1, rate: 5, length: 40 },
    lengths.map(n => Array(n).fill(9)),
  ),
  sound: memoryColumn(
    { kind: 'audio', rate: 50, length: 400 },
    lengths.map(n => Array.from({ length: 10 * n }, (_, i) => i)),
  ),
  words: memoryColumn(
    { kind: 'text', vocabulary: 256, length: 40 },
    lengths.map(n => Array.from({ length: n }, (_, i) => letter(i))),
  ),
}
const reads = {
  image: image(),
  film: video({ seconds: 2 }),
  sound: audio({ seconds: 1.2, with: 'film' }),
  words: text({ tokens: 4 }),
}
const set = setInMemory(columns, numbered(RECORDS)).as<typeof reads>({
  image: { kind: 'image', size: 1, colours: 1 },
  film: { kind: 'video', size: 1, colours: 1, rate: 5, length: 10 },
  sound: { kind: 'audio', rate: 50, length: 60 },
  words: { kind: 'text', vocabulary: 256, length: 4 },
})

test('windows go all through what leads; what follows has the same moment, and what lies about a picture its middle', () => {
  const through = windowsThrough(set, reads, 1)
  const film = lengths.map(n => (n < 10 ? [0] : Array.from({ length: Math.floor(n / 10) }, (_, i) => 10 * i)))
  expect(Array.from(through.from?.film ?? [])).toEqual(film.flat())
  expect(Array.from(through.records)).toEqual(film.flatMap((starts, record) => starts.map(() => record)))
  expect(Array.from(through.from?.sound ?? []).slice(0, 4)).toEqual([20, 120, 220, 320])
  const picture = { image: image(), sound: audio({ seconds: 1.2, with: 'image' }) }
  const still = setInMemory({ image: columns.image, sound: columns.sound }, numbered(RECORDS)).as<typeof picture>({
    image: { kind: 'image', size: 1, colours: 1 },
    sound: { kind: 'audio', rate: 50, length: 60 },
  })
  expect(windowsThrough(still, picture, 1)).toEqual({
    records: Uint32Array.from(lengths.keys()),
    from: { sound: Float64Array.from(lengths, n => Math.max(0, 5 * n - 30)) },
  })
})

test('places hang on seed and step alone, and windows lie within their records', () => {
  const seen = new Map<number, Set<number>>()
  for (let step = 0; step < 300; step++) {
    const places = placesOf(set, reads, 3, { seed: 4, step })
    expect(placesOf(set, reads, 3, { seed: 4, step })).toEqual(places)
    Array.from(places.records).forEach((record, i) => {
      const from = places.from?.film?.[i] ?? Number.NaN
      expect(from).toBeGreaterThanOrEqual(0)
      expect(from).toBeLessThanOrEqual(Math.max(0, (lengths[record] ?? 0) - 10))
      seen.set(record, (seen.get(record) ?? new Set()).add(from))
    })
  }
  // all places of a record are drawn, its last as well as its first
  expect([...seen].sort(([a], [b]) => a - b).map(([, froms]) => froms.size)).toEqual([31, 1, 3, 16, 3, 21])
  const steps = [0, 1].map(step => placesOf(set, reads, RECORDS, { seed: 4, step }).from?.film)
  expect(steps[0]).not.toEqual(steps[1])
  expect(placesOf(set, reads, RECORDS, { seed: 5, step: 0 }).from?.film).not.toEqual(steps[0])
})

test('what follows another channel lies around the middle of its window, as far as its record goes', () => {
  const { records, from = {} } = placesOf(set, reads, RECORDS, { seed: 1, step: 3 })
  const { film = [], sound = [] } = from
  Array.from(records).forEach((record, i) => {
    const middle = (film[i] ?? 0) + 5 // in frames, of which the sound has 10 values each
    const most = Math.max(0, 10 * (lengths[record] ?? 0) - 60)
    expect(sound[i]).toBe(Math.min(most, Math.max(0, 10 * middle - 30)))
  })
})

test('gathered windows hold what lies there, with zeros after the end and the length that is there', () => {
  const {
    sound,
    film,
    words,
    image: pictures,
  } = set.gather({ records: [1, 0], from: { sound: [0, 390], film: [0, 35] } })
  expect([...sound.lengths]).toEqual([30, 10])
  expect([...sound.values.slice(0, 60)]).toEqual([
    ...Array.from({ length: 30 }, (_, i) => i / 2 ** 15),
    ...Array(30).fill(0),
  ])
  expect([...sound.values.slice(60, 71)]).toEqual([...Array.from({ length: 10 }, (_, i) => (390 + i) / 2 ** 15), 0])
  expect(film).toEqual({
    values: Uint8Array.of(9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0),
    lengths: Int32Array.of(3, 5),
  })
  expect(words).toEqual({ values: Int32Array.of(97, 98, 99, 0, 97, 98, 99, 100), lengths: Int32Array.of(3, 4) })
  expect(pictures).toEqual(Uint8Array.of(1, 0))
})

test('a channel that is not there is told, with those that are; so is another rate', () => {
  const rate = (of: number) => ({ kind: 'audio', rate: of, length: 60 }) as const
  expect(set.as<{ wave: Wanted<'audio'> }>({ wave: rate(50) }).gather([1]).wave.lengths).toEqual(Int32Array.of(30)) // the only one of its kind
  expect(() => set.as({ wave: rate(16_000) })).toThrow('memory: the channel wave has rate 50 where 16000 is wanted')
  expect(() => set.as({ vector: { kind: 'vector', width: 3 } })).toThrow(
    'the channel vector (vector) is wanted, the data has image (image), film (video), sound (audio), words (text)',
  )
})

test('a record that goes on for long counts as often as windows fit into it, and each part of it comes once an epoch', () => {
  const own = [1000, 20, 149, 150].map(length => Array<number>(length).fill(1))
  const wanted = { sound: audio({ seconds: 1 }) }
  const long = setInMemory({ sound: memoryColumn({ kind: 'audio', rate: 100, length: 1000 }, own) }, numbered(4))
  const windows = long.as<typeof wanted>({ sound: { kind: 'audio', rate: 100, length: 100 } })
  expect(samplesIn(windows, wanted)).toBe(10 + 1 + 1 + 2)
  for (const epoch of [0, 1]) {
    const begins = Array.from({ length: 14 }, (_, i) => {
      const { records, from } = placesOf(windows, wanted, 1, { seed: 7, step: 14 * epoch + i })
      return { record: records[0], from: from?.sound?.[0] ?? -1 }
    })
    const of = (record: number) => begins.filter(place => place.record === record).map(({ from }) => from)
    // 901 places to begin at, in ten parts
    expect(
      of(0)
        .map(from => Math.floor((10 * from) / 901))
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(of(1)).toEqual([0])
    expect(
      of(3)
        .map(from => Math.floor((2 * from) / 51))
        .sort(),
    ).toEqual([0, 1])
  }
  const { sound } = windows.gather({ records: [1], from: { sound: [0] } })
  expect([sound.lengths[0], sound.values.slice(19, 22).map(Math.ceil)]).toEqual([20, Float32Array.of(1, 0, 0)])
  // pictures are one each
  expect(samplesIn(setInMemory({ image: columns.image }, numbered(RECORDS)), { image: image() })).toBe(RECORDS)
})
