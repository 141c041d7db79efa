import { type Channel, isSequence } from '../channels/channel.js'
import { appender } from './appender.js'
import { type Stored, startsPath, valuesPath, valuesPerUnit } from './columns.js'

/** Writes a column of a store, record after record. */
export interface ColumnWriter {
  readonly path: string
  /** @param parts of one record, as stored: together a whole number of units, one unless the channel is a sequence */
  write(parts: Iterable<Stored>): void
  /** To the disk, and the starts with it */
  finish(): void
  close(): void
  /** SHA-256 of the values, and of the starts where there are any */
  digest(): string
}

/** @throws LacunaError when the disk is full */
export function columnWriter(directory: string, name: string, channel: Channel): ColumnWriter {
  const perUnit = valuesPerUnit(channel)
  const path = valuesPath(directory, name, channel)
  const out = appender(path)
  const starts = isSequence(channel) ? appender(startsPath(directory, name)) : undefined
  let units = 0
  const start = () => starts?.write(new Uint8Array(Float64Array.of(units).buffer))
  start()
  const write = (parts: Iterable<Stored>) => {
    let values = 0
    for (const part of parts) {
      out.write(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
      values += part.length
    }
    const count = values / perUnit
    if (!Number.isInteger(count) || (starts === undefined && count !== 1))
      throw new RangeError(`${name}: a record of ${values} values, each unit has ${perUnit}`)
    units += count
    start()
  }
  return {
    path,
    write,
    finish() {
      out.flush()
      starts?.flush()
    },
    close() {
      out.close()
      starts?.close()
    },
    digest: () => (starts === undefined ? out.digest() : `${out.digest()} ${starts.digest()}`),
  }
}
