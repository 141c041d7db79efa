import { putAlong } from '../tensor/indexing.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { labOf, toLab } from './lab.js'

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
const POINT = COLOUR_STRIDE / 2
/** A picture is grey when no |a| or |b| goes above this. */
const GREY = 5

/**
 * The colours to be guessed: one point, not a mean, of every 4 × 4 pixels.
 * @param x [N, 3, H, W] in [0, 1]
 * @returns a and b, [N, 2, H / 4, W / 4]
 */
export function pointColours(x: Tensor): Tensor {
  const points = [2, 3].reduce((y, axis) => y.slice(axis, POINT, undefined, COLOUR_STRIDE), x)
  return toLab(points).slice(1, 1, 3)
}

/** Pictures with some colour: [N, 2, h, w] → bool [N] */
export const isColourful = (ab: Tensor): Tensor => ab.abs().max([1, 2, 3]).greater(GREY)

/** The same of pictures as stored, in numbers; those without any colour are left out. */
export function coloursOf(stored: Uint8Array, count: number, size: number) {
  const found: Chroma[] = []
  let grey = 0
  const points = range(Math.floor(size / COLOUR_STRIDE)).map(i => COLOUR_STRIDE * i + POINT)
  for (let n = 0; n < count; n++) {
    const own = points.flatMap(y => points.map(x => chromaAt(stored, 3 * ((n * size + y) * size + x))))
    if (own.some(([a, b]) => Math.max(Math.abs(a), Math.abs(b)) > GREY)) found.push(...own)
    else grey++
  }
  return { colours: found, grey }
}

function chromaAt(stored: Uint8Array, place: number): Chroma {
  const part = (c: number) => (stored[place + c] ?? 0) / 255
  const [, a, b] = labOf([part(0), part(1), part(2)])
  return [a, b]
}

/**
 * Centres of the cells of a grid over a and b that some colour falls into. All that sRGB can show falls into 77 cells of a
 * grid of 20, 261 of 10; pictures use fewer.
 */
export function usedBins(colours: readonly Chroma[], step: number): Chroma[] {
  const cells = new Map<number, Chroma>()
  for (const [a, b] of colours) {
    const [column, row] = [Math.round(a / step), Math.round(b / step)]
    const cell = 1000 * column + row
    if (!cells.has(cell)) cells.set(cell, [step * column, step * row])
  }
  return [...cells.values()].sort((x, y) => x[0] - y[0] || x[1] - y[1])
}

/** The mean of the soft-encoded colours: how common each bin is, smoothed by the Gaussian of the encoding. Sums to 1. */
export function colourPrior(colours: readonly Chroma[], bins: readonly Chroma[], encoding: SoftEncoding): number[] {
  const prior = new Float64Array(bins.length)
  for (const colour of colours)
    for (const { bin, share } of softShares(colour, bins, encoding))
      prior[bin] = (prior[bin] ?? 0) + share / colours.length
  return [...prior]
}

/** `softEncode` of one colour in numbers. */
export function softShares([a, b]: Chroma, bins: readonly Chroma[], { neighbours, sigma }: SoftEncoding) {
  const nearest: { bin: number; distance: number }[] = []
  for (const [bin, [binA, binB]] of bins.entries()) {
    const distance = (a - binA) ** 2 + (b - binB) ** 2
    if (nearest.length === neighbours && distance >= (nearest.at(-1)?.distance ?? 0)) continue
    const place = nearest.findIndex(other => distance < other.distance)
    nearest.splice(place === -1 ? nearest.length : place, 0, { bin, distance })
    if (nearest.length > neighbours) nearest.pop()
  }
  const closest = nearest[0]?.distance ?? 0 // taken off, so that colours far from all bins do not vanish
  const weights = nearest.map(({ distance }) => Math.exp((closest - distance) / (2 * sigma ** 2)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return nearest.map(({ bin }, i) => ({ bin, share: (weights[i] ?? 0) / total }))
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
