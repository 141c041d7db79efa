import { concat } from '../../../tensor/movement.js'
import { range, sizes } from '../../../tensor/shape.js'
import { constant, type Tensor } from '../../../tensor/tensor.js'
import { ENVELOPE_RATE, envelopes } from './envelopes.js'
import { MODULATIONS, secondsFor } from './modulation.js'
import { envelopeStatistics, medianOfThere, OFFSETS } from './statistics.js'

/** Bands of the ear: 30, one below and one above */
const BANDS = 32
const PAIRS = OFFSETS.reduce((sum, offset) => sum + BANDS - offset, 0)

/** What belongs together among the numbers of a texture, in their order. */
export const textureGroups = {
  /** Mean and σ / μ of each band */
  marginals: 2 * BANDS,
  /** Band by band */
  modulation: BANDS * MODULATIONS,
  correlation: PAIRS,
  /** The last number: all others are the same at any loudness */
  loudness: 1,
} as const

/** 502 */
export const TEXTURE: number = Object.values(textureGroups).reduce((sum, size) => sum + size, 0)

/**
 * Of each number: how many its group has. Loudness counts as one more of the marginals: as a group of its own it alone would decide
 * which sounds are alike.
 */
export const textureGroupSizes: readonly number[] = Object.entries(textureGroups).flatMap(([name, size]) =>
  Array<number>(size).fill(name === 'loudness' ? textureGroups.marginals : size),
)

export interface Texture {
  /** [N, 502] */
  readonly values: Tensor
  /** bool [N, 502]: not where a recording is too short to tell; what stands there means nothing */
  readonly known: Tensor
}

/**
 * What a sound is like, whatever happens when in it: rain, a crowd, an engine. The statistics of the envelopes of the ear's bands,
 * which are divided by the median over time of all of them together; that is the loudness.
 *
 * @param waves float [N, length]
 * @param lengths int [N]: what lies after them changes nothing
 * @see McDermott & Simoncelli 2011, Sound Texture Perception via Statistics of the Auditory Periphery; Owens et al. 2016, Ambient
 *   Sound Provides Supervision for Visual Learning, section 3
 */
export function texture(waves: Tensor, lengths: Tensor, rate: number): Texture {
  const [n] = sizes(waves.shape, 2)
  const all = envelopes(waves, lengths, rate)
  const frames = framesOfEnvelopes(lengths, rate)
  const loudness = medianOfThere(all.square().sum(1).sqrt(), frames)
  const even = all.div(loudness.maximum(1e-12).reshape(n, 1, 1))
  const { mean, variation, modulation, correlation } = envelopeStatistics(even, frames)
  const values = concat([mean, variation, modulation.reshape(n, -1), correlation, loudness], 1)
  const seconds = constant(range(TEXTURE).map(secondsForNumber), [1, TEXTURE])
  const lasts = lengths.cast('float').div(rate).reshape(n, 1)
  return { values, known: seconds.greater(lasts).not() }
}

/** Seconds that a recording has to last for one of the numbers to be known. */
function secondsForNumber(i: number): number {
  const place = i - textureGroups.marginals
  return place < 0 || place >= textureGroups.modulation ? 0 : (secondsFor[place % MODULATIONS] ?? 0)
}

/** How many envelopes there are of each recording: int [N] */
const framesOfEnvelopes = (lengths: Tensor, rate: number): Tensor =>
  lengths
    .cast('float')
    .mul(ENVELOPE_RATE / rate)
    .floor()
    .maximum(1)
    .cast('int')
