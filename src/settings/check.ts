import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { unknownNames } from '../nearest.js'
import { flagOf, placeOf, rowsOf } from './rows.js'
import type { Rows } from './types.js'

/**
 * @param file that the settings stand in, if they were not given directly
 * @throws LacunaError (wrong usage) that says what a setting takes, for the first that was given something else
 */
export function checkSettings<Settings>(
  rows: Rows<Settings>,
  given: { readonly [Name in keyof Settings]?: unknown },
  file?: string,
): void {
  for (const [name, row] of rowsOf(rows)) {
    const value = given[name]
    if (value === undefined || row.kind.schema(z).safeParse(value).success) continue
    const called = file === undefined ? flagOf(row) : `${file}: ${placeOf(name, row).join('.')} (${flagOf(row)})`
    throw new LacunaError(`${called} must be ${row.kind.expected}, not ${shown(value)}`, 2)
  }
}

/** @throws LacunaError (wrong usage) for an option that there is not, with the nearest one that there is */
export function refuseUnknown(where: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).filter(name => !known.includes(name))
  if (unknown.length > 0) throw new LacunaError(`${where}: ${unknownNames(unknown, known)}`, 2)
}

/** A value as an error shows it, on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' || typeof value === 'string' ? (JSON.stringify(value) ?? 'an object') : String(value)
}
