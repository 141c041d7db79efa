import { LacunaError } from '../errors.js'

/**
 * Rows of a CSV text (RFC 4180): fields in double quotes may hold commas, line breaks and doubled quotes. Line ends may
 * be LF or CRLF, a byte order mark is dropped, and so are empty lines.
 *
 * @param name of the file, for errors
 * @param delimiter between fields: a comma, a semicolon, a tab or a bar
 * @returns with the line that each row begins on, from 1
 * @throws LacunaError for a quote that is never closed
 */
export function parseCsv(text: string, name: string, delimiter = ','): CsvRow[] {
  // One field and what ends it: a delimiter, a line end or the end of the text.
  const between = delimiter === '|' ? '\\|' : delimiter
  const field = new RegExp(
    `(?:"([^"]*(?:""[^"]*)*)"|([^"${delimiter}\\r\\n][^${delimiter}\\r\\n]*|))(${between}|\\r\\n|\\n|\\r|$)`,
    'y',
  )
  const source = text.replace(/^\uFEFF/, '')
  const rows: CsvRow[] = []
  let fields: string[] = []
  let line = 1
  let next = 1
  while (field.lastIndex < source.length || fields.length > 0) {
    const start = field.lastIndex
    const match = field.exec(source)
    if (!match) throw new LacunaError(`${name}: line ${lineAt(source, start)} has a misplaced or unclosed double quote`)
    const [all, quoted, plain = '', end] = match
    next += all.match(/\r\n|\n|\r/g)?.length ?? 0
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === delimiter) continue
    if (fields.length > 1 || fields[0] !== '') rows.push({ line, fields })
    fields = []
    line = next
  }
  return rows
}

export interface CsvRow {
  readonly line: number
  readonly fields: readonly string[]
}

/**
 * The delimiter of a table: the one by which it has the most of these columns, or else the most columns at all; of equal ones the
 * comma.
 * @param columns in lower case
 */
export function delimiterOf(text: string, columns: readonly string[]): string {
  const [header = ''] = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/, 1)
  const plain = (name: string) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim()
      .toLowerCase()
  const worth = (delimiter: string) => {
    const found = header.split(delimiter).map(plain)
    return 1e6 * found.filter(name => columns.includes(name)).length + found.length
  }
  return [',', ';', '\t', '|'].reduce((best, delimiter) => (worth(delimiter) > worth(best) ? delimiter : best))
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length
}
