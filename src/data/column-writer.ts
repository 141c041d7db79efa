import { type Channel, isSequence } from '../channels/channel.js'
import { appender } from './appender.js'
import { type Stored, startsPath, valuesPath, valuesPerUnit } from './columns.js'

/** Writes a column of a store, record after record. */
export interface ColumnWriter {
  readonly path: string
  /** @param values of one record, as stored: a whole number of units, one unless the channel is a sequence */
  write(values: Stored): void
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
  return {
    path,
    write(values) {
      const count = values.length / perUnit
      if (!Number.isInteger(count) || (starts === undefined && count !== 1))
        throw new RangeError(`${name}: a record of ${values.length} values, each unit has ${perUnit}`)
      out.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      units += count
      start()
    },
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
