import { createHash } from 'node:crypto'
import { type Decoded, decode, type Wanted } from './decode.js'

/** A picture as it is kept, and SHA-256 of its file */
export type Picture = Decoded & { readonly digest: string }

/** @throws Error as {@link decode} does */
export const pictureOf = async (bytes: Uint8Array, wanted: Wanted): Promise<Picture> => ({
  digest: digestOf(bytes),
  ...(await decode(bytes, wanted)),
})

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')
