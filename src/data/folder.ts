import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import { LacunaError } from '../errors.js'
import { readLayout, splitNamed } from './layout.js'
import { type MetadataTable, readMetadata } from './metadata.js'
import type { Listing, PictureItem, Skipped, Source } from './types.js'
import { type PictureFile, pictureFile, reasonOf, type Walk, walk } from './walk.js'

type Found = readonly { readonly file: PictureFile; readonly item: PictureItem }[]

/**
 * A folder of picture files. Without a metadata table all pictures in it are taken, and labels and splits come from the
 * names of folders; so too for the split folders that have no table beside those that have. Otherwise tables say which
 * pictures there are.
 *
 * @param groupPattern with one capture group, applied to base names
 * @throws LacunaError when the folder cannot be read or holds no pictures
 */
export async function folderSource(path: string, groupPattern?: RegExp, signal?: AbortSignal): Promise<Source> {
  const tables = readMetadata(path)
  const tabled = new Set(tables.map(({ folder }) => folder))
  const wanted = (name: string) => tabled.size === 0 || (splitNamed(name) !== undefined && !tabled.has(name))
  const walked = await walk(path, tabled.has('') ? () => false : wanted, signal)
  const named = tables.map(table => followTable(path, table, groupPattern))

  const found = [...fromFolders(walked.files, groupPattern), ...named.flatMap(table => table.found)]
  const skipped = [...walked.skipped, ...named.flatMap(table => table.skipped)]
  if (found.length + skipped.length === 0) throw noPictures(path, tables, walked)
  return sourceOf(path, found, skipped, tables)
}

/** One picture file as a source of its own. */
export function fileSource(path: string, groupPattern?: RegExp): Source {
  return sourceOf(path, fromFolders([pictureFile(basename(path), path)], groupPattern), [], [])
}

function sourceOf(path: string, found: Found, skipped: readonly Skipped[], tables: readonly MetadataTable[]): Source {
  const hash = createHash('sha256')
  for (const { file } of found) hash.update(`${file.name}\n${file.version}\n`)
  for (const { name, reason } of skipped) hash.update(`${name}\n${reason}\n`)
  for (const { folder, text } of tables) hash.update(`${folder}\n${text}\n`)

  const at = (position: number) => {
    const entry = found[position]
    if (!entry) throw new RangeError(`no picture ${position}`)
    return entry.file
  }
  const listing: Listing = {
    items: found.map(({ item }) => item),
    skipped,
    nativeSize: undefined,
    bytes: position => at(position).bytes,
    read: async position => ({ bytes: await readFile(at(position).path) }),
  }
  return { path, fingerprint: hash.digest('hex'), defaultChannels: 3, list: async () => listing }
}

function fromFolders(files: readonly PictureFile[], groupPattern?: RegExp): Found {
  const layout = readLayout(files.map(({ name }) => name))
  return files.map((file, position) => {
    const { label, split } = layout[position] ?? { label: undefined, split: undefined }
    return { file, item: { name: file.name, label, group: groupOf(file.name, groupPattern), split } }
  })
}

function followTable(root: string, table: MetadataTable, groupPattern?: RegExp): { found: Found; skipped: Skipped[] } {
  const found: Found[number][] = []
  const skipped: Skipped[] = []
  for (const { name, label, group, split } of table.rows) {
    try {
      const file = pictureFile(name, join(root, name))
      found.push({ file, item: { name, label, group: group ?? groupOf(name, groupPattern), split } })
    } catch (error) {
      skipped.push({ name, reason: reasonOf(error) })
    }
  }
  return { found, skipped }
}

function groupOf(name: string, groupPattern?: RegExp): string {
  return groupPattern?.exec(posix.basename(name))?.[1] ?? name
}

function noPictures(path: string, tables: readonly MetadataTable[], { others }: Walk): LacunaError {
  const [table] = tables
  if (table) return new LacunaError(`${path}: the metadata has no rows; add a row with a file_name for every picture`)
  const kinds = [...others].sort(([, a], [, b]) => b - a).map(([extension, count]) => `${count} ${extension}`)
  const instead = kinds.length > 0 ? `only other files (${kinds.slice(0, 5).join(', ')})` : 'no files at all'
  const hint = 'give a folder with .png, .jpg, .webp, .gif, .tif, .avif or .svg files'
  return new LacunaError(`${path}: no pictures found, ${instead}: ${hint}`)
}
