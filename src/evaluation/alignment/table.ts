import { delimiterOf, parseCsv } from '../../data/csv.js'
import { LacunaError } from '../../errors.js'
import type { Segment } from './segments.js'

const columns = ['file', 'start', 'end', 'label'] as const

/**
 * A table of segments: CSV with commas, semicolons or tabs and the columns `file` (the recording, with its path or without, with
 * its extension or without), `start` and `end` in seconds, and `label`.
 *
 * @param name of the table, for errors
 * @returns the segments of each file as it is named
 * @throws LacunaError where a column is missing or a time is no number
 */
export function parseSegmentTable(text: string, name: string): ReadonlyMap<string, Segment[]> {
  const [header, ...rows] = parseCsv(text, name, delimiterOf(text, columns))
  const places = columns.map(column => header?.fields.findIndex(field => field.trim().toLowerCase() === column) ?? -1)
  const missing = columns.filter((_, i) => places[i] === -1)
  if (missing.length > 0)
    throw new LacunaError(
      `${name}: has no column ${missing.join(', ')}; an alignment has file, start, end and label, times in seconds`,
    )
  const found = new Map<string, Segment[]>()
  for (const { line, fields } of rows) {
    const [file = '', start = '', end = '', label = ''] = places.map(place => fields[place]?.trim())
    const times = [start, end].map(Number)
    if (file === '' || start === '' || end === '' || !times.every(Number.isFinite))
      throw new LacunaError(
        `${name}: line ${line}: a file and two times in seconds are expected, got '${file}', '${start}', '${end}'`,
      )
    const segments = found.get(file) ?? []
    segments.push({ start: times[0] ?? 0, end: times[1] ?? 0, label })
    found.set(file, segments)
  }
  return found
}
