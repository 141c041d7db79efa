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
  const along = range(side).map(place => sinCos([place], dim / 2))
  const at = (place: number) => along[place] ?? new Float64Array(0)
  return Float64Array.from(range(side ** 2).flatMap(i => [...at(i % side), ...at(Math.floor(i / side))]))
}

/**
 * Fixed positions along a line: sines, then cosines, at wavelengths from 2π to 20,000π places.
 *
 * @param dim numbers a place, an even one
 * @returns row-major [places, dim]
 * @see Vaswani et al. 2017
 */
export function sinCos(places: readonly number[], dim: number): Float64Array {
  if (dim % 2 !== 0) throw new ShapeError('sinCos', `an even width expected, got ${dim}`)
  const frequencies = range(dim / 2).map(i => 10_000 ** (-i / (dim / 2)))
  return Float64Array.from(
    places.flatMap(place => [
      ...frequencies.map(frequency => Math.sin(place * frequency)),
      ...frequencies.map(frequency => Math.cos(place * frequency)),
    ]),
  )
}
