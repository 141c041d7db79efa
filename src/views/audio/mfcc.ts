import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'

export interface CepstrumOptions {
  /** The first so many; 13 unless told */
  readonly coefficients?: number
  /** L: coefficient k, from 0 on, is multiplied by 1 + L/2 · sin(π(k + 1)/L), as in librosa; not at all unless told */
  readonly lifter?: number
}

/**
 * Mel-frequency cepstral coefficients: the cosine transform (DCT-II, orthonormal) of log powers over the bands. The first
 * is loudness, the next the shape of the spectrum, smoothest part first.
 * @param logMel [N, frames, bands]: its logarithm's base is that of the result
 * @returns [N, frames, coefficients]
 * @see Davis & Mermelstein 1980
 */
export function mfcc(logMel: Tensor, { coefficients = 13, lifter }: CepstrumOptions = {}): Tensor {
  const bands = logMel.size(-1)
  const cosines = range(bands).flatMap(band =>
    range(coefficients).map(k => {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / bands)
      const lifted = lifter === undefined ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * (k + 1)) / lifter)
      return lifted * scale * Math.cos((Math.PI * k * (2 * band + 1)) / (2 * bands))
    }),
  )
  return logMel.matmul(constant(cosines, [bands, coefficients]))
}
