import { join } from 'node:path'
import { fileBeside } from '../files.js'
import { desk } from './desk.js'
import type { Picture } from './picture.js'
import type { PictureJob, PictureMade } from './picture-process.js'
import { processes } from './processes.js'

/** A picture whose pixels need not be here */
export interface Lent {
  readonly picture: Picture
  /** Asked for once; what they are is changed by the next one's */
  pixels(): Uint8Array
  /** Where nobody asks for them */
  drop?(): void
}

/**
 * Processes that decode pictures for this one. Their pixels come by way of a file: in messages they would be copied four times, and each
 * copy be memory that is to be found again.
 *
 * @param folder for that file
 * @param bytes of the pixels of a picture
 * @throws LacunaError where the file cannot be made
 */
export function pictureProcesses(folder: string, bytes: number, count: number, signal?: AbortSignal) {
  const { file, take, read, free, close } = desk(join(folder, 'desk'), bytes)
  const all = processes<PictureJob, PictureMade>(fileBeside('./picture-process.js', import.meta.url), count, {
    signal,
    shared: file,
  })
  return {
    /**
     * @returns undefined where it is left to the caller
     * @throws Error why the picture cannot be decoded, in one line
     */
    async ask(from: string | Uint8Array, wanted: PictureJob['wanted']): Promise<Lent | undefined> {
      const place = take()
      if (place === undefined) return undefined
      const made = await all.ask({ from, wanted, place }).catch((error: unknown) => {
        free(place)
        throw error
      })
      if (made === undefined) return undefined // and its place is lost: nobody knows whether something still writes to it
      if (made !== 'left') return { picture: made, pixels: () => read(place), drop: () => free(place) }
      free(place)
      return undefined
    },
    close(): void {
      all.close()
      close()
    },
  }
}
