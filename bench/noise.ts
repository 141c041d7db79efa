import type { PictureSet } from 'lacuna'
import { picturesOf } from '#lacuna/data/index.js'

/** Pictures that are random numbers, in memory: uint8 [count, size, size, 3] */
export const noise = (count: number, size: number): PictureSet =>
  picturesOf(
    Uint8Array.from({ length: count * size * size * 3 }, () => 256 * Math.random()),
    { size, colours: 3 },
  )
