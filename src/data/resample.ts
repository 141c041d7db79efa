import type { GreyShape } from './types.js'

/**
 * Grey values [height, width] as [size, size]: short side resized to `size` with the Lanczos-3 kernel, centre cropped.
 * When shrinking, what sharp does with `cover`, but without the millisecond that each of its pipelines takes to set up:
 * the small pictures of an IDX file come in tens of thousands.
 */
export function coverGrey(values: Uint8Array, { width, height }: GreyShape, size: number): Uint8Array {
  const scale = size / Math.min(width, height)
  const columns = axisTaps(width, size, scale)
  const rows = axisTaps(height, size, scale)

  const wide = new Float64Array(height * size) // [height, size]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < size; x++) wide[y * size + x] = weighted(columns, x, values, y * width, 1)
  const out = new Uint8ClampedArray(size * size) // rounds and clamps: the kernel overshoots at edges
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) out[y * size + x] = weighted(rows, y, wide, x, size)
  return new Uint8Array(out.buffer)
}

/** For every output place the input places that it sees, [size, count], and their weights, which sum to 1. */
interface Taps {
  readonly count: number
  readonly places: Int32Array
  readonly weights: Float64Array
}

function weighted(taps: Taps, place: number, values: ArrayLike<number>, offset: number, stride: number): number {
  let sum = 0
  for (let tap = place * taps.count; tap < (place + 1) * taps.count; tap++)
    sum += (taps.weights[tap] ?? 0) * (values[offset + stride * (taps.places[tap] ?? 0)] ?? 0)
  return sum
}

const known = new Map<string, Taps>()

function axisTaps(length: number, size: number, scale: number): Taps {
  const key = `${length} ${size} ${scale}`
  const taps = known.get(key) ?? makeTaps(length, size, scale)
  known.set(key, taps)
  return taps
}

function makeTaps(length: number, size: number, scale: number): Taps {
  const sharpness = Math.min(1, scale) // when shrinking, the kernel widens so that it sees every input
  const cropped = (length * scale - size) / 2
  const count = 2 * Math.ceil(3 / sharpness) + 1
  const places = new Int32Array(size * count)
  const weights = new Float64Array(size * count)
  for (let i = 0; i < size; i++) {
    const centre = (i + cropped + 0.5) / scale - 0.5
    const first = Math.round(centre) - (count - 1) / 2
    const kernel = Array.from({ length: count }, (_, tap) => lanczos3((first + tap - centre) * sharpness))
    const sum = kernel.reduce((total, weight) => total + weight)
    kernel.forEach((weight, tap) => {
      places[i * count + tap] = Math.min(Math.max(first + tap, 0), length - 1)
      weights[i * count + tap] = weight / sum
    })
  }
  return { count, places, weights }
}

function lanczos3(x: number): number {
  if (x === 0) return 1
  if (Math.abs(x) >= 3) return 0
  return (3 * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / 3)) / (Math.PI * x) ** 2
}
