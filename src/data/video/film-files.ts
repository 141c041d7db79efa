import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { mayBeFilm } from '../media.js'
import type { DataFile } from '../walk.js'
import { numberedFilms } from './numbered.js'

const isPicture = ({ name }: DataFile): boolean => !mayBeFilm(name)

/**
 * Films among the files of a folder: those that are one file, and those of numbered pictures, which are called as their folder where
 * it holds nothing else.
 * @param files of films and of what may be frames of one
 */
export function filmFiles(files: readonly DataFile[]): { readonly files: DataFile[]; readonly notes: string[] } {
  const { films, others } = numberedFilms(files.filter(isPicture))
  const perFolder = new Map<string, number>()
  const folderOf = (name: string) => posix.dirname(name)
  for (const { name } of [...files.filter(file => !isPicture(file)), ...films])
    perFolder.set(folderOf(name), (perFolder.get(folderOf(name)) ?? 0) + 1)
  const made = films.map(({ name, frames }): DataFile => {
    const folder = folderOf(name)
    const hash = createHash('sha256')
    for (const frame of frames) hash.update(`${frame.name}\n${frame.version}\n`)
    return {
      name: folder !== '.' && perFolder.get(folder) === 1 ? folder : name,
      path: posix.dirname(frames[0]?.path ?? ''),
      bytes: frames.reduce((sum, { bytes }) => sum + bytes, 0),
      version: hash.digest('hex'),
      frames: frames.map(({ path }) => path),
    }
  })
  const all = [...files.filter(file => !isPicture(file)), ...made]
  const torn = films.filter(({ missing }) => missing > 0)
  const notes = [
    ...(others.length > 0
      ? [
          `${others.length} ${others.length === 1 ? 'picture is' : 'pictures are'} no frame of a film, since no other has the same name but for its number (${others[0]?.name}${others.length > 1 ? ', …' : ''}): left out.`,
        ]
      : []),
    ...(torn.length > 0
      ? [
          `${torn.length} ${torn.length === 1 ? 'film lacks' : 'films lack'} frames by their numbers (${torn[0]?.name}: ${torn[0]?.missing}): those that are there follow each other.`,
        ]
      : []),
  ]
  return { files: all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)), notes }
}
