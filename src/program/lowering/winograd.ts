import type { ConvolutionAttributes, TensorOf } from '../../tensor/primitives.js'
import { range, type Shape, sizeOf, sizes } from '../../tensor/shape.js'
import { channelsFirst, zerosBelow } from './blocked.js'
import type { Emitter } from './emitter.js'

/**
 * Convolutions with 3×3 kernels and stride 1 as products over tiles: Winograd's F(4×4, 3×3), y = Aᵀ[(G·w·Gᵀ) ⊙ (Bᵀ·x·B)]A,
 * whose ⊙ is one matrix product over channels for each of 36 points. It multiplies a quarter as often as the convolution
 * does, and rounds to about 1e-5 of the largest result.
 * @see Lavin & Gray 2016, Fast Algorithms for Convolutional Neural Networks, section 4.3
 */
const TILE = 4
const REACH = TILE + 2
const POINTS = REACH * REACH

const transformInput = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
]
const transformKernel = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
]
const transformOutput = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
]

type Two = readonly [string, string]

/** The convolution over tiles. */
export function tiledConv(e: Emitter, [x, weight]: Two, t: TensorOf<'conv'>): string | undefined {
  const grid = gridOf(e, t.attributes, t.inputs[0].shape, t.shape, t.inputs[1].shape)
  if (grid === undefined) return undefined
  const { outputs, inputs } = grid
  const kernels = e.one('Reshape', [atPoints(e, weight, false), e.ints([POINTS, outputs, inputs])])
  return untiled(e, fused(e, inputPoints(e, x, grid), kernels, { transB: 1 }), grid)
}

/** The gradient in the input: the same convolution with the kernel turned round and its channels exchanged. */
export function tiledInput(e: Emitter, [output, weight]: Two, t: TensorOf<'convInput'>): string | undefined {
  const padding = t.attributes.padding.map(([begin, end]) => [2 - begin, 2 - end] as const)
  const [from, to] = [t.inputs[0].shape, t.shape]
  const [o, c, ...kernel] = sizes(t.inputs[1].shape, 2)
  const grid = gridOf(e, { ...t.attributes, padding }, from, to, [c, o, ...kernel])
  if (grid === undefined) return undefined
  const kernels = e.one('Reshape', [atPoints(e, weight, true), e.ints([POINTS, o, c])])
  return untiled(e, fused(e, inputPoints(e, output, grid), kernels, {}), grid)
}

/** The gradient in the weight: what the forward pass did, backwards; it shares the tiles of the input with it. */
export function tiledWeight(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): string | undefined {
  const grid = gridOf(e, t.attributes, t.inputs[0].shape, t.inputs[1].shape, t.shape)
  if (grid === undefined) return undefined
  const { outputs, inputs } = grid
  const tiles = e.one('Reshape', [outputTiles(e, output, grid), e.ints([TILE * TILE, -1])])
  const spread = e.one('MatMul', [matrix(e, transposed(kronecker(transformOutput))), tiles])
  const atOutput = e.one('Reshape', [spread, e.ints([POINTS, -1, outputs])])
  const kernels = fused(e, atOutput, inputPoints(e, x, grid), { transA: 1 }) // [points, O, C]
  const flat = e.one('Reshape', [kernels, e.ints([POINTS, outputs * inputs])])
  const taps = fused(e, flat, matrix(e, kronecker(transformKernel)), { transA: 1 }) // [O · C, 9]
  return e.one('Reshape', [taps, e.ints(t.shape)])
}

/** How the places of a convolution lie in tiles. */
interface Tiling {
  readonly samples: number
  /** Channels */
  readonly inputs: number
  readonly outputs: number
  /** Height and width */
  readonly from: Shape
  readonly to: Shape
  /** Tiles down and across */
  readonly tiles: Shape
  /** Zeros before the first row and column */
  readonly before: Shape
}

/** Undefined where tiles cannot serve. */
function gridOf(
  e: Emitter,
  { stride, dilation, groups, padding }: ConvolutionAttributes,
  x: Shape,
  y: Shape,
  weight: Shape,
): Tiling | undefined {
  const [samples = 1, inputs = 1, ...from] = x
  const [, outputs = 1, ...to] = y
  const kernel = weight.slice(2)
  if (e.precision !== 'float32' || groups !== 1 || kernel.length !== 2) return undefined
  if (kernel.some(k => k !== 3) || [...stride, ...dilation].some(s => s !== 1)) return undefined
  const tiles = to.map(size => Math.ceil(size / TILE))
  return { samples, inputs, outputs, from, to, tiles, before: padding.map(([begin]) => begin) }
}

