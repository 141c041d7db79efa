import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { type AudioEncoder, isAudioEncoder } from '../nn/audio/encoder.js'
import type { Encoder } from '../nn/encoder.js'
import type { Tensor } from '../tensor/tensor.js'
import { isThere } from '../tensor/there.js'
import { type SpanOptions, spanShare } from '../views/audio/spans.js'
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

/** Which frames of an encoder there are: bool [N, T] */
export const framesThere = (encoder: AudioEncoder, { values, lengths }: Sequence): Tensor =>
  isThere(encoder.frames(lengths), encoder.framesOf(values.size(1)))
