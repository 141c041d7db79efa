import { type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { LacunaError } from '../errors.js'
import { regularFile } from '../files.js'
import { checkSettings, refuseUnknown } from '../settings/check.js'
import { rowsOf } from '../settings/rows.js'
import { dataSettings } from '../settings/table.js'
import type { DataSettings } from '../settings/types.js'
import { type MemberKind, wordsOf } from './media.js'
import { sourceAt } from './readers.js'
import { readIndex, refuseBroken, type StoreIndex } from './store.js'
import type { Opening, Source } from './types.js'
import { reasonOf } from './walk.js'

const others = ['onProgress', 'readers', 'signal', 'workers'] as const satisfies (keyof Opening)[]

/**
 * What can be told of a call before anything is looked at.
 * @param where the function that is called
 * @throws LacunaError (wrong usage)
 */
export function checkOpening(
  where: string,
  wanted: readonly MemberKind[],
  source: unknown,
  options: DataSettings & Opening,
): void {
  const { one } = wordsOf(wanted)
  const example = wanted.includes('image')
    ? "'photos', { size: 64 }"
    : `'${wanted.includes('video') ? 'films' : 'talks'}'`
  if (typeof source !== 'string' || source === '')
    throw new LacunaError(`${where}: a path is expected first, as in ${where}(${example})`, 2)
  if (typeof options !== 'object' || options === null)
    throw new LacunaError(`${where}: options are expected second, such as { allowSkipped: 0.1 }`, 2)
  const rows = rowsOf(dataSettings).filter(([, { of }]) => of === undefined || of.some(kind => wanted.includes(kind)))
  refuseUnknown(where, options, [...rows.map(([name]) => name), ...others])
  checkSettings(dataSettings, options)
  const { workers = 1, onProgress, readers = [] } = options
  if (!Array.isArray(readers)) throw new LacunaError(`${where}: readers must be a list of readers`, 2)
  if (!Number.isInteger(workers) || workers < 1)
    throw new LacunaError(`at least 1 ${one} must be decoded at a time, not ${workers}`, 2)
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new LacunaError(`${where}: onProgress must be a function, not ${typeof onProgress}`, 2)
}

/** A path, and what the store in it says where it is one. @throws LacunaError where there is nothing, or a broken store */
export function placeAt(
  source: string,
  wanted: readonly MemberKind[],
): { readonly path: string; readonly stored?: StoreIndex } {
  const path = resolve(source)
  const isFolder = kindOf(path, wanted).isDirectory()
  const stored = isFolder ? readIndex(path) : undefined
  if (stored) return { path, stored }
  if (isFolder) refuseBroken(path)
  return { path }
}

/** @throws LacunaError when no reader knows the path, or the group pattern is none */
export function sourceFor(
  path: string,
  wanted: readonly MemberKind[],
  options: DataSettings & Opening,
): Promise<Source> {
  const [medium = 'image'] = wanted
  const group = options.groupPattern === undefined ? undefined : compile(options.groupPattern)
  return sourceAt(path, options.readers ?? [], {
    medium,
    media: wanted,
    group,
    text: options.caption,
    signal: options.signal,
  })
}

function kindOf(path: string, wanted: readonly MemberKind[]): Stats {
  try {
    const stats = statSync(path)
    return stats.isDirectory() ? stats : regularFile(path)
  } catch (error) {
    const pictures = wanted.length === 1 && wanted[0] === 'image'
    const give = pictures ? 'a folder of pictures or an IDX file' : `a folder of ${wordsOf(wanted).many}`
    throw new LacunaError(`${path}: ${reasonOf(error)}; give ${give}`)
  }
}

function compile(groupPattern: string): RegExp {
  let pattern: RegExp
  try {
    pattern = new RegExp(groupPattern)
  } catch (error) {
    throw new LacunaError(`the group pattern is not a regular expression: ${reasonOf(error)}`, 2)
  }
  const groups = (new RegExp(`${groupPattern}|`).exec('')?.length ?? 1) - 1
  if (groups !== 1)
    throw new LacunaError(
      `the group pattern ${groupPattern} has ${groups} capture groups, expected one, as in ^(\\w+)_`,
      2,
    )
  return pattern
}
