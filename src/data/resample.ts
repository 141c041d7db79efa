import type { Fit } from '../channels/fits.js'
import { type Axis, axesOf, type Raster } from './fit.js'

/**
 * A picture resized with the Lanczos-3 kernel to [size, size, channels], or with `pad` to what of that it fills; see
 * {@link axesOf}. When shrinking, what sharp does, but without the two milliseconds of work that a resizing pipeline
 * takes to set up: small pictures come in tens of thousands.
 */
export function resample({ values, width, height, channels }: Raster, size: number, fit: Fit): Raster {
  const { x, y } = axesOf(width, height, size, fit)
  if (x.resized === width && y.resized === height && x.kept === width && y.kept === height)
    return { values, width, height, channels }
  const low = along(new Float64Array(values), 1, width * channels, axisTaps(height, y)) // [y.kept, width, channels]
  const both = along(low, y.kept, channels, axisTaps(width, x)) // [y.kept, x.kept, channels]
  const rounded = new Uint8Array(new Uint8ClampedArray(both).buffer) // and clamped: the kernel overshoots at edges
  return { values: rounded, width: x.kept, height: y.kept, channels }
}

/** For every output place which of the `length` input places it sees, [kept, count], with weights that sum to 1. */
interface Taps {
  readonly length: number
  readonly count: number
  readonly places: Int32Array
  readonly weights: Float64Array
}

/** Weighs the middle axis of values [outer, length, inner]: [outer, kept, inner]. */
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

function axisTaps(length: number, axis: Axis): Taps {
  const key = `${length} ${axis.step} ${axis.kept}`
  const taps = known.get(key) ?? makeTaps(length, axis)
  known.set(key, taps)
  return taps
}

function makeTaps(length: number, { step, resized, first: cropped, kept }: Axis): Taps {
  const sharpness = Math.min(1, 1 / step) // when shrinking, the kernel widens so that it sees every input
  const margin = (length - resized * step) / 2 // what rounding to whole pixels leaves over lies on both sides
  const count = 2 * Math.ceil(3 / sharpness) + 1
  const places = new Int32Array(kept * count)
  const weights = new Float64Array(kept * count)
  for (let i = 0; i < kept; i++) {
    const centre = (i + cropped + 0.5) * step + margin - 0.5
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
