import { type OverlayOptions, sharp } from '../data/sharp.js'
import {
  type Box,
  defaultCell,
  layoutSheet,
  type Sheet,
  type SheetLayout,
  type SheetPicture,
  textStyles,
} from './sheet-layout.js'
import { escapeMarkup, sansSerif } from './text.js'

/** A hairline shows where a picture on a white ground ends. */
const frames = {
  good: { colour: '#2e9b5b', width: 3 },
  bad: { colour: '#d0453b', width: 3 },
  none: { colour: '#dedee3', width: 1 },
} as const

/**
 * Rows of pictures with headings and captions on one white sheet. Small pictures are enlarged without smoothing, so
 * that the pixels a network was shown can be counted.
 *
 * @param options.cell side of a cell in pixels; by default near 96 and a whole multiple of the largest picture
 * @returns a PNG; on a machine without fonts its text is missing
 */
export async function pictureSheet(sheet: Sheet, options: { readonly cell?: number } = {}): Promise<Uint8Array> {
  const layout = layoutSheet(sheet, options.cell ?? defaultCell(sheet.rows))
  const pictures = sheet.rows.flatMap((row, rowIndex) =>
    row.pictures.map((picture, column) => ({ picture, box: layout.boxes[rowIndex]?.[column] ?? noBox })),
  )
  const overlays = await Promise.all(pictures.map(({ picture, box }) => scaled(picture, box)))
  const { width, height } = layout
  return sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite([...overlays, { input: Buffer.from(drawing(layout, pictures)), left: 0, top: 0 }])
    .removeAlpha()
    .png({ compressionLevel: 9 })
    .toBuffer()
}

const noBox: Box = { left: 0, top: 0, width: 1, height: 1 }

async function scaled({ width, height, channels, data }: SheetPicture, box: Box): Promise<OverlayOptions> {
  const kernel = box.width > width ? 'nearest' : 'lanczos3'
  const pixels = await sharp(data, { raw: { width, height, channels } })
    .resize(box.width, box.height, { kernel, fit: 'fill' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: box.width, height: box.height, channels: pixels.info.channels }
  return { input: pixels.data, raw, left: box.left, top: box.top }
}

/** The text and the frames, as one SVG over the whole sheet. */
function drawing(
  { width, height, lines }: SheetLayout,
  pictures: readonly { picture: SheetPicture; box: Box }[],
): string {
  const texts = lines.map(({ text, x, y, style, anchor }) => {
    const { size, weight, colour } = textStyles[style]
    const place = `x="${x}" y="${y}" text-anchor="${anchor}"`
    return `<text ${place} font-size="${size}" font-weight="${weight}" fill="${colour}">${escapeMarkup(text)}</text>`
  })
  const outlines = pictures.map(({ picture, box }) => outline(box, picture.frame ?? 'none'))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${sansSerif}">${outlines.join('')}${texts.join('')}</svg>`
}

/** Around the picture, not over it. */
function outline(box: Box, frame: keyof typeof frames): string {
  const { colour, width } = frames[frame]
  const place = `x="${box.left - width / 2}" y="${box.top - width / 2}"`
  const size = `width="${box.width + width}" height="${box.height + width}"`
  return `<rect ${place} ${size} fill="none" stroke="${colour}" stroke-width="${width}"/>`
}
