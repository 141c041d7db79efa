import { appendFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, LacunaError } from '../errors.js'
import { isFolder, isThere, readError, textOf, writeError, writeFileAtomic } from '../files.js'
import { openFile, type Source } from '../formats/safetensors.js'

/**
 * What a run is kept in: a directory, or a map in tests. Files are named from there, with `/` between folders. Who may write
 * into it, and what becomes of it when it is taken away, is the matter of the directory: see `lock.ts` and `keeper.ts`.
 */
export interface RunFolder {
  /** For messages: the path of the folder, or of a file in it */
  at(name?: string): string
  has(name: string): boolean
  /** The text of a file; undefined where there is none. @throws LacunaError when it cannot be read */
  read(name: string): string | undefined
  /** A file to be read piece by piece, however large. @throws LacunaError when it is not there or cannot be read */
  open(name: string): Source
  /**
   * Writes a file whole or not at all, part by part: it is never in memory once more.
   * @param previous the name that the file before is kept under; it goes unless told
   */
  write(name: string, parts: string | Iterable<Uint8Array>, previous?: string): void
  append(name: string, text: string): void
  rename(from: string, to: string): void
  /** What there is instead of a run, for messages */
  instead(): string
}

/** A folder, or the path of a directory */
export type RunPlace = string | RunFolder

/** @throws LacunaError (wrong usage) for anything but a path: the library is called without types too */
export function folderOf(run: RunPlace): RunFolder {
  if (typeof run === 'string' && run !== '') return directoryFolder(run)
  if (typeof run === 'object' && run !== null && 'instead' in run) return run
  throw new LacunaError(`the folder of a run is expected, as in 'runs/photos', not ${JSON.stringify(run)}`, 2)
}

function directoryFolder(directory: string): RunFolder {
  const at = (name?: string) => (name === undefined ? directory : join(directory, name))
  return {
    at,
    has: name => isThere(at(name)),
    read(name) {
      try {
        return textOf(at(name))
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined
        throw readError(at(name), error)
      }
    },
    open: name => openFile(at(name)),
    write: (name, parts, previous) =>
      writeFileAtomic(at(name), parts, previous === undefined ? undefined : at(previous)),
    append(name, text) {
      try {
        appendFileSync(at(name), text)
      } catch (error) {
        throw writeError(at(name), error)
      }
    },
    rename: (from, to) => renameSync(at(from), at(to)),
    instead() {
      if (!isThere(directory)) return 'no such folder'
      return isFolder(directory) ? 'not a run folder (no config.json)' : 'is a file, not a run folder'
    },
  }
}
