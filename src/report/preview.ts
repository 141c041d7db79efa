import type { Preview } from '../training/preview.js'
import { pictureSheet } from './sheet.js'
import type { Picture } from './sheet-layout.js'

/** A row a picture: as stored, and what the method shows, guesses and hides. */
export async function previewSheet(title: string | undefined, preview: Preview): Promise<Uint8Array> {
  const { columns, names, size, channels } = preview
  const picture = (data: Uint8Array | undefined): Picture => ({
    width: size,
    height: size,
    channels,
    data: data ?? new Uint8Array(size * size * channels),
  })
  return pictureSheet({
    title,
    columns: columns.map(column => column.title),
    rows: names.map((_, i) => ({ pictures: columns.map(column => picture(column.pictures[i])) })),
  })
}
