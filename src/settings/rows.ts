import type { Row, Rows } from './types.js'

/** The flag alone: `--lr` of `--lr <rate>` */
export const flagOf = ({ flag }: Pick<Row<never>, 'flag'>): string => flag.split(' ', 1)[0] ?? flag

/** With what it is unless told. */
export function helpOf({ help, unless, default: value }: Row<unknown>): string {
  const said = unless ?? value
  return said === undefined ? help : `${help} (default: ${said})`
}

/** Where a setting stands in a file. */
export const placeOf = (name: string, { at = [name] }: Pick<Row<never>, 'at'>): readonly string[] => at

/** The rows with their names, for what goes through all of them. */
export const rowsOf = <Settings>(rows: Rows<Settings>): [keyof Settings & string, Row<unknown>][] =>
  Object.entries(rows) as [keyof Settings & string, Row<unknown>][]

/** What stands at a place of a document. */
export function valueAt(document: unknown, place: readonly string[]): unknown {
  return place.reduce<unknown>(
    (inside, key) =>
      typeof inside === 'object' && inside !== null ? (inside as Record<string, unknown>)[key] : undefined,
    document,
  )
}
