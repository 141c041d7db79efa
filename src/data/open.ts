import { openRecords } from './open-records.js'
import type { OpenOptions, PictureSet } from './types.js'

/**
 * Opens pictures as a packed uint8 store, decoding them on the first call and again only when the source has changed.
 *
 * @param source a folder of pictures (nested, or a Hugging Face imagefolder), a folder or file in the IDX format of MNIST,
 *   one picture, or the directory of a store
 * @throws LacunaError when there is nothing to open, too much of it cannot be read, or the store cannot be written
 */
export const openPictures = (source: string, options: OpenOptions = {}): Promise<PictureSet> =>
  openRecords('openPictures', source, ['image'], options)
