import type { MemberKind } from './media.js'
import type { Row } from './tables.js'

/** Columns of texts, in the order in which they are looked for. */
const textColumns = ['text', 'caption', 'texts', 'captions', 'sentence', 'sentences', 'transcription']

/** The column that names the files of a kind, beside `file_name`. */
export const fileColumn = (kind: MemberKind): string => `${kind}_file_name`

/**
 * The columns that may have the members of a kind.
 * @param text the only one that has texts, where one was named
 */
export function columnsOf(kind: MemberKind, text?: string): string[] {
  const files = [fileColumn(kind), `${fileColumn(kind)}s`]
  if (kind !== 'text') return [...files, 'file_name', 'file_names', kind]
  return text === undefined ? [...textColumns, ...files] : [text, text.toLowerCase()] // CSV has its columns in lower case
}

/** All columns by which a table is known to have members of records. */
export const memberColumns = (media: readonly MemberKind[], text?: string): string[] =>
  media.flatMap(kind => columnsOf(kind, text))

/** The texts that stand in a row. @param column that has them, where one was named */
export function textsInRow({ fields, lists }: Row, column?: string): readonly string[] {
  for (const name of column === undefined ? textColumns : columnsOf('text', column)) {
    const found = lists.get(name) ?? [fields.get(name) ?? '']
    const texts = found.filter(text => text.trim() !== '')
    if (texts.length > 0) return texts
  }
  return []
}
