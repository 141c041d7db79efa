import { LacunaError } from '../errors.js'
import type { Draw } from '../program/trace.js'
import { takeRows } from '../tensor/indexing.js'
import { stack } from '../tensor/movement.js'
import { range, sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

/** Square patches in rows and columns, all lengths in pixels. */
export interface Grid {
  /** Patches in a row, and in a column */
  readonly side: number
  /** Height and width of a patch */
  readonly patch: number
  /** From a patch to the next, as long as none is moved; more than `patch` leaves a gap */
  readonly pitch: number
  /** Every patch is moved by 0 … jitter down and to the right, by itself */
  readonly jitter: number
  /** Every channel of every patch is moved by 0 … shift more, by itself */
  readonly shift: number
}

/** Measures against telling the place of a patch by its border. */
export interface GridOptions {
  readonly gap: boolean
  readonly jitter: boolean
  readonly shift?: number
}

/** What lies between patches that are shown */
export const GREY = 0.5

/** The least patch that shows anything */
const LEAST_PATCH = 6

/**
 * A picture cut into cells, with a tile of three quarters somewhere in each: 12 px in 16, 16 in 21, 24 in 32.
 * Without the gap the tiles touch, but for their jitter.
 * @throws LacunaError (2) when the pictures are too small
 */
export function tileGrid(method: string, size: number, side: number, { gap, jitter, shift = 0 }: GridOptions): Grid {
  const cell = Math.floor(size / side)
  const patch = Math.round(0.75 * cell)
  if (patch < LEAST_PATCH)
    throw new LacunaError(
      `${method}: pictures of ${size} px are too small for ${side} × ${side} tiles; choose --size ${side * Math.round(LEAST_PATCH / 0.75)} or more`,
      2,
    )
  const room = cell - patch
  const moved = Math.min(shift, room)
  return { side, patch, pitch: gap ? cell : patch, jitter: jitter ? room - moved : 0, shift: moved }
}

/** Patch, gap and jitter for 3 × 3 neighbours, by the size of the picture */
const neighbours = [
  { size: 32, patch: 8, gap: 2, jitter: 1 },
  { size: 64, patch: 14, gap: 6, jitter: 2 },
  { size: 96, patch: 22, gap: 11, jitter: 3 },
]
const LEAST_NEIGHBOURHOOD = 24

/**
 * Nine patches with gaps between: 8 px at 32, 14 at 64, 22 at 96, in proportion at other sizes.
 * @throws LacunaError (2) when the pictures are too small
 */
export function neighbourGrid(method: string, size: number, options: GridOptions): Grid {
  if (size < LEAST_NEIGHBOURHOOD)
    throw new LacunaError(
      `${method}: pictures of ${size} px are too small for 3 × 3 patches with gaps; choose --size ${LEAST_NEIGHBOURHOOD} or more`,
      2,
    )
  const row = neighbours.findLast(known => known.size <= size) ?? neighbours[0]
  const scaled = (length = 0) => Math.max(1, Math.floor((length * size) / (row?.size ?? size)))
  const patch = scaled(row?.patch)
  return {
    side: 3,
    patch,
    pitch: options.gap ? patch + scaled(row?.gap) : patch,
    jitter: options.jitter ? 2 * scaled(row?.jitter) : 0,
    shift: 0,
  }
}

/** Height and width of what the patches can reach. */
export const spanOf = ({ side, pitch, patch, jitter, shift }: Grid): number =>
  (side - 1) * pitch + patch + jitter + shift

/**
 * The patches of each picture, row by row. Their places are whole pixels, so each patch is a copy; the grid as a whole lies anywhere
 * in the picture.
 *
 * @param x [N, C, H, H]
 * @returns [N, side², C, patch, patch]
 */
export function cutPatches(x: Tensor, draw: Draw, grid: Grid): Tensor {
  const [n, channels, size] = sizes(x.shape, 3)
  const { patch, jitter, shift } = grid
  const count = grid.side ** 2
  const upTo = (most: number, ...shape: number[]) => draw.integer([...shape, 2], most + 1)
  const corners = [
    whole(cornersOf(grid).flat(), [count, 1, 2]),
    upTo(size - spanOf(grid), n, 1, 1),
    ...(jitter > 0 ? [upTo(jitter, n, count, 1)] : []),
    ...(shift > 0 ? [upTo(shift, n, count, channels)] : []),
  ].reduce((sum, offset) => sum.add(offset)) // [N, side², 1 or C, row and column]
  const planes = range(n * channels).map(plane => plane * size * size)
  const inside = range(patch).flatMap(row => range(patch).map(column => row * size + column))
  const first = corners
    .mul(whole([size, 1], [2]))
    .sum(3)
    .add(whole(planes, [n, 1, channels]))
  const pixels = first.reshape(n, count, channels, 1, 1).add(whole(inside, [patch, patch]))
  return x.reshape(-1).gather(pixels)
}

/** Where patches begin that are spread evenly from border to border, in a row or a column. */
export const spread = (size: number, patch: number, side: number): number[] =>
  range(side).map(i => Math.round((i * (size - patch)) / Math.max(1, side - 1)))

/**
 * Patches spread evenly from border to border: the whole picture, as an encoder for patches sees it.
 * @param x [N, C, H, H]
 * @param side patches in a row; as many as fit beside one another unless told, overlapping where they are more
 * @returns [N, side², C, patch, patch], row by row
 */
export function coveringPatches(x: Tensor, patch: number, side = Math.floor(x.size(2) / patch)): Tensor {
  const starts = spread(x.size(2), patch, side)
  return stack(
    starts.flatMap(row => starts.map(column => x.slice(2, row, row + patch).slice(3, column, column + patch))),
    1,
  )
}

/**
 * Of each sample, what belongs to the patches named.
 * @param x [N, P, ...rest]
 * @param which int [N, ...chosen], each 0 to P − 1
 * @returns [N, ...chosen, ...rest]
 */
export function arrange(x: Tensor, which: Tensor): Tensor {
  const [n, , ...rest] = sizes(x.shape, 2)
  return takeRows(x, which.reshape(n, -1)).reshape(...which.shape, ...rest)
}

/**
 * Lays patches at the places of a grid, with grey between, for looking at.
 * @param patches [N, side², C, patch, patch]
 * @param size height and width of the picture
 * @returns [N, C, size, size]
 */
export function layPatches(patches: Tensor, { side, patch }: Grid, size: number): Tensor {
  const [n, , channels] = sizes(patches.shape, 3)
  const cell = Math.floor(size / side)

  const before = Math.floor((cell - patch) / 2)
  const cells = [3, 4].reduce((x, axis) => x.pad(axis, before, cell - patch - before, GREY), patches)
  const whole = cells
    .reshape(n, side, side, channels, cell, cell)
    .transpose(0, 3, 1, 4, 2, 5)
    .reshape(n, channels, side * cell, side * cell)
  const rest = size - side * cell
  return [2, 3].reduce((x, axis) => x.pad(axis, Math.floor(rest / 2), Math.ceil(rest / 2), GREY), whole)
}

/**
 * Each channel of each patch (or picture) with mean 0 and deviation 1: brightness and contrast tell nothing of the place.
 * What is flat becomes 0.
 * @param x [..., H, W]
 */
export function standardise(x: Tensor): Tensor {
  const pixels = x.size(-1) * x.size(-2)
  return x
    .reshape(-1, pixels)
    .normalize(-1, FLAT ** 2)
    .reshape(...x.shape)
}

/** A deviation far below this is noise, and is not made larger */
const FLAT = 0.01

/** Rows and columns of the upper left corners: [side²][2] */
const cornersOf = ({ side, pitch }: Grid) =>
  range(side).flatMap(row => range(side).map(column => [row * pitch, column * pitch]))

const whole = (values: readonly number[], shape: readonly number[]) => constant(values, shape, 'int')
