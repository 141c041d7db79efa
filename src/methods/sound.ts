import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { spectraBeside, spectraPerFrame } from '../nn/audio/beside.js'
import { type AudioEncoder, isAudioEncoder } from '../nn/audio/encoder.js'
import type { Encoder } from '../nn/encoder.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { isThere } from '../tensor/there.js'
import { codesPicture, enlarged, spectraPicture } from '../views/audio/pictures.js'
import { type SpanOptions, spanShare } from '../views/audio/spans.js'
import { perUtterance } from '../views/audio/utterance.js'
import type { Sequence } from './method.js'

/** How much of a recording is heard, and which of it is hidden. */
export const spanOptions = ({ seconds, start, span }: SpanOptions & { readonly seconds: number }) => ({
  seconds: z.number().positive().default(seconds).describe('seconds of a recording that are heard at a time'),
  start: z
    .number()
    .gt(0)
    .lt(1)
    .default(start)
    .describe(
      `probability that a hidden span begins at a frame: no share of the frames, of which ${Math.round(100 * spanShare({ start, span }))} % are hidden by this and the next`,
    ),
  span: z.number().int().positive().default(span).describe('frames in a hidden span'),
})

/** @throws LacunaError (wrong usage) when the encoder has no frames, or hides none though that is wanted */
export function framesEncoder(method: string, encoder: Encoder, { masks = false } = {}): AudioEncoder {
  if (!isAudioEncoder(encoder))
    throw new LacunaError(`${method} wants an encoder that hears in frames; use --encoder log-mel-small`, 2)
  if (masks && !encoder.masks)
    throw new LacunaError(
      `${method} hides frames from what the encoder makes of them, which this one cannot; use --encoder log-mel-small`,
      2,
    )
  return encoder
}

/** @throws LacunaError (wrong usage) where the numbers of a frame do not divide into groups */
export function intoGroups(method: string, width: number, groups: number): void {
  if (width % groups === 0) return
  const fits = Math.max(...range(groups).filter(g => g > 0 && width % g === 0))
  throw new LacunaError(
    `${method}: the ${width} numbers of a frame do not divide into ${groups} groups of codes; take --set groups=${fits}`,
    2,
  )
}

/** Which frames of an encoder there are: bool [N, T] */
export const framesThere = (encoder: AudioEncoder, { values, lengths }: Sequence): Tensor =>
  isThere(encoder.frames(lengths), encoder.framesOf(values.size(1)))

/** Bands of the spectra that are looked at */
export const LOOKED_AT = 20

/** What each frame of an encoder sounds like, to be looked at: the mean of its spectra, normalised over the utterance: [N, T, bands] */
export function soundOf(encoder: AudioEncoder, rate: number, { values, lengths }: Sequence): Tensor {
  const per = spectraPerFrame(encoder, rate)
  const spectra = spectraBeside(encoder, values, { rate, bands: LOOKED_AT, middle: 'all' })
  const normal = perUtterance(spectra, encoder.frames(lengths).mul(per))
  return normal.reshape(values.size(0), -1, per, LOOKED_AT).mean(2)
}

/** The same as a picture of the frames in `of`; grey elsewhere. */
export const soundPicture = (sound: Tensor, of: Tensor): Tensor =>
  enlarged(spectraPicture(sound, of), { down: 3, right: 2 })

/** Codes below such a picture: a colour each, white elsewhere. */
export const codesBelow = (codes: Tensor, of: Tensor, size: number): Tensor =>
  enlarged(codesPicture(codes, of, size), { down: 1, right: 2 })
