import { range } from '../tensor/shape.js'
import { melFilters } from '../views/audio/mel.js'
import { fadeOf } from '../views/audio/spectrogram.js'
import type { Picture } from './sheet-layout.js'

const SECONDS = 0.025
const FFT = 512
/** Decibels below the loudest that are white */
const DEPTH = 70

/**
 * A log-mel spectrogram to look at: time to the right, pitch upwards, dark where it is loud.
 * @param wave numbers in [−1, 1)
 * @param rate of them a second
 */
export function spectrogramOf(wave: ArrayLike<number>, rate: number, width: number, height: number): Picture {
  const window = Math.min(FFT, Math.max(2, Math.round(SECONDS * rate)))
  const bins = FFT / 2 + 1
  const filters = melFilters({ rate, bands: height, window, fft: FFT })
  const fade = fadeOf('hann', window)
  const levels = new Float64Array(width * height)
  for (const x of range(width)) {
    const from = Math.round(((x + 0.5) * wave.length) / width - window / 2)
    const real = new Float64Array(FFT)
    for (let i = 0; i < window; i++) real[i] = (fade[i] ?? 0) * (wave[from + i] ?? 0)
    const power = powersOf(real)
    for (const band of range(height)) {
      let sum = 0
      for (let bin = 0; bin < bins; bin++) sum += (filters[band * bins + bin] ?? 0) * (power[bin] ?? 0)
      levels[(height - 1 - band) * width + x] = 10 * Math.log10(sum + 1e-10)
    }
  }
  const loudest = levels.reduce((most, level) => Math.max(most, level), Number.NEGATIVE_INFINITY)
  const data = Uint8Array.from(levels, level =>
    loudest <= SILENT ? 255 : Math.round(255 * Math.min(1, (loudest - level) / DEPTH)),
  )
  return { width, height, channels: 1, data }
}

/** Decibels of nothing but rounding */
const SILENT = -80

/** |Fourier transform|² of real numbers as many as a power of two, up to half of them, in place. @see Cooley & Tukey 1965 */
function powersOf(real: Float64Array): Float64Array {
  const n = real.length
  const imaginary = new Float64Array(n)
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) [real[i], real[j]] = [real[j] as number, real[i] as number]
  }
  for (let size = 2; size <= n; size *= 2)
    for (let start = 0; start < n; start += size)
      for (let k = 0; k < size / 2; k++) {
        const turn = (-2 * Math.PI * k) / size
        const [a, b] = [start + k, start + k + size / 2]
        const [x, y] = [real[b] as number, imaginary[b] as number]
        const [re, im] = [x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)]
        const [u, v] = [real[a] as number, imaginary[a] as number]
        real[a] = u + re
        imaginary[a] = v + im
        real[b] = u - re
        imaginary[b] = v - im
      }
  return Float64Array.from({ length: n / 2 + 1 }, (_, i) => (real[i] as number) ** 2 + (imaginary[i] as number) ** 2)
}
