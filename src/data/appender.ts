import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { writeAll, writeError } from '../files.js'

/** What is written at a time: it stays in the cache of a core until it is written. */
const PIECE = 2 ** 18

/** Appends to a new file, piece by piece. */
export function appender(path: string) {
  const file = openSync(path, 'wx')
  const buffer = Buffer.allocUnsafe(PIECE)
  let used = 0
  const hash = createHash('sha256')
  const append = (bytes: Uint8Array) => {
    try {
      writeAll(file, bytes)
    } catch (error) {
      throw writeError(path, error)
    }
  }
  const empty = () => {
    append(buffer.subarray(0, used))
    used = 0
  }
  return {
    write(bytes: Uint8Array): void {
      hash.update(bytes)
      if (used + bytes.length > buffer.length) empty()
      if (bytes.length > buffer.length) append(bytes)
      else {
        buffer.set(bytes, used)
        used += bytes.length
      }
    },
    flush(): void {
      empty()
      fsyncSync(file)
    },
    close: () => closeSync(file),
    digest: () => hash.digest('hex'),
  }
}
