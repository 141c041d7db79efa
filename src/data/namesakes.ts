import { extname } from 'node:path'
import { LacunaError } from '../errors.js'
import { groupOf } from './group-pattern.js'
import { firstNames, incompleteNotes, lacking } from './incomplete.js'
import { layoutNotes, readLayout } from './layout.js'
import { countOf, type MemberKind, mayBeFilm, mediumOf, wordsOf } from './media.js'
import { filePart, recordSource } from './record-source.js'
import { collect } from './split.js'
import type { ReaderOptions, Skipped, Source } from './types.js'
import { type DataFile, walk } from './walk.js'

/**
 * A folder in which files of the same base name belong together: `cow.png` and `cow.ogg`, `cat.jpg` and `cat.txt`. Labels and
 * splits come from the names of folders, as for files that stand alone. A record is called as its first member.
 *
 * @throws LacunaError when the folder cannot be read, or no record has all members
 */
export async function namesakeSource(path: string, { media, group, signal }: ReaderOptions): Promise<Source> {
  const walked = await walk(path, media, signal)
  const together = [...collect(walked.files, ({ name }) => stemOf(name)).values()]
  const whole = together.filter(files => missingIn(files, media).length === 0)
  if (whole.length + walked.skipped.length === 0) throw nothingIn(path, media, walked.files)

  const members = whole.map(files => media.flatMap(kind => filesOf(files, kind)[0] ?? []))
  const names = members.map(([first]) => first?.name ?? '')
  const layout = readLayout(names)
  const records = members.map((files, i) => {
    const [name = '', { label, split } = { label: undefined, split: undefined }] = [names[i], layout[i]]
    return { item: { name, label, group: groupOf(name, group), split }, parts: files.map(filePart) }
  })
  const skipped = [...walked.skipped, ...together.flatMap(files => incomplete(files, media))]
  const doubles = whole.flatMap(files => media.flatMap(kind => filesOf(files, kind).slice(1)))
  const [first = 'image'] = media
  const notes = [...incompleteNotes(skipped), ...doublesNotes(doubles), ...layoutNotes(names, first)]
  return recordSource(path, media, { records, skipped, notes })
}

/** Without the extension */
const stemOf = (name: string): string => name.slice(0, name.length - extname(name).length)

const filesOf = (files: readonly DataFile[], kind: MemberKind) =>
  files.filter(({ name }) => (kind === 'video' ? mayBeFilm(name) : mediumOf(name) === kind))

const missingIn = (files: readonly DataFile[], media: readonly MemberKind[]) =>
  media.filter(kind => filesOf(files, kind).length === 0)

function incomplete(files: readonly DataFile[], media: readonly MemberKind[]): Skipped[] {
  const missing = missingIn(files, media)
  return missing.length === 0 ? [] : files.map(({ name }) => lacking(name, missing))
}

const doublesNotes = (files: readonly DataFile[]): string[] =>
  files.length === 0
    ? []
    : [
        `${files.length} ${files.length === 1 ? 'file has' : 'files have'} the name and the kind of another ${firstNames(files)}: left out.`,
      ]

function nothingIn(path: string, media: readonly MemberKind[], files: readonly DataFile[]): LacunaError {
  const counts = media.map(kind => countOf(filesOf(files, kind).length, kind)).join(' and ')
  const example = media
    .map(kind => `cow${{ image: '.png', video: '.mp4', audio: '.ogg', text: '.txt' }[kind]}`)
    .join(' and ')
  return new LacunaError(
    `${path}: no ${wordsOf(media).many} found, but ${counts}: files that belong together have the same name, such as ${example}, or stand in a metadata.csv`,
  )
}