/** Bᵀ·x·B of every tile: [points, samples · tiles, channels] */
function inputPoints(e: Emitter, x: string, { samples, inputs, from, tiles, before }: Tiling): string {
  const rows = rowsOf(e, x, samples, inputs, from)
  const seen = tileRows(REACH, samples, tiles, from, before)
  const gathered = e.one('Reshape', [e.one('Gather', [rows, e.ints(seen)], { axis: 0 }), e.ints([POINTS, -1])])
  const points = e.one('MatMul', [matrix(e, kronecker(transformInput)), gathered])
  return e.one('Reshape', [points, e.ints([POINTS, samples * sizeOf(tiles), inputs])])
}

/** The places of every tile of the output, zeros beyond its border: [16, samples · tiles, channels] */
function outputTiles(e: Emitter, output: string, { samples, outputs, to, tiles }: Tiling): string {
  const rows = rowsOf(e, output, samples, outputs, to)
  return e.one('Gather', [rows, e.ints(tileRows(TILE, samples, tiles, to, [0, 0]))], { axis: 0 })
}

/** Aᵀ·m·A of every tile, put in its place: [points, samples · tiles, channels] → [N, O, H, W] */
function untiled(e: Emitter, atPoints: string, { samples, outputs, to, tiles }: Tiling): string {
  const flat = e.one('Reshape', [atPoints, e.ints([POINTS, -1])])
  const values = e.one('MatMul', [matrix(e, kronecker(transformOutput)), flat])
  const [height = 1, width = 1] = to
  const [down = 1, across = 1] = tiles
  const place = range(samples).flatMap(n =>
    range(height).flatMap(y =>
      range(width).map(x => {
        const tile = (n * down + Math.floor(y / TILE)) * across + Math.floor(x / TILE)
        return ((y % TILE) * TILE + (x % TILE)) * samples * down * across + tile
      }),
    ),
  )
  const rows = e.one('Gather', [e.one('Reshape', [values, e.ints([-1, outputs])]), e.ints(place)], { axis: 0 })
  return channelsFirst(e, rows, [samples, outputs, height, width])
}

/** [N, C, H, W] → [N · (H + 1) · W, C], zeros under each sample */
function rowsOf(e: Emitter, x: string, samples: number, channels: number, places: Shape): string {
  return e.one('Reshape', [zerosBelow(e, x, [samples, channels, ...places]), e.ints([-1, channels])])
}

/** Rows of `rowsOf` that the tiles of a side see, by place in the tile, sample and tile. */
function tileRows(side: number, samples: number, tiles: Shape, [h = 1, w = 1]: Shape, [top = 0, left = 0]: Shape) {
  const [down = 1, across = 1] = tiles
  const rows: number[] = []
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++)
      for (let n = 0; n < samples; n++)
        for (let a = 0; a < down; a++)
          for (let b = 0; b < across; b++) {
            const [y, x] = [a * TILE + i - top, b * TILE + j - left]
            const inside = y >= 0 && x >= 0 && y < h && x < w
            rows.push((n * (h + 1) + (inside ? y : h)) * w + (inside ? x : 0))
          }
  return rows
}

/** G·w·Gᵀ of every kernel, perhaps turned round: [O, C, 3, 3] → [points, O · C] */
function atPoints(e: Emitter, weight: string, turned: boolean): string {
  const taps = kronecker(transformKernel).map(row => (turned ? row.toReversed() : row))
  return fused(e, matrix(e, taps), e.one('Reshape', [weight, e.ints([-1, 9])]), { transB: 1 })
}

function fused(e: Emitter, a: string, b: string, attributes: Readonly<Record<string, number>>): string {
  return e.one('FusedMatMul', [a, b], attributes, 'com.microsoft')
}

type Matrix = readonly (readonly number[])[]

const matrix = (e: Emitter, m: Matrix): string =>
  e.values(Float64Array.from(m.flat()), [m.length, m[0]?.length ?? 0], e.precision)

/** m ⊗ m: what m does along both axes of a tile, to the tile as one row of numbers. */
const kronecker = (m: Matrix): number[][] => m.flatMap(p => m.map(q => p.flatMap(a => q.map(b => a * b))))

const transposed = (m: Matrix): number[][] => (m[0] ?? []).map((_, j) => m.map(row => row[j] ?? 0))
