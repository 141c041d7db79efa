import { where } from '../tensor/elementwise.js'
import { oneHot } from '../tensor/indexing.js'
import { concat } from '../tensor/movement.js'
import { range, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { arrange, GREY } from './patches.js'

/** One place of a 3 × 3 grid and a place next to it, also across a corner. Places are numbered row by row. */
export interface Pair {
  readonly first: number
  readonly second: number
  /** Where the second lies as seen from the first: 0 1 2 above, 3 4 beside, 5 6 7 below, each from the left */
  readonly direction: number
}

const SIDE = 3
export const DIRECTIONS = 8
/** The place in the middle */
export const MIDDLE = 4

/** The place in the 3 × 3 grid that a direction from the middle leads to. */
export const placeOf = (direction: number): number => (direction < MIDDLE ? direction : direction + 1)

/** All 40 pairs of neighbours, in both orders: seen from the other side, direction ℓ is 7 − ℓ. */
export const pairs: readonly Pair[] = range(SIDE ** 2).flatMap(first =>
  range(DIRECTIONS).flatMap(direction => {
    const row = Math.floor(first / SIDE) + Math.floor(placeOf(direction) / SIDE) - 1
    const column = (first % SIDE) + (placeOf(direction) % SIDE) - 1
    const inside = row >= 0 && row < SIDE && column >= 0 && column < SIDE
    return inside ? [{ first, second: SIDE * row + column, direction }] : []
  }),
)

/** Positions in `pairs` in which every direction comes equally often: those beside twice, those across a corner three times. */
export const evenly: readonly number[] = pairs.flatMap(({ direction }, i) => {
  const alike = pairs.filter(other => other.direction === direction).length
  return Array<number>(12 / alike).fill(i)
})

/**
 * The middle patch and around it the others where they are guessed to lie: at each place the surest of those put there, grey
 * where there is none.
 *
 * @param patches [N, 9, C, patch, patch] at their right places
 * @param logits [N, 8, 8] the direction of each of the others, seen from the middle
 */
export function placedAsGuessed(patches: Tensor, logits: Tensor): Tensor {
  const [n] = sizes(patches.shape, 1)
  const puts = oneHot(logits.argmax(-1), DIRECTIONS) // [N, patch, direction]
  const surest = logits.softmax().mul(puts).argmax(1) // [N, direction]
  const some = puts.max(1).greater(0).reshape(n, DIRECTIONS, 1, 1, 1)
  const middle = patches.slice(1, MIDDLE, MIDDLE + 1)
  const others = concat([patches.slice(1, 0, MIDDLE), patches.slice(1, MIDDLE + 1)], 1)
  const placed = where(some, arrange(others, surest), GREY)
  return concat([placed.slice(1, 0, MIDDLE), middle, placed.slice(1, MIDDLE)], 1)
}
