import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { mayBe, mayBeFilm, mediumOf } from './media.js'

/** Folders below the source that are looked into */
const DEEPEST = 6

/**
 * Whether films are meant by a place where pictures are wanted: it holds some, and no picture but animations, which may be either.
 * @param heard that sound is wanted too: then also where pictures lie beside films, and no recording that could belong to them
 */
export async function holdsFilms(source: string, heard: boolean, signal?: AbortSignal): Promise<boolean> {
  if (!existsSync(source)) return false
  if (!statSync(source).isDirectory()) return mediumOf(basename(source)) === 'video'
  const found = new Set<'film' | 'animation' | 'picture' | 'recording'>()
  const arePictures = () => found.has('picture') && (!heard || found.has('recording'))
  const enter = async (folder: string, depth: number): Promise<void> => {
    signal?.throwIfAborted()
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const { name } of entries.filter(entry => !entry.isDirectory() && !entry.name.startsWith('.'))) {
      if (mayBe(name, 'audio')) found.add('recording')
      else if (mediumOf(name) === 'image') found.add(mayBeFilm(name) ? 'animation' : 'picture')
      else if (mayBe(name, 'video')) found.add('film')
    }
    for (const entry of entries)
      if (entry.isDirectory() && depth < DEEPEST && !entry.name.startsWith('.') && !arePictures())
        await enter(join(folder, entry.name), depth + 1)
  }
  await enter(source, 0)
  return found.has('film') && !arePictures()
}
