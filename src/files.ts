import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errorCode, LacunaError, messageOf } from './errors.js'

/**
 * Writes a file beside its place, syncs it and renames it over: a reader sees the old file or the new one, never half.
 * @param previous where the old file is moved to, if it shall be kept
 * @throws LacunaError when the disk is full or the place cannot be written; the old file is then untouched
 */
export function writeFileAtomic(
  path: string,
  parts: string | Uint8Array | Iterable<Uint8Array>,
  previous?: string,
): void {
  const file = openAtomic(path)
  try {
    for (const part of chunks(parts)) file.write(part)
    file.finish(previous)
  } catch (error) {
    throw file.abandon(error)
  }
}

/** The same from parts that are made while it is written. */
export async function writeStreamAtomic(path: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const file = openAtomic(path)
  try {
    for await (const part of parts) file.write(part)
    file.finish()
  } catch (error) {
    throw file.abandon(error)
  }
}

/** A file that is nothing until it is finished. */
function openAtomic(path: string) {
  const temporary = `${path}.${process.pid}.part`
  let file: number | undefined
  const close = () => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }
  return {
    write(bytes: Uint8Array) {
      if (file === undefined) mkdirSync(dirname(path), { recursive: true })
      file ??= openSync(temporary, 'w')
      writeAll(file, bytes)
    },
    finish(previous?: string) {
      this.write(new Uint8Array())
      if (file !== undefined) fsyncSync(file)
      close()
      if (previous !== undefined && existsSync(path)) renameSync(path, previous)
      renameSync(temporary, path)
    },
    /** @returns what to throw */
    abandon(error: unknown): Error {
      close()
      rmSync(temporary, { force: true })
      return error instanceof Error && errorCode(error) === undefined ? error : writeError(path, error)
    },
  }
}

/**
 * Removes what processes that have ended left half written in a folder: `NAME.PID.part`.
 * @param of what the names begin with, in a folder that others write to as well
 */
export function removeTorn(folder: string, of = ''): void {
  for (const name of namesIn(folder)) {
    const pid = Number(/\.(\d+)\.part$/.exec(name)?.[1])
    if (name.startsWith(of) && pid > 0 && !isRunning(pid)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

/**
 * What is at `path`, links followed. To be asked before a file that others named is opened: opening a pipe waits for a
 * writer for ever, and a device has no end.
 * @throws Error when it is no regular file, or not there
 */
export function regularFile(path: string): Stats {
  const stats = statSync(path)
  if (!stats.isFile()) throw new Error(stats.isDirectory() ? 'is a folder' : 'is not a regular file')
  return stats
}

/** The text of a regular file, links followed. @throws Error as the file system has it, or because it is none */
export function textOf(path: string): string {
  regularFile(path)
  return readFileSync(path, 'utf8')
}

/**
 * Tries whether a file can be written at `path`, so that this is known before hours of work; leaves nothing behind.
 * @throws LacunaError (wrong usage) when it cannot
 */
export function checkWritable(path: string): void {
  const whole = resolve(path)
  let folder = dirname(whole)
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
  try {
    if (existsSync(whole) && statSync(whole).isDirectory()) throw new Error('it is a folder; name a file')
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file, not a folder`)
    rmSync(mkdtempSync(join(folder, '.lacuna-')), { recursive: true })
  } catch (error) {
    throw new LacunaError(writeError(path, error).message, 2)
  }
}

/** A file-system error while writing `path`, as one line that says what to do. */
export function writeError(path: string, error: unknown): LacunaError {
  const code = errorCode(error)
  if (code === 'ENOSPC') return new LacunaError(`${path}: the disk is full; free some space and run the command again`)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new LacunaError(`${path}: no permission to write here; choose another place or change its permissions`)
  return new LacunaError(`${path}: cannot be written: ${messageOf(error)}`)
}

/** A file-system error while reading `path`, as one line that says what to do. */
export function readError(path: string, error: unknown): LacunaError {
  const code = errorCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return new LacunaError(`${path}: no such file; check the path`)
  if (code === 'EACCES' || code === 'EPERM')
    return new LacunaError(`${path}: no permission to read it; change its permissions`)
  return new LacunaError(`${path}: cannot be read: ${messageOf(error)}`)
}

/** @throws LacunaError where nobody can tell, as in a folder that may not be read */
export function isThere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false
    throw readError(path, error)
  }
}

export const isFolder = (path: string): boolean => isThere(path) && statSync(path).isDirectory()

/**
 * Where the code of a worker or another process is, by the name of its file. None beside TypeScript sources (the
 * tests run them, and a worker cannot load them) and in a bundle, which leaves it behind.
 *
 * @param from `import.meta.url` of the file that it lies beside */
export function fileBeside(name: string, from: string): URL | undefined {
  try {
    const file = new URL(name, from) // not written out, or bundlers would copy the file without what it imports
    return existsSync(file) ? file : undefined
  } catch {
    return undefined // a bundle of CommonJS has no import.meta.url
  }
}

function* chunks(parts: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof parts === 'string') yield new TextEncoder().encode(parts)
  else if (parts instanceof Uint8Array) yield parts
  else yield* parts
}

/** Fills an array from `position` in a file on. @returns the bytes that are there: fewer where the file ends */
export function readInto(file: number, into: Uint8Array, position: number): number {
  let done = 0
  for (let count = 1; done < into.length && count > 0; done += count)
    count = readSync(file, into, done, into.length - done, position + done)
  return done
}

/** @param position where in the file; behind what was written last unless told */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  for (let offset = 0; offset < bytes.length; )
    offset += writeSync(file, bytes, offset, bytes.length - offset, position === undefined ? null : position + offset)
}
