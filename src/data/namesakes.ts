import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { LacunaError } from '../errors.js'
import { groupOf } from './group-pattern.js'
import { layoutNotes, readLayout } from './layout.js'
import { countOf, type MemberKind, mediumOf, media as words, wordsOf } from './media.js'
import { collect } from './split.js'
import type { Listing, Members, ReaderOptions, Skipped, Source } from './types.js'
import { type DataFile, walk } from './walk.js'

/** The files of one record, in the order of the members that are wanted. */
type Files = readonly [first: DataFile, ...others: DataFile[]]

/**
 * A folder in which files of the same base name belong together: `cow.png` and `cow.ogg`, `cat.jpg` and `cat.txt`. Labels and
 * splits come from the names of folders, as for files that stand alone. A record is called as its first member.
 *
 * @throws LacunaError when the folder cannot be read, or no record has all members
 */
export async function namesakeSource(path: string, { media, group, signal }: ReaderOptions): Promise<Source> {
  const walked = await walk(path, media, signal)
  const together = [...collect(walked.files, ({ name }) => stemOf(name)).values()]
  const records = together.map(files => recordOf(files, media)).filter(files => files !== undefined)
  const incomplete = together.flatMap(files => lacking(files, media) ?? [])
  const doubled = together.filter(files => recordOf(files, media)).flatMap(files => doubles(files, media))
  if (records.length + walked.skipped.length === 0) throw nothingIn(path, media, walked.files)

  const names = records.map(([first]) => first.name)
  const layout = readLayout(names)
  const items = names.map((name, i) => ({
    ...{ name, label: layout[i]?.label, split: layout[i]?.split },
    group: groupOf(name, group),
  }))
  const skipped = [...walked.skipped, ...incomplete]
  const hash = createHash('sha256')
  for (const { name, version } of records.flat()) hash.update(`${name}\n${version}\n`)
  for (const { name, reason } of skipped) hash.update(`${name}\n${reason}\n`)
  const members = media.map((medium, i) => [medium, membersIn(records.map(record => record[i]))] as const)
  const [[, first] = []] = members
  if (first === undefined) throw new Error('no kind of file is wanted')
  const listing: Listing = { items, skipped, ...first, members: Object.fromEntries(members) }
  const [medium = 'image'] = media
  return {
    ...{ path, medium, media, fingerprint: hash.digest('hex'), defaultChannels: 3 },
    notes: [...incompleteNotes(incomplete), ...doubledNotes(doubled), ...layoutNotes(names, medium)],
    list: async () => listing,
  }
}

/** Without the extension */
const stemOf = (name: string): string => name.slice(0, name.length - extname(name).length)

const filesOf = (files: readonly DataFile[], medium: MemberKind) =>
  files.filter(({ name }) => mediumOf(name) === medium)

function recordOf(files: readonly DataFile[], media: readonly MemberKind[]): Files | undefined {
  const [first, ...others] = media.flatMap(medium => filesOf(files, medium)[0] ?? [])
  return first !== undefined && others.length === media.length - 1 ? [first, ...others] : undefined
}

/** Those of a record that another of their kind stands for. */
const doubles = (files: readonly DataFile[], media: readonly MemberKind[]) =>
  media.flatMap(medium => filesOf(files, medium).slice(1))

function lacking(files: readonly DataFile[], media: readonly MemberKind[]): Skipped[] | undefined {
  const missing = media.filter(medium => filesOf(files, medium).length === 0)
  if (missing.length === 0) return undefined
  const reason = `has no ${missing.map(medium => words[medium].one).join(' and no ')}`
  return files.map(({ name }) => ({ name, reason, incomplete: true }))
}

function membersIn(files: readonly (DataFile | undefined)[]): Omit<Members, 'items'> {
  const at = (position: number) => {
    const file = files[position]
    if (!file) throw new RangeError(`no record ${position}`)
    return file
  }
  return {
    nativeSize: undefined,
    bytes: position => at(position).bytes,
    read: async position => ({ bytes: await readFile(at(position).path) }),
    file: position => at(position).path,
  }
}

/** `12 pictures have no caption (a.png, b.png, …): left out.` */
export const incompleteNotes = (incomplete: readonly Skipped[]): string[] =>
  [...collect(incomplete, ({ name, reason }) => `${mediumOf(name) ?? ''} ${reason}`).values()].map(same => {
    const medium = mediumOf(same[0]?.name ?? '') ?? 'image'
    const reason = same[0]?.reason ?? ''
    return `${countOf(same.length, medium)} ${same.length === 1 ? reason : reason.replace('has', 'have')} ${shown(same)}: left out.`
  })

const doubledNotes = (files: readonly DataFile[]): string[] =>
  files.length === 0
    ? []
    : [
        `${files.length} ${files.length === 1 ? 'file has' : 'files have'} the name and the kind of another ${shown(files)}: left out.`,
      ]

const shown = (files: readonly { readonly name: string }[]): string =>
  `(${files
    .slice(0, 2)
    .map(({ name }) => name)
    .join(', ')}${files.length > 2 ? ', …' : ''})`

function nothingIn(path: string, media: readonly MemberKind[], files: readonly DataFile[]): LacunaError {
  const counts = media.map(medium => countOf(filesOf(files, medium).length, medium)).join(' and ')
  const { many } = wordsOf(media)
  const example = media
    .map(medium => `cow${{ image: '.png', video: '.mp4', audio: '.ogg', text: '.txt' }[medium]}`)
    .join(' and ')
  return new LacunaError(
    `${path}: no ${many} found, but ${counts}: files that belong together have the same name, such as ${example}`,
  )
}
