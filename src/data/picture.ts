import { type Decoded, decode, type Wanted } from './decode.js'
import { type Signature, signatureOf } from './signature.js'

/** What is known of a picture besides its pixels */
export interface Picture extends Omit<Decoded, 'pixels'> {
  readonly signature: Signature
}

/** A picture whose pixels need not be in memory */
export interface StoredPicture {
  readonly picture: Picture
  /** uint8 [size, size, channels]; asked for once, and valid until another picture's are */
  pixels(): Uint8Array
  /** Where nobody asks for them */
  drop?(): void
}

/** @throws Error as {@link decode} does */
export const pictureOf = async (bytes: Uint8Array, wanted: Wanted): Promise<StoredPicture> =>
  inMemory(await decode(bytes, wanted), wanted)

export function inMemory({ pixels, ...facts }: Decoded, { size, channels }: Wanted): StoredPicture {
  return { picture: { ...facts, signature: signatureOf(pixels, size, channels) }, pixels: () => pixels }
}
