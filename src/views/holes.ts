import type { Draw } from '../program/trace.js'
import { putAlong } from '../tensor/indexing.js'
import { maxPool, upsampleBilinear } from '../tensor/pooling.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

export const holeShapes = ['centre', 'blocks', 'region'] as const
export type HoleShape = (typeof holeShapes)[number]

/** Blocks that make up a hole of shape `blocks`; they may overlap */
const BLOCKS = 4
/** Places a side of the noise whose hills are the regions */
const HILLS = 4

/**
 * Where each picture is hidden.
 *
 * - `centre`: the same square in the middle of all;
 * - `blocks`: four squares anywhere, each with at most a quarter of the area and at least half that side;
 * - `region`: the hills of smooth noise, so blobs of any form anywhere, of exactly the area.
 *
 * @param area share of the picture, in (0, 1); at most, for blocks
 * @returns float [N, 1, size, size]: 1 where hidden, 0 elsewhere
 * @see Pathak et al. 2016, figure 3
 */
export function randomHoles(draw: Draw, shape: HoleShape, n: number, size: number, area: number): Tensor {
  switch (shape) {
    case 'centre':
      return centre(size, area).expand(n, 1, size, size)
    case 'blocks':
      return blocks(draw, n, size, area)
    case 'region':
      return regions(draw, n, size, area)
  }
}

/** Side in pixels of the square in the middle */
export const centreSide = (size: number, area: number): number => Math.round(size * Math.sqrt(area))

function centre(size: number, area: number): Tensor {
  const side = centreSide(size, area)
  const start = Math.floor((size - side) / 2)
  const inside = range(size).map(i => i >= start && i < start + side)
  return constant(
    inside.flatMap(row => inside.map(column => Number(row && column))),
    [1, 1, size, size],
  )
}

function blocks(draw: Draw, n: number, size: number, area: number): Tensor {
  const most = size * Math.sqrt(area / BLOCKS)
  const side = draw.uniform([n, BLOCKS, 1], most / 2, most)
  const within = () => {
    const start = draw.uniform([n, BLOCKS, 1]).mul(side.neg().add(size))
    const centres = constant(
      range(size).map(i => i + 0.5),
      [1, 1, size],
    )
    return centres
      .greater(start)
      .and(centres.less(start.add(side)))
      .cast('float') // [N, blocks, size]
  }
  const [rows, columns] = [within(), within()]
  return rows.T.matmul(columns).reshape(n, 1, size, size).minimum(1) // how many blocks cover a pixel, at most one
}

function regions(draw: Draw, n: number, size: number, area: number): Tensor {
  const noise = upsampleBilinear(draw.normal([n, 1, HILLS, HILLS]), size, size).reshape(n, size * size)
  const highest = noise.topK(Math.round(area * size * size))
  return putAlong(constant(1).expand(...highest.shape), highest, 1, size * size).reshape(n, 1, size, size)
}

/** Hidden pixels and the shown ones at most `width` away from one, diagonally too: [N, 1, H, W] */
export function grown(holes: Tensor, width: number): Tensor {
  return width === 0 ? holes : maxPool(holes, { kernel: 2 * width + 1, stride: 1, padding: width })
}
