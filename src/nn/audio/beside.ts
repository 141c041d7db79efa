import { concat } from '../../tensor/movement.js'
import { sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { deltas, REACH } from '../../views/audio/deltas.js'
import { logMel, type MelOptions } from '../../views/audio/mel.js'
import { mfcc } from '../../views/audio/mfcc.js'
import { speechFraming } from '../../views/audio/speech.js'
import { perUtterance } from '../../views/audio/utterance.js'
import type { AudioEncoder } from './encoder.js'

/** Of the spectra that lie beside the frames of an encoder. */
export interface BesideOptions extends Pick<MelOptions, 'rate' | 'bands'> {
  /**
   * What lies in the middle of what a frame of the encoder sees: the first of its spectra (`first`), or all of them together
   * (`all`)
   */
  readonly middle: 'first' | 'all'
}

/** Spectra to each frame of an encoder: one every 10 ms where that divides the frame, else one. */
export function spectraPerFrame({ hop }: AudioEncoder, rate: number): number {
  const per = hop / speechFraming(rate).hop
  return Number.isInteger(per) ? per : 1
}

/**
 * Frames to either side of which some have heard a part of what lies that far around the middle of a frame: nothing of it is left
 * where they are hidden as well.
 * @param reach numbers of the wave to either side of the middle
 */
export const neighboursThatHear = ({ hop, receptiveField }: AudioEncoder, reach: number): number =>
  Math.max(0, Math.ceil((receptiveField / 2 + reach) / hop) - 1)

/** How far the spectra beside a frame reach from its middle, all of them together. */
export function reachOfSpectra(encoder: AudioEncoder, rate: number): number {
  const per = spectraPerFrame(encoder, rate)
  return (speechFraming(rate).window + ((per - 1) * encoder.hop) / per) / 2
}

/** How far the cepstra beside a frame reach from its middle, by the slopes of their slopes. */
export const reachOfCepstra = (encoder: AudioEncoder, rate: number): number =>
  speechFraming(rate).window / 2 + (2 * REACH * encoder.hop) / spectraPerFrame(encoder, rate)

/**
 * Log-mel spectra that are in step with the frames of an encoder, whatever its windows are: `spectraPerFrame` of them a frame.
 * What they see before the beginning and after the end is silence.
 *
 * @param waves float [N, length]
 * @returns [N, T · spectra a frame, bands]
 */
export function spectraBeside(encoder: AudioEncoder, waves: Tensor, { rate, bands, middle }: BesideOptions): Tensor {
  const framing = speechFraming(rate)
  const { window } = framing
  const per = spectraPerFrame(encoder, rate)
  const hop = encoder.hop / per
  const length = waves.size(1)
  const count = encoder.framesOf(length) * per
  const seen = window + (middle === 'all' ? (per - 1) * hop : 0)
  const start = Math.floor((encoder.receptiveField - seen) / 2)
  const end = start + (count - 1) * hop + window
  const before = waves
    .slice(1, Math.max(0, start), Math.min(length, end))
    .pad(1, Math.max(0, -start), Math.max(0, end - length))
  return logMel(before, { ...framing, hop, bands })
}

/** Bands that cepstra are of */
const CEPSTRUM = 40

/**
 * What each frame of an encoder sounds like in its middle, as speech recognition was done with: 13 cepstral coefficients, each
 * with mean 0 and deviation 1 over the utterance, so that neither loudness nor the room decides, their slopes over 10-ms frames,
 * and the slopes of these.
 *
 * @param lengths int [N], of the waves
 * @returns [N, T, 39]
 */
export function cepstraBeside(encoder: AudioEncoder, waves: Tensor, lengths: Tensor, rate: number): Tensor {
  const per = spectraPerFrame(encoder, rate)
  const frames = encoder.frames(lengths).mul(per)
  const spectra = spectraBeside(encoder, waves, { rate, bands: CEPSTRUM, middle: 'first' })
  const cepstra = perUtterance(mfcc(spectra), frames)
  const slopes = deltas(cepstra, { frames })
  const all = concat([cepstra, slopes, deltas(slopes, { frames })], 2)
  const [n, count, width] = sizes(all.shape, 3)
  return all.reshape(n, count / per, per * width).slice(2, 0, width) // the first of each frame
}
