import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import { LacunaError } from '../errors.js'
import { layoutNotes, readLayout, splitNamed } from './layout.js'
import { type MetadataRow, type MetadataTable, readMetadata } from './metadata.js'
import type { Item, Listing, Skipped, Source } from './types.js'
import { foreignExtensions, type PictureFile, pictureFile, reasonOf, type Walk, walk } from './walk.js'

type Found = readonly { readonly file: PictureFile; readonly item: Item }[]

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
  const fromFolder = (name: string) => {
    const first = name.split('/', 1)[0] ?? ''
    return tabled.size === 0 || (!tabled.has('') && splitNamed(first) !== undefined && !tabled.has(first))
  }
  const walked = await walk(path, signal)
  const { rows, notes } = rowsOf(tables)
  const named = followRows(path, rows, groupPattern)
  const listed = new Set(rows.map(({ name }) => name))
  const unlisted = walked.files.filter(({ name }) => !fromFolder(name) && !listed.has(name))
  const untabled = walked.files.filter(({ name }) => fromFolder(name))

  const found = [...fromFolders(untabled, groupPattern), ...named.found]
  const skipped = [...walked.skipped.filter(({ name }) => fromFolder(name)), ...named.skipped]
  if (found.length + skipped.length === 0) throw noPictures(path, tables, walked)
  const all = [
    ...notes,
    ...layoutNotes(untabled.map(({ name }) => name)),
    ...(unlisted.length > 0
      ? [`${counted(unlisted, 'picture', 'is', 'are')} in the folder but not in its metadata: left out.`]
      : []),
    ...walked.runs.map(run => `${run} is a run of Lacuna, whose pictures are reports: left out.`),
    ...foreignNote(walked),
  ]
  return sourceOf(path, found, skipped, tables, all)
}

/** `2 pictures (a.png, b.png) are` */
const counted = (files: readonly { readonly name: string }[], noun: string, one: string, more: string): string => {
  const shown = files.slice(0, 2).map(({ name }) => name)
  const names = `(${shown.join(', ')}${files.length > 2 ? ', …' : ''})`
  return files.length === 1 ? `1 ${noun} ${names} ${one}` : `${files.length} ${noun}s ${names} ${more}`
}

/** Files that hold pictures by their names, but of kinds that we do not look into. */
function foreignNote({ others }: Walk): string[] {
  const kinds = [...others].filter(([extension]) => foreignExtensions.has(extension))
  if (kinds.length === 0) return []
  const total = kinds.reduce((sum, [, count]) => sum + count, 0)
  return [
    `${total} ${total === 1 ? 'file' : 'files'} of kinds that cannot be read (${kinds.map(([extension, count]) => `${count} ${extension}`).join(', ')}): left out; convert them to JPEG or PNG.`,
  ]
}

/**
 * The rows of all tables, one for every picture.
 * @throws LacunaError when two rows say different things of one picture
 */
function rowsOf(tables: readonly MetadataTable[]): { rows: MetadataRow[]; notes: string[] } {
  const first = new Map<string, MetadataRow>()
  const again: MetadataRow[] = []
  for (const row of tables.flatMap(({ rows }) => rows)) {
    const before = first.get(row.name)
    if (!before) {
      first.set(row.name, row)
      continue
    }
    const part = (['label', 'split', 'group'] as const).find(key => row[key] !== before[key])
    if (part !== undefined)
      throw new LacunaError(
        `${row.where}: ${row.name} has the ${part} ${row[part] ?? '(none)'}, but ${before[part] ?? '(none)'} in ${before.where}; leave one row for each picture`,
      )
    again.push(row)
  }
  const notes =
    again.length > 0 ? [`${counted(again, 'row', 'repeats', 'repeat')} a picture of another row: taken once.`] : []
  return { rows: [...first.values()], notes }
}

/** One picture file as a source of its own. */
export function fileSource(path: string, groupPattern?: RegExp): Source {
  return sourceOf(path, fromFolders([pictureFile(basename(path), path)], groupPattern), [], [], [])
}

function sourceOf(
  path: string,
  found: Found,
  skipped: readonly Skipped[],
  tables: readonly MetadataTable[],
  notes: readonly string[],
): Source {
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
  return { path, fingerprint: hash.digest('hex'), defaultChannels: 3, notes, list: async () => listing }
}

function fromFolders(files: readonly PictureFile[], groupPattern?: RegExp): Found {
  const layout = readLayout(files.map(({ name }) => name))
  return files.map((file, position) => {
    const { label, split } = layout[position] ?? { label: undefined, split: undefined }
    return { file, item: { name: file.name, label, group: groupOf(file.name, groupPattern), split } }
  })
}

function followRows(
  root: string,
  rows: readonly MetadataRow[],
  groupPattern?: RegExp,
): { found: Found; skipped: Skipped[] } {
  const found: Found[number][] = []
  const skipped: Skipped[] = []
  for (const { name, label, labels, group, split } of rows) {
    try {
      const file = pictureFile(name, join(root, name))
      found.push({ file, item: { name, label, labels, group: group ?? groupOf(name, groupPattern), split } })
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
