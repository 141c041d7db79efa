import { type Dirent, type Stats, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { errorCode, LacunaError, messageOf } from '../errors.js'
import { regularFile } from '../files.js'
import { type MemberKind, mayBe, mediumOf } from './media.js'
import { isRunFolder } from './run-folder.js'
import type { Skipped } from './types.js'

/** A file with a record in it: its name relative to the source, where it lies, and what tells one version of it from the next. */
export interface DataFile {
  readonly name: string
  readonly path: string
  readonly bytes: number
  readonly version: string
  /** Of a film whose frames are files of their own: their paths, in their order */
  readonly frames?: readonly string[]
}

export interface Walk {
  /** Sorted by name. */
  readonly files: readonly DataFile[]
  readonly skipped: readonly Skipped[]
  /** Other files by extension, for the error when there is nothing to read at all. */
  readonly others: ReadonlyMap<string, number>
  /** Files without an extension, which may be anything. */
  readonly nameless: readonly { readonly name: string; readonly path: string }[]
  /** Files of other kinds, that nobody asked for; texts beside pictures are no data. */
  readonly passed: ReadonlyMap<MemberKind, number>
  /** Folders of runs of ours among them, which are not looked into: their pictures are reports. */
  readonly runs: readonly string[]
}

/**
 * All files of some kinds under `root`, by their names. Hidden files and folders are passed over; links are followed, but never into a
 * folder that they lie in.
 *
 * @throws LacunaError when the root itself cannot be read
 */
export async function walk(root: string, media: readonly MemberKind[], signal?: AbortSignal): Promise<Walk> {
  const files: DataFile[] = []
  const skipped: Skipped[] = []
  const others = new Map<string, number>()
  const nameless: { readonly name: string; readonly path: string }[] = []
  const passed = new Map<MemberKind, number>()
  const runs: string[] = []

  async function enter(folder: string, prefix: string, ancestors: readonly string[]): Promise<void> {
    signal?.throwIfAborted()
    const entries = await readdir(folder, { withFileTypes: true })
    if (prefix !== '' && entries.some(({ name }) => name === 'config.json') && isRunFolder(folder)) {
      runs.push(prefix.slice(0, -1))
      return
    }
    for (const entry of entries) {
      if (isHidden(entry.name)) continue
      const name = prefix + entry.name
      const path = join(folder, entry.name)
      try {
        const stats = follow(entry, path)
        if (stats === undefined || stats.isDirectory()) {
          const identity = identityOf(stats ?? statSync(path))
          if (ancestors.includes(identity)) continue
          await enter(path, `${name}/`, [...ancestors, identity])
        } else if (!isOf(name, media)) {
          const [extension, other] = [extname(name).toLowerCase(), mediumOf(name)]
          others.set(extension || 'no extension', (others.get(extension || 'no extension') ?? 0) + 1)
          if (extension === '' && stats.isFile()) nameless.push({ name, path })
          if (other !== undefined && other !== 'text') passed.set(other, (passed.get(other) ?? 0) + 1)
        } else if (stats.isFile()) files.push({ name, path, bytes: stats.size, version: versionOf(stats) })
        else skipped.push({ name, reason: 'is not a regular file' })
      } catch (error) {
        signal?.throwIfAborted()
        skipped.push({ name, reason: reasonOf(error) })
      }
    }
  }

  try {
    await enter(root, '', [identityOf(statSync(root))])
  } catch (error) {
    signal?.throwIfAborted()
    throw new LacunaError(`${root}: ${reasonOf(error)}; check this folder and its permissions`)
  }
  files.sort(byName)
  skipped.sort(byName)
  nameless.sort(byName)
  return { files, skipped, others, nameless, passed, runs: runs.sort() }
}

/** The file at `path`, which is called `name` in the source. */
export function dataFile(name: string, path: string): DataFile {
  const stats = regularFile(path)
  return { name, path, bytes: stats.size, version: versionOf(stats) }
}

/** A file-system or decoding error as the reason why something was skipped: one line without the path. */
export function reasonOf(error: unknown): string {
  const code = errorCode(error)
  if (code === 'ENOENT') return 'no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it'
  if (code === 'ELOOP') return 'a link that leads to itself'
  if (code === 'ENOTDIR') return 'not a folder'
  const line = messageOf(error).split('\n', 1)[0] ?? ''
  return line.trim() || 'unknown error'
}

const isOf = (name: string, media: readonly MemberKind[]): boolean => media.some(medium => mayBe(name, medium))

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX'
}

/** What an entry is once links are followed; undefined for a plain folder, whose details nobody needs yet. */
function follow(entry: Dirent, path: string): Stats | undefined {
  return entry.isDirectory() ? undefined : statSync(path)
}

function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`
}

// The mode is part of it because a file that was unreadable may become readable.
function versionOf(stats: Stats): string {
  return `${stats.size} ${stats.mtimeMs} ${stats.mode.toString(8)}`
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
