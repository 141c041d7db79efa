import { readFile } from 'node:fs/promises'
import type { RunConfig } from '../assembly/config.js'
import { imageIn } from '../channels/bound.js'
import { decode } from '../data/decode.js'
import { LacunaError, messageOf } from '../errors.js'

/**
 * One picture as the bytes that an encoder takes, read as those of its training were.
 * @param picture path of a file, or what stands in it
 * @returns uint8 [size, size, channels]
 * @throws LacunaError when it cannot be read
 */
export async function pixelsOf(
  picture: string | Uint8Array,
  { channels, reading }: Pick<RunConfig, 'channels' | 'reading'>,
): Promise<Uint8Array> {
  const name = typeof picture === 'string' ? picture : 'the picture'
  if (typeof picture !== 'string' && !(picture instanceof Uint8Array))
    throw new LacunaError(`embedPicture: a path, or the bytes of a picture file, is expected, got ${typeof picture}`, 2)
  const { size, colours } = imageIn(channels)
  try {
    const bytes = typeof picture === 'string' ? await readFile(picture) : picture
    return (await decode(bytes, { ...reading, size, channels: colours })).pixels
  } catch (error) {
    throw new LacunaError(`${name} ${messageOf(error)}`)
  }
}
