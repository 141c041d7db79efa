import { type Dirent, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { splitNamed } from './layout.js'
import { type MemberKind, mediumOf } from './media.js'
import type { Split } from './types.js'

/**
 * Files of an archive format in a folder, or in the folders in it: what a data set of many records is cut into. Those of the folder
 * alone where there are some.
 *
 * @param extension with its dot
 * @param media what is looked for: where files of these kinds lie open, other things are meant by the folder
 * @returns names relative to the folder, sorted; none where it is something else
 */
export function shardsIn(root: string, extension: string, media: readonly MemberKind[]): string[] {
  const entriesOf = (folder: string) =>
    readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'))
  const isShard = ({ name }: Dirent) => name.toLowerCase().endsWith(extension)
  const isOpen = ({ name }: Dirent) => media.some(kind => kind === mediumOf(name))
  const here = entriesOf(root)
  const files = here.filter(entry => !entry.isDirectory())
  const below = here
    .filter(entry => entry.isDirectory())
    .flatMap(({ name: folder }) =>
      entriesOf(join(root, folder)).map(entry => ({ entry, name: `${folder}/${entry.name}` })),
    )
  if (files.some(isOpen) || below.some(({ entry }) => isOpen(entry))) return []
  const names = files.filter(isShard).map(({ name }) => name)
  return (names.length > 0 ? names : below.filter(({ entry }) => isShard(entry)).map(({ name }) => name)).sort()
}

/** `data/train-00000-of-00002.parquet` and `test/0001.tar` are of a split by a word of their names. */
export const splitOfShard = (name: string): Split | undefined =>
  [...name.split('/').slice(0, -1), ...basename(name).split(/[-_.]/)].map(splitNamed).find(split => split !== undefined)
