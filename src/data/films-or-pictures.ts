import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { mayBe, mediumOf } from './media.js'

/** Folders below the source that are looked into */
const DEEPEST = 6

/** Whether there are films in a place, and no picture: the first picture that is found tells. */
export async function holdsFilms(source: string, signal?: AbortSignal): Promise<boolean> {
  if (!existsSync(source)) return false
  if (!statSync(source).isDirectory()) return mediumOf(basename(source)) === 'video'
  let films = false
  const enter = async (folder: string, depth: number): Promise<'picture' | undefined> => {
    signal?.throwIfAborted()
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (entry.isDirectory()) continue
      if (mayBe(entry.name, 'image')) return 'picture'
      if (mayBe(entry.name, 'video')) films = true
    }
    for (const entry of entries)
      if (entry.isDirectory() && depth < DEEPEST && !entry.name.startsWith('.')) {
        const found = await enter(join(folder, entry.name), depth + 1)
        if (found !== undefined) return found
      }
    return undefined
  }
  return (await enter(source, 0)) === undefined && films
}
