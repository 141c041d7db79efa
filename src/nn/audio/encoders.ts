import type { EncoderEntry } from '../encoder-entry.js'

/** Names of those that are built in. */
export type AudioEncoderName = never

/** Encoders of sound that are built in. */
export const audioEncoders: readonly EncoderEntry<'audio'>[] = []
