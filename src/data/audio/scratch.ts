import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { appender } from '../appender.js'

/** Numbers of a record that are held in memory: 4 minutes of sound at 16,000 a second, 340 frames of 64 × 64 in colour. */
const HELD = 2 ** 22
const PART = 2 ** 21

type Numbers = Int16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>

/** The numbers of one recording or film, however many: plain data, that can go from one thread to another. */
export interface Kept<A extends Numbers = Int16Array<ArrayBuffer>> {
  readonly length: number
  /** SHA-256 of the numbers */
  readonly digest: string
  /** The numbers, or the file that they are in where they are too many for memory */
  readonly numbers: readonly A[] | string
}

/** @param path of the file, where one is needed: nothing is there yet */
export function scratch<A extends Numbers = Int16Array<ArrayBuffer>>(path: string) {
  const hash = createHash('sha256')
  let held: A[] = []
  let length = 0
  let file: ReturnType<typeof appender> | undefined
  const bytesOf = (values: Numbers) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const close = () => {
    file?.close()
    file = undefined
  }
  return {
    /** @param values not to be written to afterwards */
    write(values: A): void {
      hash.update(bytesOf(values))
      held.push(values)
      length += values.length
      if (file === undefined && length <= HELD) return
      file ??= appender(path)
      for (const part of held) file.write(bytesOf(part))
      held = []
    },
    finish(): Kept<A> {
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
export function dropKept<A extends Numbers>({ numbers }: Kept<A>): void {
  if (typeof numbers === 'string') rmSync(numbers, { force: true })
}

/**
 * All numbers, in parts. A file that they were in is removed afterwards.
 * @param ofLength an array of such numbers
 */
export function* partsOf<A extends Numbers>({ numbers }: Kept<A>, ofLength: (length: number) => A): Generator<A> {
  if (typeof numbers !== 'string') {
    yield* numbers
    return
  }
  const file = openSync(numbers, 'r')
  try {
    const part = ofLength(PART)
    for (let count = readSync(file, part); count > 0; count = readSync(file, part))
      yield part.subarray(0, count / part.BYTES_PER_ELEMENT) as A
  } finally {
    closeSync(file)
    rmSync(numbers, { force: true })
  }
}
