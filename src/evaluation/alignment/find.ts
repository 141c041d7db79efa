import { readdirSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { findAudio } from '../../channels/bound.js'
import { firstNames } from '../../data/incomplete.js'
import type { SampleSet } from '../../data/index.js'
import { readOldText, readText } from '../../data/text.js'
import { LacunaError } from '../../errors.js'
import { isFolder, isThere } from '../../files.js'
import { parseLab } from './lab.js'
import { type Faults, noFaults, type Segment, tidied } from './segments.js'
import { parseSegmentTable } from './table.js'
import { parseTextGrid, phoneTier } from './text-grid.js'

/** What is said when in the recordings of a set. */
export interface Alignments {
  /** By the position of the recording; those without an alignment are not there */
  readonly byPosition: ReadonlyMap<number, readonly Segment[]>
  /** What to know about them, a sentence each */
  readonly notes: readonly string[]
}

/** Folders of alignments beside the folder of their recordings */
const siblings = ['lab', 'label', 'labels', 'TextGrid', 'textgrid', 'textgrids', 'alignment', 'alignments']
const extension = /\.(lab|textgrid)$/i
const tables = /^alignments?\.(csv|tsv)$/i

/**
 * The alignments of recordings: `.lab` or `.TextGrid` of the same name beside each or in a folder `lab` beside the recordings'
 * own, or a table `alignment.csv` (file, start, end, label) in the folder of the data.
 *
 * @param place a folder of such files, or a table, in place of those
 * @throws LacunaError where the place is not there, or a file in it cannot be read
 */
export function alignmentsOf(recordings: SampleSet, place?: string): Alignments {
  const audio = findAudio(recordings.channels)
  if (audio === undefined) return { byPosition: new Map(), notes: [] }
  const [name, { rate }] = audio
  const root = isFolder(recordings.source) ? recordings.source : dirname(recordings.source)
  const find = finder(root, place)
  const found = recordings.items.map(({ name }) => find(name))
  const shared = sharedBetween(recordings, found)
  const faults: Faults[] = []
  const old: { readonly name: string }[] = []
  const byPosition = new Map<number, readonly Segment[]>()
  for (const [position, one] of found.entries()) {
    if (one === undefined || shared.has(one.at)) continue
    const { segments, latin1 } = one.read()
    if (latin1) old.push({ name: basename(one.at) })
    const made = tidied(segments, recordings.lengthOf(name, position) / rate)
    faults.push(made.faults)
    if (made.segments.length > 0) byPosition.set(position, made.segments)
  }
  const of = found.filter(one => one !== undefined && shared.has(one.at)).length
  const without = recordings.items.length - byPosition.size - of
  const some = byPosition.size > 0 && without > 0
  return {
    byPosition,
    notes: [
      ...(some ? [`${without} recordings have no alignment and are left out.`] : []),
      ...(of > 0
        ? [
            `${of} recordings are left out, since an alignment could be of several of them, which have one name in different folders (${[...shared].slice(0, 3).join(', ')}): name those in a table with their folders, or put each beside its recording.`,
          ]
        : []),
      ...told(faults),
      ...taken(old),
    ],
  }
}

/** Alignments that would be those of recordings in different folders, by the name alone. */
function sharedBetween({ items }: SampleSet, found: readonly (Found | undefined)[]): ReadonlySet<string> {
  const folders = new Map<string, string>()
  const shared = new Set<string>()
  for (const [i, one] of found.entries()) {
    if (one === undefined) continue
    const folder = posix.dirname(items[i]?.name ?? '')
    if ((folders.get(one.at) ?? folder) !== folder) shared.add(one.at)
    folders.set(one.at, folder)
  }
  return shared
}

/** An alignment, and where it stands: a file, or what a table calls the recording */
interface Found {
  readonly at: string
  readonly read: () => Aligned
}

interface Aligned {
  readonly segments: readonly Segment[]
  /** Whether the file is in an encoding of before Unicode */
  readonly latin1?: boolean
}

type Find = (recording: string) => Found | undefined

function finder(root: string, place: string | undefined): Find {
  if (place !== undefined && !isThere(place))
    throw new LacunaError(
      `--alignment ${place}: no such folder or table; give a folder of .lab or .TextGrid files, or a table`,
      2,
    )
  if (place !== undefined && !isFolder(place)) return inTable(place)
  const folder = place ?? root
  const table = namesIn(folder).find(file => tables.test(file))
  const tabled = table === undefined ? undefined : inTable(join(folder, table))
  const filesIn = remembered(
    (folder: string) =>
      new Map(
        namesIn(folder)
          .filter(file => extension.test(file))
          .map(file => [stemOf(file), file]),
      ),
  )
  return recording => {
    const [own, stem] = [posix.dirname(recording), stemOf(posix.basename(recording))]
    const beside = join(folder, own)
    const above = dirname(beside)
    const folders = place === undefined ? [beside, ...siblings.map(sibling => join(above, sibling))] : [beside, folder]
    for (const where of folders) {
      const file = filesIn(where).get(stem)
      if (file !== undefined) {
        const at = join(where, file)
        return { at, read: () => read(at) }
      }
    }
    return tabled?.(recording)
  }
}

/** Praat has a setting to write Latin-1 wherever that is enough, and older programs knew nothing else. */
function read(path: string): Aligned {
  const { text, latin1 } = readOldText(path, path)
  const isLab = path.toLowerCase().endsWith('.lab')
  return { segments: isLab ? parseLab(text, path) : (phoneTier(parseTextGrid(text, path))?.segments ?? []), latin1 }
}

/** Files of a table are named with their folder or without, with their extension or without. */
function inTable(path: string): Find {
  const found = parseSegmentTable(readText(path, path), basename(path))
  return recording => {
    const name = posix.basename(recording)
    const key = [recording, withoutExtension(recording), name, stemOf(name)].find(key => found.has(key))
    return key === undefined
      ? undefined
      : { at: `${key} in ${basename(path)}`, read: () => ({ segments: found.get(key) ?? [] }) }
  }
}

const withoutExtension = (name: string): string => name.replace(/\.[^./]+$/, '')
const stemOf = (file: string): string => withoutExtension(file)

function namesIn(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder).sort() : []
}

function remembered<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return key => {
    const value = made.get(key) ?? make(key)
    made.set(key, value)
    return value
  }
}

/** @param old files that are in Latin-1 */
function taken(old: readonly { readonly name: string }[]): string[] {
  if (old.length === 0) return []
  const files = old.length === 1 ? '1 file is' : `${old.length} files are`
  return [
    `Alignment: ${files} not in UTF-8 and taken as Latin-1 ${firstNames(old)}: where labels look wrong, save them as UTF-8.`,
  ]
}

function told(faults: readonly Faults[]): string[] {
  const sum = (fault: keyof Faults) => faults.reduce((sum, each) => sum + each[fault], noFaults[fault])
  const words: { readonly [F in keyof Faults]: string } = {
    late: 'end after their recording and were cut there or left out',
    overlapping: 'overlap the next and were cut where it begins',
    empty: 'end before they begin, or where they do, and were left out',
  }
  return (Object.keys(words) as (keyof Faults)[]).flatMap(fault =>
    sum(fault) === 0 ? [] : [`Alignment: ${sum(fault)} segments ${words[fault]}.`],
  )
}
