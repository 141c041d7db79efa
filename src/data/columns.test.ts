import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Channel } from '../channels/channel.js'
import { columnWriter } from './column-writer.js'
import { type Column, emptyUnits, memoryColumn, openColumn, type Stored } from './columns.js'
import { temporaryFolder } from './testing.js'

const channels: readonly (readonly [Channel, perUnit: number, highest: number])[] = [
  [{ kind: 'image', size: 2, colours: 3 }, 12, 255],
  [{ kind: 'audio', rate: 16_000, length: 1 }, 1, 2 ** 15 - 1],
  [{ kind: 'video', size: 2, colours: 1, rate: 25, length: 1 }, 4, 255],
  [{ kind: 'text', vocabulary: 256, length: 1 }, 1, 255],
  [{ kind: 'vector', width: 3 }, 3, 2 ** 20],
]

/** Records of made-up values. */
function made(channel: Channel, perUnit: number, highest: number, lengths: readonly number[]): Stored[] {
  let next = 1
  return lengths.map(length => {
    const values = emptyUnits(channel, length)
    for (let i = 0; i < length * perUnit; i++) values[i] = next = (next * 48_271) % highest
    return values
  })
}

function stored(channel: Channel, records: readonly Stored[], heldBytes: number): Column {
  const folder = temporaryFolder()
  const writer = columnWriter(folder, 'own', channel)
  for (const record of records) writer.write([record])
  writer.finish()
  writer.close()
  return openColumn(folder, 'own', channel, records.length, heldBytes)
}

test.each(channels)(
  'a column of $kind gives back what was written, from disk, held and in memory',
  (channel, perUnit, highest) => {
    const lengths = 'length' in channel ? [3, 0, 70_000, 1] : [1, 1, 1]
    const records = made(channel, perUnit, highest, lengths)
    for (const column of [
      stored(channel, records, 0),
      stored(channel, records, 2 ** 30),
      memoryColumn(channel, records),
    ]) {
      for (const [i, length] of lengths.entries()) {
        expect(column.lengthOf(i)).toBe(length)
        const all = emptyUnits(channel, length)
        expect(column.read(i, 0, length, all, 0)).toBe(length)
        expect(all).toEqual(records[i])
      }
      column.close()
    }
  },
)

test('a window goes on with zeros where its record has ended, wherever it lies', () => {
  const channel = { kind: 'audio', rate: 8000, length: 1 } as const
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }), { maxLength: 9 }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.nat(4),
      fc.nat(12),
      fc.nat(12),
      (records, which, from, count) => {
        const record = which % records.length
        const column = memoryColumn(channel, records)
        const out = new Int16Array(count + 2).fill(7)
        const expected = Array.from({ length: count }, (_, i) => records[record]?.[from + i] ?? 0)
        const there = column.read(record, from, count, out, 1)
        expect([...out]).toEqual([7, ...expected, 7])
        expect(there).toBe(Math.max(0, Math.min(count, (records[record]?.length ?? 0) - from)))
      },
    ),
  )
})

test('files that are too short, and values that are no whole units, are told', () => {
  const channel = { kind: 'audio', rate: 8000, length: 1 } as const
  const folder = temporaryFolder()
  const writer = columnWriter(folder, 'sound', channel)
  writer.write([Int16Array.of(1), Int16Array.of(2, 3)])
  writer.finish()
  writer.close()
  expect(() => openColumn(folder, 'sound', channel, 2, 0)).toThrow('sound.starts: has 16 bytes where 24 are expected')
  truncateSync(join(folder, 'sound.i16'), 4)
  expect(() => openColumn(folder, 'sound', channel, 1, 0)).toThrow('sound.i16: has 4 bytes where 6 are expected')
  const image = columnWriter(folder, 'image', { kind: 'image', size: 2, colours: 1 })
  expect(() => image.write([new Uint8Array(8)])).toThrow('a record of 8 values, each unit has 4')
  image.close()
})
