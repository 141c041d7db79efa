import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { LacunaError } from '../errors.js'
import { beginsAs } from './beginnings.js'
import { groupOf } from './group-pattern.js'
import { firstNames } from './incomplete.js'
import { layoutNotes, readLayout, splitNamed } from './layout.js'
import { countOf, type MemberKind, mayBe, media, memberKinds } from './media.js'
import { type MetadataRow, type MetadataTable, readMetadata } from './metadata.js'
import type { Item, Listing, ReaderOptions, Skipped, Source } from './types.js'
import { filmFiles } from './video/film-files.js'
import { type DataFile, dataFile, reasonOf, type Walk, walk } from './walk.js'

type Found = readonly { readonly file: DataFile; readonly item: Item }[]

/**
 * A folder of files of one kind: pictures, films or recordings. Without a metadata table all of them are taken, and labels and splits
 * come from the names of folders; so too for the split folders that have no table beside those that have. Otherwise tables
 * say which there are.
 *
 * @throws LacunaError when the folder cannot be read or holds none
 */
export async function folderSource(
  path: string,
  { medium, media: wanted, group, signal }: ReaderOptions,
): Promise<Source> {
  const tables = readMetadata(path, medium)
  const tabled = new Set(tables.map(({ folder }) => folder))
  const fromFolder = (name: string) => {
    const first = name.split('/', 1)[0] ?? ''
    return tabled.size === 0 || (!tabled.has('') && splitNamed(first) !== undefined && !tabled.has(first))
  }
  const all = await walk(path, [medium], signal)
  const { files, notes: filmNotes } = medium === 'video' ? filmFiles(all.files) : { files: all.files, notes: [] }
  const walked = { ...all, files }
  const { rows, notes } = rowsOf(tables, medium)
  const named = followRows(path, rows, files, group)
  const listed = new Set(rows.map(({ name }) => name))
  const unlisted = walked.files.filter(({ name }) => !fromFolder(name) && !listed.has(name))
  const untabled = walked.files.filter(({ name }) => fromFolder(name))

  const found = [...fromFolders(untabled, group), ...named.found]
  const skipped = [...walked.skipped.filter(({ name }) => fromFolder(name)), ...named.skipped]
  if (found.length + skipped.length === 0) throw nothingIn(path, medium, tables, walked)
  const told = [
    ...notes,
    ...filmNotes,
    ...layoutNotes(
      untabled.map(({ name }) => name),
      medium,
    ),
    ...(unlisted.length > 0
      ? [`${counted(unlisted, media[medium].one, 'is', 'are')} in the folder but not in its metadata: left out.`]
      : []),
    ...walked.runs.map(run => `${run} is a run of Lacuna, whose pictures are reports: left out.`),
    ...passedNote(walked, medium),
    ...foreignNote(walked, medium),
    ...namelessNote(walked, medium, listed),
  ]
  return sourceOf(path, medium, { found, skipped, tables, notes: told }, wanted)
}

/** `2 pictures (a.png, b.png) are` */
const counted = (files: readonly { readonly name: string }[], noun: string, one: string, more: string): string => {
  const shown = files.slice(0, 2).map(({ name }) => name)
  const names = `(${shown.join(', ')}${files.length > 2 ? ', …' : ''})`
  return files.length === 1 ? `1 ${noun} ${names} ${one}` : `${files.length} ${noun}s ${names} ${more}`
}

/** A folder may have pictures and recordings: what is used, and what not. */
const passedNote = ({ passed, files }: Walk, medium: MemberKind): string[] =>
  [...passed].map(
    ([other, count]) =>
      `${countOf(count, other)} in the same folder: passed over, what is read here ${files.length === 1 ? 'is' : 'are'} the ${countOf(files.length, medium)}.`,
  )

/** Files that hold the like by their names, but of kinds that we do not look into. */
function foreignNote({ others }: Walk, medium: MemberKind): string[] {
  const kinds = [...others].filter(([extension]) => media[medium].foreign.has(extension))
  if (kinds.length === 0) return []
  const total = kinds.reduce((sum, [, count]) => sum + count, 0)
  return [
    `${total} ${total === 1 ? 'file' : 'files'} of kinds that cannot be read (${kinds.map(([extension, count]) => `${count} ${extension}`).join(', ')}): left out; ${media[medium].convert}.`,
  ]
}

/** What looks like one by its beginning, but is not called so: a table may name it all the same. */
function namelessNote({ nameless }: Walk, medium: MemberKind, listed: ReadonlySet<string>): string[] {
  const files = nameless.filter(({ name, path }) => !listed.has(name) && beginsAs(path, medium))
  if (files.length === 0) return []
  const { one, many, extensions } = media[medium]
  const what =
    files.length === 1
      ? `1 file without an extension looks like a ${one}`
      : `${files.length} files without an extension look like ${many}`
  return [`${what} ${firstNames(files)}: left out; add the extension of what it is, such as ${[...extensions][0]}.`]
}

