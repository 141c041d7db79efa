import { type Decoded, decode, type Wanted } from './decode.js'
import { type Look, lookOf } from './look.js'

/** What is kept of a picture besides its pixels */
export interface Picture extends Omit<Decoded, 'pixels'> {
  readonly look: Look
}

/** A picture with its pixels: uint8 [size, size, channels] */
export interface Pictured {
  readonly picture: Picture
  readonly pixels: Uint8Array
}

/** @throws Error as {@link decode} does */
export const pictureOf = async (bytes: Uint8Array, wanted: Wanted): Promise<Pictured> =>
  picturedAs(await decode(bytes, wanted), wanted)

export function picturedAs({ pixels, ...facts }: Decoded, { size, channels }: Wanted): Pictured {
  return { picture: { ...facts, look: lookOf(pixels, size, channels) }, pixels }
}
