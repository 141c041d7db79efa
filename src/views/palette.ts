import { z } from 'zod'
import { range } from '../tensor/shape.js'
import { type Chroma, COLOUR_STRIDE, GREY, POINT, type SoftEncoding } from './colour-bins.js'
import { labOf } from './lab.js'

/** How colours are put into bins; to be spread into the options of a method. */
export const binOptions = {
  step: z
    .number()
    .min(5)
    .max(60)
    .default(20)
    .describe('side of a bin in a and b of CIE Lab; 10, as in the paper, for larger pictures'),
  neighbours: z
    .number()
    .int()
    .positive()
    .default(5)
    .describe('bins that a colour is spread over; the released code of the paper has 10'),
  sigma: z.number().positive().default(5).describe('deviation of that spread, in units of Lab'),
}

/** The colours that some pictures have. */
export interface Palette {
  /** Centres of the bins that are used */
  readonly bins: readonly Chroma[]
  /** How common each bin is; sums to 1 */
  readonly prior: readonly number[]
}

/**
 * The bins and their prior from pictures as stored, looked at where their colour is guessed.
 *
 * @param stored uint8 [count, size, size, 3]
 * @param step side of a bin
 * @returns also how many of the pictures are grey; with nothing else, and those skipped, there are no bins
 */
export function paletteOf(
  stored: Uint8Array,
  count: number,
  size: number,
  { step, skipGrey, ...encoding }: SoftEncoding & { readonly step: number; readonly skipGrey: boolean },
): Palette & { readonly grey: number } {
  const { colours, grey } = coloursOf(stored, count, size, skipGrey)
  const bins = usedBins(colours, step)
  return { bins, prior: colourPrior(colours, bins, encoding), grey }
}

/** What `pointColours` gives, in numbers; and how many pictures have no colour. */
export function coloursOf(stored: Uint8Array, count: number, size: number, skipGrey: boolean) {
  const found: Chroma[] = []
  let grey = 0
  const points = range(Math.floor(size / COLOUR_STRIDE)).map(i => COLOUR_STRIDE * i + POINT)
  for (let n = 0; n < count; n++) {
    const own = points.flatMap(y => points.map(x => chromaAt(stored, 3 * ((n * size + y) * size + x))))
    const colourful = own.some(([a, b]) => Math.max(Math.abs(a), Math.abs(b)) > GREY)
    if (!colourful) grey++
    if (colourful || !skipGrey) found.push(...own)
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