/**
 * The rows of all tables, one for every file that may be of the kind.
 * @throws LacunaError when two rows say different things of one
 */
function rowsOf(tables: readonly MetadataTable[], medium: MemberKind): { rows: MetadataRow[]; notes: string[] } {
  const first = new Map<string, MetadataRow>()
  const again: MetadataRow[] = []
  const noun = media[medium].one
  for (const row of tables.flatMap(({ rows }) => rows)) {
    if (isOther(row.name, medium)) continue
    const before = first.get(row.name)
    if (!before) {
      first.set(row.name, row)
      continue
    }
    const part = (['label', 'split', 'group'] as const).find(key => row[key] !== before[key])
    if (part !== undefined)
      throw new LacunaError(
        `${row.where}: ${row.name} has the ${part} ${row[part] ?? '(none)'}, but ${before[part] ?? '(none)'} in ${before.where}; leave one row for each ${noun}`,
      )
    again.push(row)
  }
  const notes =
    again.length > 0 ? [`${counted(again, 'row', 'repeats', 'repeat')} a ${noun} of another row: taken once.`] : []
  return { rows: [...first.values()], notes }
}

/** A file of another kind; what is of no kind by its name is looked at, and a folder may be a film. */
const isOther = (name: string, medium: MemberKind): boolean =>
  !mayBe(name, medium) && memberKinds.some(other => mayBe(name, other))

/** One file as a source of its own. */
export function fileSource(path: string, { medium, media, group }: ReaderOptions): Source {
  const found = fromFolders([dataFile(basename(path), path)], group)
  return sourceOf(path, medium, { found, skipped: [], tables: [], notes: [] }, media)
}

interface Contents {
  readonly found: Found
  readonly skipped: readonly Skipped[]
  readonly tables: readonly MetadataTable[]
  readonly notes: readonly string[]
}

function sourceOf(
  path: string,
  medium: MemberKind,
  { found, skipped, tables, notes }: Contents,
  media: readonly MemberKind[],
): Source {
  const hash = createHash('sha256')
  for (const { file } of found) hash.update(`${file.name}\n${file.version}\n`)
  for (const { name, reason } of skipped) hash.update(`${name}\n${reason}\n`)
  for (const { folder, version } of tables) hash.update(`${folder}\n${version}\n`)

  const at = (position: number) => {
    const entry = found[position]
    if (!entry) throw new RangeError(`no file ${position}`)
    return entry.file
  }
  const listing: Listing = {
    items: found.map(({ item }) => item),
    skipped,
    nativeSize: undefined,
    bytes: position => at(position).bytes,
    read: async position => ({ bytes: await readFile(at(position).path) }),
    file: position => at(position).path,
    frames: position => at(position).frames,
  }
  return { path, medium, media, fingerprint: hash.digest('hex'), defaultChannels: 3, notes, list: async () => listing }
}

function fromFolders(files: readonly DataFile[], groupPattern?: RegExp): Found {
  const layout = readLayout(files.map(({ name }) => name))
  return files.map((file, position) => {
    const { label, split } = layout[position] ?? { label: undefined, split: undefined }
    return { file, item: { name: file.name, label, group: groupOf(file.name, groupPattern), split } }
  })
}

function followRows(
  root: string,
  rows: readonly MetadataRow[],
  films: readonly DataFile[],
  groupPattern?: RegExp,
): { found: Found; skipped: Skipped[] } {
  const found: Found[number][] = []
  const skipped: Skipped[] = []
  for (const { name, label, labels, group, split } of rows) {
    try {
      const film = films.find(({ frames, ...own }) => frames !== undefined && own.name === name.replace(/\/$/, ''))
      const file = film ?? dataFile(name, join(root, name))
      found.push({ file, item: { name, label, labels, group: group ?? groupOf(name, groupPattern), split } })
    } catch (error) {
      skipped.push({ name, reason: reasonOf(error) })
    }
  }
  return { found, skipped }
}

/** What may hold files and is not looked into for these. */
const archives = new Set(['.tar', '.gz', '.tgz', '.bz2', '.xz', '.zst', '.zip', '.7z', '.rar'])

function nothingIn(path: string, medium: MemberKind, tables: readonly MetadataTable[], { others }: Walk): LacunaError {
  const { one, many, give } = media[medium]
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0)
  if (tables.length > 0)
    return new LacunaError(
      rows === 0
        ? `${path}: the metadata has no rows; add a row with a file_name for every ${one}`
        : `${path}: none of the ${rows} rows of the metadata names a ${one}; add a row with a file_name for each`,
    )
  const kinds = [...others].sort(([, a], [, b]) => b - a).map(([extension, count]) => `${count} ${extension}`)
  const instead = kinds.length > 0 ? `only other files (${kinds.slice(0, 5).join(', ')})` : 'no files at all'
  const packed = kinds.length > 0 && [...others.keys()].every(extension => archives.has(extension))
  return new LacunaError(
    `${path}: no ${many} found, ${instead}: ${packed ? `unpack what holds ${many}, or ${give}` : give}`,
  )
}
