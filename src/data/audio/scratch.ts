import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { appender } from '../appender.js'

/** Numbers of a recording that are held in memory: 4 minutes at 16,000 a second. */
const HELD = 2 ** 22
const PART = 2 ** 21

/** The numbers of one recording, however many: plain data, that can go from one thread to another. */
export interface Kept {
  readonly length: number
  /** SHA-256 of the numbers */
  readonly digest: string
  /** The numbers, or the file that they are in where they are too many for memory */
  readonly numbers: readonly Int16Array<ArrayBuffer>[] | string
}

/** @param path of the file, where one is needed: nothing is there yet */
export function scratch(path: string) {
  const hash = createHash('sha256')
  let held: Int16Array<ArrayBuffer>[] = []
  let length = 0
  let file: ReturnType<typeof appender> | undefined
  const bytesOf = (values: Int16Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const close = () => {
    file?.close()
    file = undefined
  }
  return {
    /** @param values not to be written to afterwards */
    write(values: Int16Array<ArrayBuffer>): void {
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
      const numbers = file === undefined ? held : path
      close()
      return { length, digest: hash.digest('hex'), numbers }
    },
    /** What was kept is of no use. */
    remove(): void {
      close()
      if (length > HELD) rmSync(path, { force: true })
    },
  }
}

/** What was kept is of no use. */
export function dropKept({ numbers }: Kept): void {
  if (typeof numbers === 'string') rmSync(numbers, { force: true })
}

/** All numbers, in parts. A file that they were in is removed afterwards. */
export function* partsOf({ numbers }: Kept): Generator<Int16Array> {
  if (typeof numbers !== 'string') {
    yield* numbers
    return
  }
  const file = openSync(numbers, 'r')
  try {
    const part = new Int16Array(PART)
    for (let count = readSync(file, part); count > 0; count = readSync(file, part)) yield part.subarray(0, count / 2)
  } finally {
    closeSync(file)
    rmSync(numbers, { force: true })
  }
}
