import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Channel, type ChannelOf, isSequence, type Kind } from '../channels/channel.js'
import { LacunaError, messageOf } from '../errors.js'
import { readInto } from '../files.js'

/** Values as they are stored. */
export type Stored = Uint8Array | Int16Array | Float32Array

/** How the values of a kind are stored, little-endian. A unit is an image, a number of a wave, a frame, a byte of text, a vector. */
interface Format<K extends Kind> {
  readonly extension: string
  readonly array: (buffer: ArrayBuffer) => Stored
  readonly bytesPerValue: number
  readonly valuesPerUnit: (channel: ChannelOf<K>) => number
}

const bytes = { extension: 'u8', array: (buffer: ArrayBuffer) => new Uint8Array(buffer), bytesPerValue: 1 }
const formats: { readonly [K in Kind]: Format<K> } = {
  image: { ...bytes, valuesPerUnit: ({ size, colours }) => size * size * colours },
  audio: { extension: 'i16', array: b => new Int16Array(b), bytesPerValue: 2, valuesPerUnit: () => 1 },
  video: { ...bytes, valuesPerUnit: ({ size, colours }) => size * size * colours },
  text: { ...bytes, valuesPerUnit: () => 1 }, // UTF-8: tokens are made of it when a batch is gathered
  vector: { extension: 'f32', array: b => new Float32Array(b), bytesPerValue: 4, valuesPerUnit: ({ width }) => width },
}
const formatOf = (channel: Channel): Format<Kind> => formats[channel.kind] as Format<Kind>
const unitBytes = (channel: Channel): number =>
  formatOf(channel).bytesPerValue * formatOf(channel).valuesPerUnit(channel)

export const valuesPath = (directory: string, name: string, channel: Channel) =>
  join(directory, `${name}.${formatOf(channel).extension}`)
export const startsPath = (directory: string, name: string) => join(directory, `${name}.starts`)

const extensions: readonly string[] = ['starts', ...Object.values(formats).map(({ extension }) => extension)]

/** Whether a store of ours may have a file of this name for a column. */
export const isColumnFile = (name: string): boolean => extensions.includes(extname(name).slice(1))

/** One channel of all records. */
export interface Column {
  /** Of a sequence, `length` is that of the longest record */
  readonly channel: Channel
  readonly records: number
  /** Units of a record; 1 unless the channel is a sequence */
  lengthOf(record: number): number
  /**
   * Up to `count` units of a record from `from` on. What lies beyond its end is zeros.
   * @param into values as stored, written from `at` on
   * @returns the units that are there
   */
  read(record: number, from: number, count: number, into: Stored, at: number): number
  close(): void
}

/** Numbers for `count` units of a channel, all zeros. */
export const emptyUnits = (channel: Channel, count: number): Stored =>
  formatOf(channel).array(new ArrayBuffer(count * unitBytes(channel)))

export const valuesPerUnit = (channel: Channel): number => formatOf(channel).valuesPerUnit(channel)

/** Bytes that the columns of a store take, where the records are as long as the channels say. */
export const bytesOf = (channel: Channel, records: number): number =>
  records * unitBytes(channel) * (isSequence(channel) ? channel.length : 1)

interface Source {
  /** Bytes from `position` on */
  read(into: Uint8Array, position: number): void
  close(): void
}

function columnOver(channel: Channel, starts: Float64Array | undefined, records: number, source: Source): Column {
  const unit = unitBytes(channel)
  const perUnit = valuesPerUnit(channel)
  const startOf = (record: number) => starts?.[record] ?? record
  const lengthOf = (record: number) => {
    if (!(record >= 0 && record < records))
      throw new RangeError(`record ${record} is outside of a column of ${records}`)
    return startOf(record + 1) - startOf(record)
  }
  return {
    channel,
    records,
    lengthOf,
    read(record, from, count, into, at) {
      const there = Math.max(0, Math.min(count, lengthOf(record) - from))
      const [first, end] = [at * perUnit, (at + there) * perUnit]
      const values = into.subarray(first, end)
      source.read(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), (startOf(record) + from) * unit)
      into.fill(0, end, (at + count) * perUnit)
      return there
    },
    close: () => source.close(),
  }
}

/** A column in memory: the values of each record, one after the other. */
export function memoryColumn(channel: Channel, records: readonly ArrayLike<number>[]): Column {
  const perUnit = valuesPerUnit(channel)
  const starts = new Float64Array(records.length + 1)
  records.forEach((values, i) => {
    starts[i + 1] = (starts[i] ?? 0) + values.length / perUnit
  })
  const all = emptyUnits(channel, starts[records.length] ?? 0)
  records.forEach((values, i) => {
    all.set(values, (starts[i] ?? 0) * perUnit)
  })
  const own = new Uint8Array(all.buffer)
  const read: Source['read'] = (into, position) => into.set(own.subarray(position, position + into.length))
  return columnOver(channel, isSequence(channel) ? starts : undefined, records.length, { read, close: () => undefined })
}

/**
 * A column of a store.
 * @param heldBytes up to this size all values are held in memory from the first read on; above, they are read from disk when
 *   they are asked for
 * @throws LacunaError where its files are not as long as they should be
 */
export function openColumn(
  directory: string,
  name: string,
  channel: Channel,
  records: number,
  heldBytes: number,
): Column {
  const path = valuesPath(directory, name, channel)
  const starts = isSequence(channel) ? readStarts(startsPath(directory, name), records) : undefined
  const expected = (starts?.[records] ?? records) * unitBytes(channel)
  const { size } = statSync(path)
  if (size !== expected) throw new LacunaError(`${path}: has ${size} bytes where ${expected} are expected`)
  return columnOver(channel, starts, records, fileSource(path, size <= heldBytes))
}

function readStarts(path: string, records: number): Float64Array {
  const read = readFileSync(path)
  if (read.length !== 8 * (records + 1))
    throw new LacunaError(`${path}: has ${read.length} bytes where ${8 * (records + 1)} are expected`)
  return new Float64Array(read.buffer.slice(read.byteOffset, read.byteOffset + read.length))
}

function fileSource(path: string, hold: boolean): Source {
  let file: number | undefined = openSync(path, 'r')
  let held: Buffer | undefined
  return {
    read(into, position) {
      if (file === undefined) throw new LacunaError(`${path}: the set is closed`)
      if (hold) {
        held ??= readFileSync(file)
        into.set(held.subarray(position, position + into.length))
      } else readWhole(file, path, into, position)
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
      held = undefined
    },
  }
}

function readWhole(file: number, path: string, out: Uint8Array, position: number): void {
  try {
    if (readInto(file, out, position) < out.length) throw new Error('it ends too early')
  } catch (error) {
    throw new LacunaError(`${path}: cannot be read: ${messageOf(error)}; remove the store, it will be built again`)
  }
}
