import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { appender } from '../appender.js'

/** Numbers of a recording that are held in memory: 4 minutes at 16,000 a second. */
const HELD = 2 ** 22
const PART = 2 ** 21

/** The numbers of one recording, however many: what is too long for memory lies in a file meanwhile. */
export interface Kept {
  readonly length: number
  /** SHA-256 of the numbers */
  readonly digest: string
  /** All of them, in parts; once */
  parts(): Iterable<Int16Array>
}

/** @param path of the file, where one is needed: nothing is there yet */
export function scratch(path: string) {
  const hash = createHash('sha256')
  let held: Int16Array[] = []
  let length = 0
  let file: ReturnType<typeof appender> | undefined
  const bytesOf = (values: Int16Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const remove = () => {
    file?.close()
    if (file !== undefined) rmSync(path, { force: true })
    file = undefined
    held = []
  }
  return {
    /** @param values not to be written to afterwards */
    write(values: Int16Array): void {
      hash.update(bytesOf(values))
      held.push(values)
      length += values.length
      if (file === undefined && length <= HELD) return
      file ??= appender(path)
      for (const part of held) file.write(bytesOf(part))
      held = []
    },
    finish(): Kept {
      file?.flush()
      return {
        length,
        digest: hash.digest('hex'),
        *parts() {
          try {
            yield* file === undefined ? held : partsOf(path)
          } finally {
            remove()
          }
        },
      }
    },
    /** What was kept is of no use. */
    remove,
  }
}

function* partsOf(path: string): Generator<Int16Array> {
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const part = new Int16Array(PART)
      const count = readSync(file, part)
      if (count === 0) return
      yield part.subarray(0, count / 2)
    }
  } finally {
    closeSync(file)
  }
}
