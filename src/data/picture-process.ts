import { closeSync, fstatSync, openSync, read as readCallback } from 'node:fs'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import type { Wanted } from './decode.js'
import { layDown } from './desk.js'
import { type Picture, pictureOf } from './picture.js'
import { SHARED, serve } from './processes.js'
import { sharp } from './sharp.js'

/** A picture to be decoded in another process. */
export interface PictureJob {
  /** Its file, or where that is */
  readonly from: string | Uint8Array
  readonly wanted: Omit<Wanted, 'findRange' | 'alone'>
  /** Of the desk that both sides share, for its pixels */
  readonly place: number
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

async function made({ from, wanted, place }: PictureJob): Promise<PictureMade> {
  try {
    const bytes = typeof from === 'string' ? await bytesOf(from) : from
    const { picture, pixels } = await pictureOf(bytes, { ...wanted, findRange: leave, alone: leave })
    return laidDown(place, pixels) ? picture : 'left'
  } catch (error) {
    if (error instanceof Left) return 'left'
    throw error
  }
}

/** Whether the disk took them: where it does not, nothing is wrong with the picture. */
function laidDown(place: number, pixels: Uint8Array): boolean {
  try {
    layDown(SHARED, place, pixels)
    return true
  } catch {
    return false
  }
}

// Compiling what runs a few thousand times takes as long as a twentieth of the pictures; so only what runs far more often is compiled.
setFlagsFromString('--interrupt-budget=2000000')
sharp.cache(false) // of operations: none comes twice
serve(made)
