import { putAlong } from '../tensor/indexing.js'
import { concat } from '../tensor/movement.js'
import { sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { fromLab, lightness, toLab } from './lab.js'
import { resize } from './resample.js'

/** A colour without its lightness: a* and b* of CIE Lab */
export type Chroma = readonly [a: number, b: number]

/** How a colour becomes shares of the bins around it. */
export interface SoftEncoding {
  /** Bins that get a share */
  readonly neighbours: number
  /** Deviation of the Gaussian, in units of Lab */
  readonly sigma: number
}

/** Colour is guessed at every fourth pixel. */
export const COLOUR_STRIDE = 4
/** The pixel of each 4 × 4 that is asked for */
export const POINT = COLOUR_STRIDE / 2
/** A picture is grey when no |a| or |b| goes above this. */
export const GREY = 5

/**
 * The colours to be guessed: one point, not a mean, of every 4 × 4 pixels.
 * @param x [N, 3, H, W] in [0, 1]
 * @returns a and b, [N, 2, H / 4, W / 4]
 */
export function pointColours(x: Tensor): Tensor {
  const points = [2, 3].reduce((y, axis) => y.slice(axis, POINT, undefined, COLOUR_STRIDE), x)
  return toLab(points).slice(1, 1, 3)
}

/**
 * How much each point counts: 1, or 0 in a picture without any colour if those are skipped.
 * @param ab [N, 2, h, w]
 * @returns [N·h·w], in the order of `rowsOf`
 */
export function countsOf(ab: Tensor, skipGrey: boolean): Tensor {
  const [n, , h, w] = sizes(ab.shape, 4)
  const colourful = ab.abs().max([1, 2, 3]).greater(GREY).cast('float')
  return colourful
    .maximum(skipGrey ? 0 : 1)
    .reshape(n, 1)
    .expand(n, h * w)
    .reshape(-1)
}

/**
 * Shares of the nearest bins by a Gaussian of the distance.
 *
 * @param ab [P, 2]
 * @returns [P, bins], rows sum to 1; nothing flows back
 * @see Zhang et al. 2016, section 2.1 (5 neighbours; the released code has 10)
 */
export function softEncode(ab: Tensor, bins: readonly Chroma[], { neighbours, sigma }: SoftEncoding): Tensor {
  const from = (axis: 0 | 1) => ab.slice(1, axis, axis + 1).sub(constant(bins.map(centre => centre[axis])))
  const closeness = from(0)
    .square()
    .add(from(1).square())
    .div(-2 * sigma ** 2)
    .stopGradient() // [P, bins]
  const nearest = closeness.topK(Math.min(neighbours, bins.length))
  return putAlong(closeness.takeAlong(nearest).softmax(-1), nearest, 1, bins.length)
}

/**
 * One colour from a distribution over the bins: its mean after annealing with a temperature. 1 is the plain mean, which is
 * greyish; towards 0 it becomes the likeliest bin, which is spotted.
 *
 * @param logits [P, bins]
 * @returns a and b, [P, 2]
 * @see Zhang et al. 2016, eq. 5
 */
export function annealedMean(logits: Tensor, bins: readonly Chroma[], temperature: number): Tensor {
  return logits
    .div(temperature)
    .softmax(-1)
    .matmul(constant(bins.flat(), [bins.length, 2]))
}

/** Gives pictures another colour and leaves their lightness. @param ab [N, 2, h, w], of any size */
export function recoloured(x: Tensor, ab: Tensor): Tensor {
  return fromLab(concat([lightness(x), resize(ab, x.size(2), 'bilinear')], 1))
}

/** A row for each place of a map: [N, C, h, w] → [N·h·w, C] */
export const rowsOf = (map: Tensor): Tensor => map.transpose(0, 2, 3, 1).reshape(-1, map.size(1))

/** The inverse of `rowsOf`, for square maps. */
export const mapOf = (rows: Tensor, side: number): Tensor =>
  rows.reshape(-1, side, side, rows.size(1)).transpose(0, 3, 1, 2)
