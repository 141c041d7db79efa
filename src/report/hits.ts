import type { SampleSet } from '../data/index.js'
import type { Hit } from '../evaluation/across/search.js'
import { storedCell } from './cells.js'
import { pictureSheet } from './sheet.js'

const COLUMNS = 6

/** What was found for a query, nearest first, row by row. */
export function hitSheet(data: SampleSet, hits: readonly Hit[], title: string): Promise<Uint8Array> {
  const cells = hits.map(({ position, name, cosine }) => ({
    ...storedCell(data, position).picture,
    caption: `${cosine.toFixed(2)} ${name}`,
  }))
  const rows = Array.from({ length: Math.ceil(cells.length / COLUMNS) }, (_, row) => ({
    pictures: cells.slice(row * COLUMNS, (row + 1) * COLUMNS),
  }))
  return pictureSheet({ title, rows })
}
