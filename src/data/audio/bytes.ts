import { closeSync, openSync } from 'node:fs'
import { readInto, regularFile } from '../../files.js'

/** The bytes of a recording, wherever they lie. */
export interface Bytes {
  readonly size: number
  /** What is there of `length` bytes from `from` on: fewer at the end */
  read(from: number, length: number): Uint8Array
  /** Where it is a file, its path */
  readonly path?: string
  close(): void
}

export const bytesIn = (all: Uint8Array): Bytes => ({
  size: all.length,
  read: (from, length) => all.subarray(from, from + length),
  close: () => undefined,
})

/** A regular file, read piece by piece. */
export function bytesOfFile(path: string): Bytes {
  const { size } = regularFile(path)
  const file = openSync(path, 'r')
  return {
    size,
    path,
    read(from, length) {
      const out = new Uint8Array(Math.max(0, Math.min(length, size - from)))
      return out.subarray(0, readInto(file, out, from))
    },
    close: () => closeSync(file),
  }
}
