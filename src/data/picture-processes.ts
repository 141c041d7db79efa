import { join } from 'node:path'
import { fileBeside } from '../files.js'
import type { StoredPicture } from './picture.js'
import type { PictureJob, PictureMade } from './picture-process.js'
import { processes } from './processes.js'
import { slotFile } from './slots.js'

/**
 * Processes that decode pictures for this one. Their pixels come by way of a file: in messages they would be copied four times, and each
 * copy be memory that is to be found again.
 *
 * @param folder for that file
 * @param bytes of the pixels of a picture
 * @throws LacunaError where the file cannot be made
 */
export function pictureProcesses(folder: string, bytes: number, count: number, signal?: AbortSignal) {
  const slots = slotFile(join(folder, 'slots'), bytes)
  const all = processes<PictureJob, PictureMade>(fileBeside('./picture-process.js', import.meta.url), count, {
    signal,
    shared: slots.descriptor,
  })
  return {
    /**
     * @returns undefined where it is left to the caller
     * @throws Error why the picture cannot be decoded, in one line
     */
    async ask(from: string | Uint8Array, wanted: PictureJob['wanted']): Promise<StoredPicture | undefined> {
      const slot = all.running ? slots.acquire() : undefined
      if (slot === undefined) return undefined
      const made = await all.ask({ from, wanted, slot }).catch((error: unknown) => {
        slots.release(slot) // the process has said so, or all of it has been given up
        throw error
      })
      if (made === undefined) return undefined // and its slot is lost: nobody knows whether something still writes to it
      if (made !== 'left') return { picture: made, pixels: () => slots.read(slot), drop: () => slots.release(slot) }
      slots.release(slot)
      return undefined
    },
    async close(): Promise<void> {
      await all.close()
      slots.close()
    },
  }
}
