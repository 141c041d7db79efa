import { closeSync, fstatSync, openSync, read as readCallback } from 'node:fs'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { errorCode } from '../errors.js'
import type { Wanted } from './decode.js'
import { type Picture, pictureOf } from './picture.js'
import { SHARED, serve } from './processes.js'
import { sharp } from './sharp.js'
import { writeSlot } from './slots.js'

/** A picture to be decoded in another process. */
export interface PictureJob {
  /** Its file, or where that is */
  readonly from: string | Uint8Array
  readonly wanted: Omit<Wanted, 'findRange' | 'alone'>
  /** Where the file that both sides share has room for its pixels */
  readonly slot: number
}

/** What became of it: all but its pixels, or that it is left to the process that knows all pictures */
export type PictureMade = Picture | 'left'

/** Thrown where something concerns all pictures */
class Left extends Error {}
const leave = () => {
  throw new Left()
}

const read = promisify(readCallback)

/**
 * All of a file. Opening it here takes less time than having it opened by another thread; those read it, so that a slow disk is asked for
 * several files at once.
 */
async function bytesOf(path: string): Promise<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(file).size)
    let used = 0
    while (used < bytes.length) {
      const { bytesRead } = await read(file, bytes, used, bytes.length - used, used)
      if (bytesRead === 0) break
      used += bytesRead
    }
    return bytes.subarray(0, used)
  } finally {
    closeSync(file)
  }
}

async function made({ from, wanted, slot }: PictureJob): Promise<PictureMade> {
  try {
    const bytes = typeof from === 'string' ? await bytesOf(from) : from
    const { picture, pixels } = await pictureOf(bytes, { ...wanted, findRange: leave, alone: leave })
    return written(slot, pixels()) ? picture : 'left'
  } catch (error) {
    if (error instanceof Left) return 'left'
    throw error
  }
}

/**
 * Whether the disk had room for them. Where the file cannot be written at all this process is of no use, and ends: what it has in hand is
 * left to the one that asked.
 */
function written(slot: number, pixels: Uint8Array): boolean {
  try {
    writeSlot(SHARED, slot, pixels)
    return true
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')) process.exit(1)
    return false
  }
}

// Compiling what runs a few thousand times takes as long as a twentieth of the pictures; so only what runs far more often is compiled.
// Set here and not where the process begins, which a version that does not know of it would refuse.
setFlagsFromString('--interrupt-budget=2000000')
sharp.cache(false) // of operations: none comes twice
serve(made)
