import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { writeError } from '../files.js'

/** Appends to a new file in pieces of 4 MiB. */
export function appender(path: string) {
  const file = openSync(path, 'wx')
  const buffer = Buffer.allocUnsafe(2 ** 22)
  let used = 0
  const hash = createHash('sha256')
  const append = (bytes: Uint8Array) => {
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset)
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
