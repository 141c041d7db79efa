import type { Draw } from '../../program/trace.js'
import { sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { framesFrom, motionBetween } from './moments.js'

/** How many tiles lie along a side of frames, and what is left out before the first: they lie around the middle. */
function gridIn(size: number, side: number): { readonly count: number; readonly edge: number } {
  const count = Math.floor(size / side)
  return { count, edge: Math.floor((size - count * side) / 2) }
}

/** Frames as far as tiles cover them: [N, T, C, S, S] → [N, T, C, count·side, count·side] */
export function coveredByTiles(frames: Tensor, side: number): Tensor {
  const size = frames.size(3)
  const { count, edge } = gridIn(size, side)
  if (count * side === size) return frames
  return frames.slice(3, edge, edge + count * side).slice(4, edge, edge + count * side)
}

/**
 * Frames cut into squares, row by row, around the middle; what does not fill one is left out.
 * @param frames [N, T, C, S, S] @returns [N·tiles, T, C, side, side]
 */
export function tilesOf(frames: Tensor, side: number): Tensor {
  const [n, t, c, size] = sizes(frames.shape, 4)
  if (size === side) return frames
  const { count } = gridIn(size, side)
  return coveredByTiles(frames, side)
    .reshape(n, t * c, count, side, count, side)
    .transpose(0, 2, 4, 1, 3, 5)
    .reshape(n * count ** 2, t, c, side, side)
}

/** {@link tilesOf} back: [N·count², C, side, side] → [N, C, count·side, count·side] */
export function joined(tiles: Tensor, count: number): Tensor {
  if (count === 1) return tiles
  const [rows, c, side] = sizes(tiles.shape, 3)
  const n = rows / count ** 2
  return tiles
    .reshape(n, count, count, c, side, side)
    .transpose(0, 3, 1, 4, 2, 5)
    .reshape(n, c, count * side, count * side)
}

/** How much moves in each tile from each frame to the one after: [N, T, C, S, S] → [N, T − 1, tiles], row by row */
export function motionInTiles(frames: Tensor, side: number): Tensor {
  const [n] = sizes(frames.shape, 1)
  return motionBetween(tilesOf(frames, side))
    .reshape(n, -1, frames.size(1) - 1)
    .transpose(0, 2, 1)
}

/**
 * A square of each window's frames: the tile that was drawn, moved by up to a quarter of its side in each direction so that it lies at
 * any pixel.
 *
 * @param frames [N, T, C, S, S]
 * @param place int [N, 1], of {@link tilesOf}
 * @returns [N, T, C, side, side]
 */
export function squareAround(frames: Tensor, place: Tensor, side: number, draw: Draw): Tensor {
  const [n, , , size] = sizes(frames.shape, 4)
  const { count, edge } = gridIn(size, side)
  const row = place.cast('float').div(count).floor()
  const column = place.cast('float').sub(row.mul(count))
  const from = (tile: Tensor) =>
    tile
      .mul(side)
      .add(edge)
      .add(draw.uniform([n, 1], -side / 4, side / 4))
      .floor()
      .clip(0, size - side)
  const rows = framesFrom(frames.transpose(0, 3, 1, 2, 4), from(row), side) // [N, side, T, C, S]
  const both = framesFrom(rows.transpose(0, 4, 2, 3, 1), from(column), side) // [N, side, T, C, side]
  return both.transpose(0, 2, 3, 4, 1)
}
