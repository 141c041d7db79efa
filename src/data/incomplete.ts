import { countOf, type MemberKind, media, mediumOf } from './media.js'
import { collect } from './split.js'
import type { Skipped } from './types.js'

/** What is there of a record that lacks other members. @param name of the file that is there, or of the row of a table */
export const lacking = (name: string, missing: readonly MemberKind[]): Skipped => ({
  name,
  reason: `has no ${missing.map(kind => media[kind].one).join(' and no ')}`,
  incomplete: true,
})

/** `12 pictures have no caption (a.png, b.png, …): left out.` */
export const incompleteNotes = (skipped: readonly Skipped[]): string[] =>
  [
    ...collect(
      skipped.filter(({ incomplete }) => incomplete),
      ({ name, reason }) => `${mediumOf(name) ?? ''} ${reason}`,
    ).values(),
  ].map(same => {
    const [{ name, reason } = { name: '', reason: '' }] = same
    const kind = mediumOf(name)
    const what = kind ? countOf(same.length, kind) : `${same.length} ${same.length === 1 ? 'record' : 'records'}`
    return `${what} ${same.length === 1 ? reason : reason.replace('has', 'have')} ${firstNames(same)}: left out.`
  })

/** `(a.png, b.png, …)` */
export const firstNames = (named: readonly { readonly name: string }[]): string =>
  `(${named
    .slice(0, 2)
    .map(({ name }) => name)
    .join(', ')}${named.length > 2 ? ', …' : ''})`
