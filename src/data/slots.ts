import { closeSync, openSync, rmSync } from 'node:fs'
import { LacunaError } from '../errors.js'
import { readInto, writeAll, writeError } from '../files.js'

/** A file with room for some arrays of one length, in which other processes hand them to this one: no message has to carry them. */
export interface SlotFile {
  readonly descriptor: number
  /** Where in the file there is room that nobody has; undefined where the disk has none left */
  acquire(): number | undefined
  /** What a slot holds, in an array that the next one is read into; the slot is released. */
  read(slot: number): Uint8Array
  /** For a slot whose bytes nobody wants, and that no process still writes to */
  release(slot: number): void
  close(): void
}

/**
 * @param path of the file: nothing is there yet, and nothing afterwards
 * @param bytes of each slot
 * @throws LacunaError where the file cannot be made
 */
export function slotFile(path: string, bytes: number): SlotFile {
  const descriptor = opened(path)
  const held = new Uint8Array(bytes)
  const released: number[] = []
  let end = 0
  const added = () => {
    try {
      writeSlot(descriptor, end, held) // so that the disk has room for what will be written there
    } catch {
      return undefined
    }
    end += bytes
    return end - bytes
  }
  return {
    descriptor,
    acquire: () => released.pop() ?? added(),
    read(slot) {
      if (readInto(descriptor, held, slot) < bytes)
        throw new LacunaError(`${path}: is shorter than it was; run the command again`)
      released.push(slot)
      return held
    },
    release(slot) {
      released.push(slot)
    },
    close() {
      closeSync(descriptor)
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

/** @param values as many bytes as each slot has */
export const writeSlot = (descriptor: number, slot: number, values: Uint8Array): void =>
  writeAll(descriptor, values, slot)
