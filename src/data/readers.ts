import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { callable, checkDefinition, refuseName } from '../definition.js'
import { LacunaError, messageOf } from '../errors.js'
import { fileSource, folderSource } from './folder.js'
import { idxSource } from './idx.js'
import { type MemberKind, mayBe, wordsOf } from './media.js'
import { memberColumns } from './member-columns.js'
import { namesakeSource } from './namesakes.js'
import { parquetTable } from './parquet-table.js'
import { defineReader } from './reader.js'
import { shardsIn } from './shards.js'
import { tabledSource } from './tabled.js'
import { isTable, readTables, tableAt } from './tables.js'
import { unpackFirst } from './tar.js'
import type { Reader, ReaderOptions, Source } from './types.js'
import { reasonOf } from './walk.js'
import { webDatasetSource } from './web-dataset.js'

/** Those that are built in, in the order in which they are asked. */
const builtIn: readonly Reader[] = [
  defineReader({
    name: 'idx',
    open: (path, { medium, media }) => (medium === 'image' && media.length === 1 ? idxSource(path) : undefined),
  }),
  defineReader({
    name: 'table',
    open(path, options) {
      const columns = memberColumns(options.media, options.text)
      if (!statSync(path).isDirectory())
        return isTable(path) ? tabledSource(dirname(path), path, [tableAt(path, columns)], options) : undefined
      const tables = severalWanted(options) ? readTables(path, columns) : []
      return tables.length > 0 ? tabledSource(path, path, tables, options) : undefined
    },
  }),
  defineReader({
    name: 'parquet',
    async open(path, options) {
      const [root, names] = archivesAt(path, '.parquet', options)
      if (names.length === 0) return undefined
      const tables = names.map(name => parquetTable(root, name, options.media))
      return tabledSource(root, path, await Promise.all(tables), options)
    },
  }),
  defineReader({
    name: 'webdataset',
    open(path, options) {
      if (COMPRESSED.test(path)) throw new LacunaError(`${path}: ${unpackFirst}`)
      const [root, names] = archivesAt(path, '.tar', options)
      return names.length > 0 ? webDatasetSource(root, path, names, options) : undefined
    },
  }),
  defineReader({
    name: 'namesakes',
    open: (path, options) =>
      statSync(path).isDirectory() && severalWanted(options) ? namesakeSource(path, options) : undefined,
  }),
  defineReader({
    name: 'folder',
    open: (path, options) => (statSync(path).isDirectory() ? folderSource(path, options) : undefined),
  }),
  defineReader({
    name: 'file',
    open: (path, options) =>
      (options.media.length === 1 || isFilm(options)) && mayBe(path, options.medium)
        ? fileSource(path, options)
        : undefined,
  }),
]

const COMPRESSED = /\.(tar\.(gz|zst|bz2|xz)|tgz)$/i

/** A film and its sound are one file. */
const isFilm = ({ medium }: Pick<ReaderOptions, 'medium'>): boolean => medium === 'video'

/**
 * Looks at a reader that comes from elsewhere.
 * @throws LacunaError (wrong usage) when it is none, is not whole, was made by another copy of Lacuna, or has the name of one
 *   that is built in
 */
export function checkedReader(reader: Reader): Reader {
  checkDefinition('reader', 'defineReader', reader, z.object({ open: callable }))
  if (builtIn.some(({ name }) => name === reader.name)) refuseName('reader', reader.name)
  return reader
}

/**
 * What the first reader that knows a path says of it.
 * @param others that are asked before those built in
 * @throws LacunaError when none does, or one fails
 */
export async function sourceAt(path: string, others: readonly Reader[], options: ReaderOptions): Promise<Source> {
  for (const reader of others.map(checkedReader)) {
    const source = await attempt(path, reader, options, `the reader ${reader.name} failed: `)
    if (source && isDeepStrictEqual(mediaOf(source), options.media))
      return { ...source, path, fingerprint: markedBy(reader, source) }
  }
  for (const reader of builtIn) {
    const source = await attempt(path, reader, options)
    if (source) return source
  }
  const { one, many } = wordsOf(options.media)
  const [medium, ...rest] = options.media
  const known =
    rest.length > 0 ? 'a folder' : medium === 'image' ? `a folder, a ${one} or an IDX file` : `a folder or a ${one}`
  throw new LacunaError(`${path}: not ${known}; give the folder that holds the ${many}`)
}

/** Records that stand together by what is said of them, or by their names: not each file by itself, as a film with its sound is. */
const severalWanted = ({ media, medium }: ReaderOptions): boolean =>
  medium === 'text' || (media.length > 1 && (!isFilm({ medium }) || media.includes('text')))

/** Where archives of a format lie, and what they are called there: the path itself, or those in its folder. */
function archivesAt(path: string, extension: string, options: ReaderOptions): [root: string, names: string[]] {
  const { media } = options
  if (isFilm(options)) return [path, []] // which is read from a file
  if (!statSync(path).isDirectory()) return [dirname(path), path.endsWith(extension) ? [basename(path)] : []]
  const table = `metadata${extension}`
  return [path, existsSync(join(path, table)) ? [table] : shardsIn(path, extension, media)]
}

const mediaOf = ({ medium = 'image', media = [medium] }: Source): readonly MemberKind[] => media

async function attempt(path: string, reader: Reader, options: ReaderOptions, who = ''): Promise<Source | undefined> {
  try {
    return await reader.open(path, options)
  } catch (error) {
    if (error instanceof LacunaError || options.signal?.aborted) throw error
    throw new LacunaError(
      who === ''
        ? `${path}: ${reasonOf(error)}; check this place and its permissions`
        : `${path}: ${who}${messageOf(error)}`,
    )
  }
}

/** The same place read by another is another store. */
const markedBy = ({ name }: Reader, { fingerprint }: Source): string =>
  createHash('sha256').update(`${name}\n${fingerprint}`).digest('hex')
