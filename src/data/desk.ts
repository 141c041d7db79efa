import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { writeError } from '../files.js'

/** A file in which other processes lay down bytes for this one, which no message has to carry. */
export interface Desk {
  /** Descriptor of the file */
  readonly file: number
  /** A place that nobody has; undefined where the disk has none left */
  take(): number | undefined
  /** What lies at a place, until something is read again; and the place is free. */
  read(place: number): Uint8Array
  /** For a place whose bytes nobody wants any more. Not for one that a process may still write to: that is lost. */
  free(place: number): void
  close(): void
}

/**
 * @param path of the file: nothing is there yet, and nothing afterwards
 * @param bytes at each place
 * @throws LacunaError where the file cannot be made
 */
export function desk(path: string, bytes: number): Desk {
  const file = opened(path)
  const bytesRead = new Uint8Array(bytes)
  const unused: number[] = []
  let places = 0
  const added = () => {
    try {
      layDown(file, places, bytesRead) // so that the disk has room for what is laid down there
      return places++
    } catch {
      return undefined
    }
  }
  return {
    file,
    take: () => unused.pop() ?? added(),
    read(place) {
      for (let at = 0; at < bytes; ) {
        const count = readSync(file, bytesRead, at, bytes - at, place * bytes + at)
        if (count === 0) throw new Error('was decoded in another process, whose pixels are gone')
        at += count
      }
      unused.push(place)
      return bytesRead
    },
    free(place) {
      unused.push(place)
    },
    close() {
      closeSync(file)
      rmSync(path, { force: true })
    },
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'wx+')
  } catch (error) {
    throw writeError(path, error)
  }
}

/** @param values as many as each place has, for that of this number */
export function layDown(file: number, place: number, values: Uint8Array): void {
  for (let at = 0; at < values.length; )
    at += writeSync(file, values, at, values.length - at, place * values.length + at)
}
