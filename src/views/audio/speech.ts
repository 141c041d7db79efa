import { concat } from '../../tensor/movement.js'
import type { Tensor } from '../../tensor/tensor.js'
import { deltas } from './deltas.js'
import { framesIn } from './framing.js'
import { logMel } from './mel.js'
import { mfcc } from './mfcc.js'

const SECONDS = { window: 0.025, hop: 0.01 }

/**
 * Frames of speech as everybody has them: 25 ms every 10 ms, each about its own mean, and the next power of two for the
 * transform.
 * @param rate numbers of the wave a second
 */
export function speechFraming(rate: number) {
  const [window, hop] = [Math.round(SECONDS.window * rate), Math.round(SECONDS.hop * rate)]
  return { rate, window, hop, fft: 2 ** Math.ceil(Math.log2(window)), centred: true } as const
}

/**
 * Log powers in mel bands, then their slopes.
 * @param waves float [N, length]
 * @param lengths int [N]; all unless told. Frames that are not there mean nothing
 * @returns [N, frames, 2 · bands], in frames as {@link speechFraming} has them
 */
export function logMelWithDeltas(waves: Tensor, rate: number, lengths?: Tensor, bands = 80): Tensor {
  const framing = speechFraming(rate)
  const powers = logMel(waves, { ...framing, bands })
  return concat([powers, deltas(powers, { frames: lengths && framesIn(lengths, framing) })], 2)
}

/**
 * 13 cepstral coefficients of 40 bands, their slopes and the slopes of these, as speech recognition was done with and
 * HuBERT's first targets are made of.
 * @param waves float [N, length]
 * @param lengths int [N]; all unless told. Frames that are not there mean nothing
 * @returns [N, frames, 39], in frames as {@link speechFraming} has them
 */
export function mfccWithDeltas(waves: Tensor, rate: number, lengths?: Tensor): Tensor {
  const framing = speechFraming(rate)
  const frames = lengths && framesIn(lengths, framing)
  const cepstrum = mfcc(logMel(waves, { ...framing, bands: 40 }))
  const slopes = deltas(cepstrum, { frames })
  return concat([cepstrum, slopes, deltas(slopes, { frames })], 2)
}
