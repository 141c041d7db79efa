import { ShapeError } from '../../tensor/scope.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { binsOf, powers, type SpectrogramOptions } from './spectrogram.js'

/** Pitch as it is heard: HTK's logarithm, or Slaney's that is straight up to 1 kHz. */
export type MelScale = 'htk' | 'slaney'

export interface MelOptions extends SpectrogramOptions {
  /** Numbers of the wave a second */
  readonly rate: number
  readonly bands: number
  /** Lowest and highest frequency in Hz; 0 and half the rate unless told */
  readonly low?: number
  readonly high?: number
  /** `htk` unless told */
  readonly scale?: MelScale
  /** `slaney` gives every band the same area; `none`, unless told, the same height */
  readonly norm?: 'none' | 'slaney'
}

const SLANEY = { perMel: 200 / 3, knee: 1000, step: Math.log(6.4) / 27 }

/** @param frequency in Hz */
export function melOf(frequency: number, scale: MelScale = 'htk'): number {
  if (scale === 'htk') return 2595 * Math.log10(1 + frequency / 700)
  const { perMel, knee, step } = SLANEY
  return frequency < knee ? frequency / perMel : knee / perMel + Math.log(frequency / knee) / step
}

/** The inverse of `melOf`, in Hz. */
export function frequencyOf(mel: number, scale: MelScale = 'htk'): number {
  if (scale === 'htk') return 700 * (10 ** (mel / 2595) - 1)
  const { perMel, knee, step } = SLANEY
  return mel < knee / perMel ? mel * perMel : knee * Math.exp(step * (mel - knee / perMel))
}

/**
 * Triangles over the frequencies of a spectrum, their corners evenly spaced in mel; each begins and ends where its
 * neighbours have their tops.
 * @returns row-major [bands, fft / 2 + 1], as librosa.filters.mel and torchaudio's melscale_fbanks (transposed)
 * @throws ShapeError when a band is so narrow that it holds no frequency of the spectrum
 */
export function melFilters(options: Omit<MelOptions, 'hop'>): Float64Array {
  const { rate, bands, window, fft = window, low = 0, high = rate / 2, scale = 'htk', norm = 'none' } = options
  const bins = binsOf(fft)
  const [from, to] = [melOf(low, scale), melOf(high, scale)]
  const corner = (i: number) => frequencyOf(from + ((to - from) * i) / (bands + 1), scale)
  const filters = new Float64Array(bands * bins)
  for (const band of range(bands)) {
    const [left, top, right] = [corner(band), corner(band + 1), corner(band + 2)]
    const height = norm === 'slaney' ? 2 / (right - left) : 1
    const row = filters.subarray(band * bins, (band + 1) * bins)
    for (const bin of range(bins)) {
      const frequency = (bin * rate) / fft
      row[bin] = height * Math.max(0, Math.min((frequency - left) / (top - left), (right - frequency) / (right - top)))
    }
    if (row.every(weight => weight === 0))
      throw new ShapeError(
        'mel',
        `band ${band + 1} of ${bands} (${left.toFixed(1)} to ${right.toFixed(1)} Hz) holds no frequency of a transform of ${fft} at ${rate} Hz; take fewer bands or a longer transform`,
      )
  }
  return filters
}

/**
 * The power in each band of pitch.
 * @param waves float [N, length]
 * @returns [N, frames, bands]
 */
export function melSpectrogram(waves: Tensor, options: MelOptions): Tensor {
  const { bands, window, fft = window } = options
  // [bands, bins] · [N, bins, frames]
  return constant(melFilters(options), [bands, binsOf(fft)]).matmul(powers(waves, options)).T
}

/** Below what the rounding of 16 bits itself puts into a band of 25 ms, and above what float32 makes of a loud one */
const FLOOR = 1e-8

/** The natural logarithm of a power; powers below the floor count as it, so silence is ln(floor). */
export const logPower = (power: Tensor, floor = FLOOR): Tensor => power.maximum(floor).log()

/** A power in decibels above 1, as librosa's power_to_db without `top_db`. */
export const decibels = (power: Tensor, floor = FLOOR): Tensor => logPower(power, floor).mul(10 / Math.LN10)

/** `logPower` of the `melSpectrogram`: [N, frames, bands] */
export const logMel = (waves: Tensor, options: MelOptions, floor = FLOOR): Tensor =>
  logPower(melSpectrogram(waves, options), floor)
