import { type Draw, draw } from '../program/trace.js'
import { constant } from '../tensor/tensor.js'

/** Draws that always fall at the given share of their range; orders are drawn as ever. */
export function fixedDraw(share: number): Draw {
  return {
    ...draw,
    uniform: (shape, low = 0, high = 1) => constant(low + share * (high - low)).expand(...shape),
  }
}

/** A box for each picture: rows of top, left, height, width. */
export const boxesOf = (rows: readonly (readonly [number, number, number, number])[]) => {
  const column = (i: number) => constant(rows.map(row => row[i] ?? 0))
  return { top: column(0), left: column(1), height: column(2), width: column(3) }
}

/** The largest difference between two lists; infinite when their lengths differ. */
export function difference(actual: readonly number[] | undefined, expected: readonly number[]): number {
  if (actual?.length !== expected.length) return Number.POSITIVE_INFINITY
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs((actual[i] ?? Number.NaN) - value)), 0)
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst
}

/** χ² of counting values in [low, high) into ten equal bins, against all bins equal; 27.9 is its 0.1 % point. */
export function unevenness(values: readonly number[], low: number, high: number): number {
  const bins = new Float64Array(10)
  for (const value of values) {
    const bin = Math.floor((10 * (value - low)) / (high - low))
    bins[bin] = (bins[bin] ?? Number.NaN) + 1
  }
  const expected = values.length / 10
  return bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
}
