import { LacunaError } from '../errors.js'

/**
 * Rows of a CSV text (RFC 4180): fields in double quotes may hold commas, line breaks and doubled quotes. Line ends may
 * be LF or CRLF, a byte order mark is dropped, and so are empty lines.
 *
 * @param name of the file, for errors
 * @throws LacunaError for a quote that is never closed
 */
export function parseCsv(text: string, name: string): string[][] {
  // One field and what ends it: a comma, a line end or the end of the text.
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n][^,\r\n]*|))(,|\r\n|\n|\r|$)/y
  const source = text.replace(/^\uFEFF/, '')
  const rows: string[][] = []
  let row: string[] = []
  while (field.lastIndex < source.length || row.length > 0) {
    const start = field.lastIndex
    const match = field.exec(source)
    if (!match) throw new LacunaError(`${name}: line ${lineAt(source, start)} has a misplaced or unclosed double quote`)
    const [, quoted, plain = '', end] = match
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  return rows
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length
}
