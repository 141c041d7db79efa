/** Values as they lie in memory: [height, width, channels]. */
export interface Raster {
  readonly values: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
}

/**
 * A picture as [size, size, channels]: short side resized to `size` with the Lanczos-3 kernel, centre cropped.
 * When shrinking, what sharp does with `cover`, but without the two milliseconds of work that a resizing pipeline takes
 * to set up: small pictures come in tens of thousands.
 */
export function cover({ values, width, height, channels }: Raster, size: number): Uint8Array {
  if (width === size && height === size) return values
  const scale = size / Math.min(width, height)
  const low = along(new Float64Array(values), 1, width * channels, axisTaps(height, size, scale)) // [size, width, channels]
  const square = along(low, size, channels, axisTaps(width, size, scale)) // [size, size, channels]
  return new Uint8Array(new Uint8ClampedArray(square).buffer) // rounded and clamped: the kernel overshoots at edges
}

/** For every output place which of the `length` input places it sees, [size, count], with weights that sum to 1. */
interface Taps {
  readonly length: number
  readonly count: number
  readonly places: Int32Array
  readonly weights: Float64Array
}

/** Weighs the middle axis of values [outer, length, inner]: [outer, size, inner]. */
function along(
  values: Float64Array,
  outer: number,
  inner: number,
  { length, count, places, weights }: Taps,
): Float64Array {
  const size = weights.length / count
  const out = new Float64Array(outer * size * inner)
  for (let row = 0; row < outer; row++)
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap] ?? 0
      if (weight === 0) continue
      const from = (row * length + (places[tap] ?? 0)) * inner
      const to = (row * size + Math.floor(tap / count)) * inner
      for (let i = 0; i < inner; i++) out[to + i] = (out[to + i] ?? 0) + weight * (values[from + i] ?? 0)
    }
  return out
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
  return { length, count, places, weights }
}

function lanczos3(x: number): number {
  if (x === 0) return 1
  if (Math.abs(x) >= 3) return 0
  return (3 * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / 3)) / (Math.PI * x) ** 2
}
