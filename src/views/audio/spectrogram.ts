import { ShapeError } from '../../tensor/scope.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { type Framing, withEdges } from './framing.js'

/** How a frame fades out to both sides. */
export type Fade = 'hann' | 'hamming'

/** Periodic, as for spectra: [n]. @see Harris 1978 */
export function fadeOf(name: Fade, n: number): Float64Array {
  const middle = name === 'hann' ? 0.5 : 0.54
  return Float64Array.from(range(n), i => middle - (1 - middle) * Math.cos((2 * Math.PI * i) / n))
}

export interface SpectrogramOptions extends Framing {
  /** Length of the Fourier transform; what it has beyond the window are zeros. The window unless told */
  readonly fft?: number
  /** `hann` unless told */
  readonly fade?: Fade
  /**
   * Each frame about its own mean, as Kaldi has it: many recordings have an offset, which the fade spreads over the lowest
   * bands. Not unless told
   */
  readonly centred?: boolean
}

/**
 * The power of each frequency in each frame: |Fourier transform of the frame, faded|².
 *
 * One convolution along the wave whose filters are the cosines and sines: three quarters of the processor time of frames
 * laid out and multiplied by the same matrix, which copies each number of the wave into 2.5 frames, and two thirds of that
 * of frames gathered by index (16 waves of 4 s at 16 kHz, window 400, hop 160, to mel bands: 25, 32 and 38 ms).
 *
 * @param waves float [N, length]
 * @returns [N, frames, fft / 2 + 1], at the frequencies 0, rate / fft, …, rate / 2
 */
export function powerSpectrogram(waves: Tensor, options: SpectrogramOptions): Tensor {
  const bands = powers(waves, options)
  return bands.T
}

/** The same with frequencies before frames: [N, fft / 2 + 1, frames]. */
export function powers(waves: Tensor, { fft, fade = 'hann', centred = false, ...framing }: SpectrogramOptions): Tensor {
  const { window, hop } = framing
  const length = fft ?? window
  if (length < window)
    throw new ShapeError('spectrogram', `a transform of ${length} does not hold a window of ${window}`)
  const padded = withEdges(waves, framing)
  const filters = fourier(fadeOf(fade, window), length, centred)
  const transformed = padded.reshape(padded.size(0), 1, -1).conv(filters, { stride: hop })
  const bins = binsOf(length)
  return transformed.slice(1, 0, bins).square().add(transformed.slice(1, bins).square())
}

export const binsOf = (fft: number): number => Math.floor(fft / 2) + 1

/** Cosines, then sines, of all frequencies as filters: [2 · bins, 1, window] */
function fourier(fade: Float64Array, fft: number, centred: boolean): Tensor {
  const bins = binsOf(fft)
  // of whole turns the fraction is exact
  const turn = (bin: number, i: number) => (2 * Math.PI * ((bin * i) % fft)) / fft
  const filters = [Math.cos, Math.sin].flatMap(wave =>
    range(bins).map(bin => fade.map((weight, i) => weight * wave(turn(bin, i)))),
  )
  const values = new Float64Array(2 * bins * fade.length)
  for (const [i, filter] of filters.entries()) {
    // what is told of the frame without its mean is told of the frame by a filter without its own
    const mean = centred ? filter.reduce((sum, weight) => sum + weight, 0) / filter.length : 0
    values.set(
      filter.map(weight => weight - mean),
      i * filter.length,
    )
  }
  return constant(values, [2 * bins, 1, fade.length])
}
