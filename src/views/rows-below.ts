import { LacunaError } from '../errors.js'
import { matmul } from '../tensor/contraction.js'
import { where } from '../tensor/elementwise.js'
import { concat } from '../tensor/movement.js'
import { range, sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { GREY, spread } from './patches.js'

/** Patches in a row, and in a column: each overlaps half of the next */
export const SIDE = 7
const PLACES = SIDE ** 2

/** Eighths of a picture in a patch: 8 px of 32, 12 of 48, 16 of 64 */
const EIGHTHS = 2
const LEAST_SIZE = 24

/** @throws LacunaError (2) when the pictures are too small */
export function halfOverlapping(method: string, size: number): number {
  if (size >= LEAST_SIZE) return EIGHTHS * Math.floor(size / 8)
  throw new LacunaError(
    `${method}: pictures of ${size} px are too small for ${SIDE} × ${SIDE} patches; choose --size ${LEAST_SIZE} or more`,
    2,
  )
}

/** Row and column of each patch, row by row, as far as so many rows of each picture go */
const placesOf = (pictures: number, rows: number) =>
  range(pictures * rows * SIDE).map(i => ({
    picture: Math.floor(i / (rows * SIDE)),
    row: Math.floor(i / SIDE) % rows,
    column: i % SIDE,
  }))

/**
 * Among all patches of a batch, picture by picture and row by row, those that lie so many rows below each of the
 * upper ones: b·H·W + (row + down)·W + column.
 */
export const rowsBelow = (pictures: number, down: number): number[] =>
  placesOf(pictures, SIDE - down).map(({ picture, row, column }) => picture * PLACES + (row + down) * SIDE + column)

/**
 * How often one finds the patch that lies some rows below another by their pixels alone: the likest of all in the batch but
 * those of its own picture that are shown.
 * @param patches [N, 49, C, patch, patch]
 */
export function foundByPixels(patches: Tensor, down: number): Tensor {
  const [n] = sizes(patches.shape, 1)
  const all = patches.reshape(n * PLACES, -1)
  const upper = patches.slice(1, 0, PLACES - down * SIDE).reshape(n * (PLACES - down * SIDE), -1)
  const [asked, candidates] = [placesOf(n, SIDE - down), placesOf(n, SIDE)]
  const of = (places: typeof asked, part: 'picture' | 'row', ...shape: number[]) =>
    constant(
      places.map(place => place[part]),
      shape,
    )
  const own = of(asked, 'picture', asked.length, 1).equal(of(candidates, 'picture', 1, candidates.length))
  const below = of(candidates, 'row', 1, candidates.length).greater(of(asked, 'row', asked.length, 1))
  const likeness = matmul(upper, all, false, true).mul(2).sub(all.square().sum(-1)) // less the square of the asked
  const likest = where(own.and(below.not()), -1e9, likeness).argmax(-1)
  return likest
    .equal(constant(rowsBelow(n, down), [asked.length], 'int'))
    .cast('float')
    .mean()
}

/**
 * The part of a picture that the patches of its rows up to one show, and below it every other patch of a later row; grey else.
 * @param x [N, C, H, H]
 * @param later its row, and the patches of it [N, 7, C, patch, patch]; grey too without them
 */
export function shownAbove(x: Tensor, row: number, later?: { readonly row: number; readonly patches: Tensor }): Tensor {
  const size = x.size(2)
  const patch = halfOverlapping('', size)
  const starts = spread(size, patch, SIDE)
  const end = (starts[row] ?? 0) + patch
  const above = x.slice(2, 0, end)
  if (later === undefined) return above.pad(2, 0, size - end, GREY)
  const beside = range(SIDE)
    .filter(column => column % 2 === 0)
    .map(column => {
      const next = starts[column + 2] ?? size
      const start = starts[column] ?? 0
      return later.patches
        .slice(1, column, column + 1)
        .reshape(x.size(0), x.size(1), patch, patch)
        .pad(3, 0, next - start - patch, GREY)
    })
  const start = starts[later.row] ?? 0
  return concat([above, concat(beside, 3).pad(2, start - end, size - start - patch, GREY)], 2)
}
