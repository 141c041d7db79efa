import { readFile } from 'node:fs/promises'
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

/** One that waits for libvips, and one that is read meanwhile */
const AT_ONCE = 2

/** What concerns all pictures is left to the process that knows them all. */
const leave = () => {
  throw new Left()
}

sharp.cache(false) // of operations: none comes twice
serve<PictureJob, Picture>(AT_ONCE, async ({ from, wanted }) =>
  pictureOf(typeof from === 'string' ? await readFile(from) : from, { ...wanted, findRange: leave, alone: leave }),
)
