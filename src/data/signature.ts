import { createHash } from 'node:crypto'
import { shuffled } from './shuffle.js'

/** Side of the grid of means that a picture is first compared by. */
const GRID = 8
export const BANDS = 8
const BITS = 16
/** A picture whose values differ by less than this in every channel is nearly constant. */
export const FLAT = 16

/**
 * What is to be known of a picture's values once all have been decoded: plain data, that can go from one process to another. The signs
 * are those of 128 random sums over its means in an 8 × 8 grid.
 */
export interface Signature {
  /** Whether it is nearly constant */
  readonly flat: boolean
  /** Of pictures that are equal, and of no others */
  readonly key: string
  /** [BANDS] of BITS each: most are those of pictures that are nearly the same */
  readonly signs: readonly number[]
}

/** @param pixels uint8 [size, size, channels] */
export const signatureOf = (pixels: Uint8Array, size: number, channels: number): Signature => ({
  flat: isFlat(pixels, channels),
  key: createHash('sha1').update(pixels).digest('base64'),
  signs: signsOf(gridOf(pixels, size, channels)),
})

/** Known after a few values of most pictures. */
function isFlat(pixels: Uint8Array, channels: number): boolean {
  for (let c = 0; c < channels; c++) {
    let [low, high] = [255, 0]
    for (let i = c; i < pixels.length; i += channels) {
      const value = pixels[i] ?? 0
      if (value < low) low = value
      if (value > high) high = value
      if (high - low >= FLAT) return false
    }
  }
  return true
}

/** Means of the blocks of a grid over all channels, less the mean of all. */
function gridOf(pixels: Uint8Array, size: number, channels: number): Float64Array {
  const side = Math.min(GRID, size)
  const edges = Array.from({ length: side + 1 }, (_, block) => Math.ceil((block * size) / side))
  const means = new Float64Array(side * side)
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const [top = 0, bottom = 0, left = 0, right = 0] = [edges[row], edges[row + 1], edges[column], edges[column + 1]]
      let sum = 0
      for (let y = top; y < bottom; y++) {
        const end = (y * size + right) * channels
        for (let i = (y * size + left) * channels; i < end; i++) sum += pixels[i] ?? 0
      }
      means[row * side + column] = sum / ((bottom - top) * (right - left))
    }
  const mean = means.reduce((a, b) => a + b) / means.length
  return means.map(value => value - mean)
}

/** ±1 for every sum and block [BANDS · BITS, GRID · GRID], half of each: an order of the blocks, cut in the middle. */
const patterns = Float64Array.from(
  Array.from({ length: BANDS * BITS }, (_, sum) =>
    Array.from(shuffled(GRID * GRID, sum, 0), place => (place < (GRID * GRID) / 2 ? 1 : -1)),
  ).flat(),
)

function signsOf(grid: Float64Array): number[] {
  const signs = Array<number>(BANDS).fill(0)
  for (let i = 0; i < BANDS * BITS; i++) {
    let sum = 0
    for (let block = 0; block < grid.length; block++)
      sum += (grid[block] ?? 0) * (patterns[i * GRID * GRID + block] ?? 0)
    if (sum > 0) signs[Math.floor(i / BITS)] = (signs[Math.floor(i / BITS)] ?? 0) | (1 << (i % BITS))
  }
  return signs
}
