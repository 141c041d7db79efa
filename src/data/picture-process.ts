import { closeSync, fstatSync, openSync, read as readCallback } from 'node:fs'
import { promisify } from 'node:util'
import type { Wanted } from './decode.js'
import { type Picture, pictureOf } from './picture.js'
import { Left, serve } from './processes.js'
import { sharp } from './sharp.js'

/** A picture to be decoded in another process. */
export interface PictureJob {
  /** Its file, or where that is */
  readonly from: string | Uint8Array
  readonly wanted: Omit<Wanted, 'findRange' | 'alone'>
}

/** What concerns all pictures is left to the process that knows them all. */
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

sharp.cache(false) // of operations: none comes twice
serve<PictureJob, Picture>(async ({ from, wanted }) =>
  pictureOf(typeof from === 'string' ? await bytesOf(from) : from, { ...wanted, findRange: leave, alone: leave }),
)
