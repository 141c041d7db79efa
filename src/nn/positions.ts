import { ShapeError } from '../tensor/scope.js'
import { range } from '../tensor/shape.js'

/**
 * Fixed positions of a square grid in reading order: the first half of the numbers are sines and cosines of the column, the
 * second half of the row, at wavelengths from 2π to 20,000π places.
 *
 * @param side places in a row
 * @param dim numbers a place, a multiple of 4
 * @returns row-major [side², dim], as MAE's get_2d_sincos_pos_embed
 */
export function sinCos2d(side: number, dim: number): Float64Array {
  if (dim % 4 !== 0) throw new ShapeError('sinCos2d', `a width that divides by 4 expected, got ${dim}`)
  const frequencies = range(dim / 4).map(i => 10_000 ** (-i / (dim / 4)))
  const along = (place: number) => [
    ...frequencies.map(frequency => Math.sin(place * frequency)),
    ...frequencies.map(frequency => Math.cos(place * frequency)),
  ]
  return Float64Array.from(range(side ** 2).flatMap(i => [...along(i % side), ...along(Math.floor(i / side))]))
}
