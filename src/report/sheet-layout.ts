import { boldness, textWidth, wrapText } from './text.js'

export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** [height, width, channels] */
  readonly data: Uint8Array
}

export interface SheetPicture extends Picture {
  readonly caption?: string
  /** Green for a guess that was right, red for one that was wrong. */
  readonly frame?: 'good' | 'bad'
}

export interface SheetRow {
  readonly title?: string
  readonly pictures: readonly SheetPicture[]
}

export interface Sheet {
  readonly title?: string
  /** Headings over the columns. */
  readonly columns?: readonly string[]
  readonly rows: readonly SheetRow[]
  /** Below the rows, a sentence each */
  readonly notes?: readonly string[]
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface TextLine {
  readonly text: string
  readonly x: number
  /** Of the baseline. */
  readonly y: number
  readonly style: TextStyle
  readonly anchor: 'start' | 'middle'
}

export interface SheetLayout {
  readonly width: number
  readonly height: number
  /** One list a row, one box a picture. */
  readonly boxes: readonly (readonly Box[])[]
  readonly lines: readonly TextLine[]
}

export type TextStyle = keyof typeof textStyles

export const textStyles = {
  title: { size: 17, leading: 23, weight: 600, colour: '#1b1b1f', anchor: 'start' },
  heading: { size: 12, leading: 16, weight: 600, colour: '#45454d', anchor: 'middle' },
  row: { size: 12, leading: 16, weight: 600, colour: '#45454d', anchor: 'start' },
  note: { size: 12, leading: 16, weight: 400, colour: '#45454d', anchor: 'start' },
  caption: { size: 11, leading: 14, weight: 400, colour: '#6b6b75', anchor: 'middle' },
} as const

const margin = 20
const gap = 10
const captionOffset = 5
const usualCell = 96
const largestCell = 160

interface Column {
  readonly left: number
  readonly width: number
}

/**
 * The side of a cell when none is asked for: near 96 pixels and a whole multiple of the largest picture, so that every
 * pixel of it becomes a square of the same size. Large pictures are made smaller.
 */
export function defaultCell(rows: readonly SheetRow[]): number {
  const sides = rows.flatMap(row => row.pictures.map(({ width, height }) => Math.max(width, height)))
  const largest = Math.max(1, ...sides)
  return Math.min(largestCell, largest * Math.max(1, Math.round(usualCell / largest)))
}

/** Where everything on a sheet lies, in pixels. Columns are as wide and rows as high as their largest picture. */
export function layoutSheet({ title = '', columns = [], rows, notes = [] }: Sheet, cell: number): SheetLayout {
  const gutter = gutterWidth(rows, cell)
  const grid = gridColumns(rows, Math.max(1, columns.length), cell, margin + gutter)
  const right = Math.max(...grid.map(({ left, width }) => left + width))

  const heading = textBlock(title, 'title', { left: margin, width: right - margin }, margin, 3)
  const headingBottom = heading.bottom + (title ? gap : 0)
  const labels = columns.map((text, column) => textBlock(text, 'heading', grid[column], headingBottom, 5))
  const labelBottom = Math.max(headingBottom, ...labels.map(label => label.bottom + gap / 2))

  const lines = [heading, ...labels].flatMap(block => block.lines)
  const boxes: Box[][] = []
  let top = labelBottom
  for (const row of rows) {
    const placed = layoutRow(row, grid, cell, gutter, top)
    boxes.push(placed.boxes)
    lines.push(...placed.lines)
    top = placed.bottom + gap
  }
  for (const text of notes) {
    const block = textBlock(text, 'note', { left: margin, width: right - margin }, top, 6)
    lines.push(...block.lines)
    top = block.bottom + gap
  }
  return { width: Math.ceil(right + margin), height: Math.ceil(top - gap + margin), boxes, lines }
}

function layoutRow(
  { title = '', pictures }: SheetRow,
  grid: readonly Column[],
  cell: number,
  gutter: number,
  top: number,
): { boxes: Box[]; lines: TextLine[]; bottom: number } {
  const sizes = pictures.map(picture => sizeInCell(picture, cell))
  const height = Math.max(textStyles.row.leading, ...sizes.map(size => size.height))
  const boxes = sizes.map((size, index) => {
    const column = grid[index] ?? noColumn
    const left = Math.round(column.left + (column.width - size.width) / 2)
    return { left, top: Math.round(top + (height - size.height) / 2), ...size }
  })
  const titleColumn = { left: margin, width: gutter - gap }
  const titleHeight = textBlock(title, 'row', titleColumn, 0, 3).bottom
  const label = textBlock(title, 'row', titleColumn, top + (height - titleHeight) / 2, 3)
  const captionTop = top + height + captionOffset
  const captions = pictures.map(({ caption = '' }, index) => textBlock(caption, 'caption', grid[index], captionTop, 2))
  const captioned = captions.filter(caption => caption.lines.length > 0)
  return {
    boxes,
    lines: [label, ...captions].flatMap(block => block.lines),
    bottom: Math.max(top + height, ...captioned.map(caption => caption.bottom + captionOffset)),
  }
}

const noColumn: Column = { left: 0, width: 0 }

/** At most `most` lines in a column: headings and captions in its middle, titles at its left. */
function textBlock(
  text: string,
  style: TextStyle,
  { left, width }: Column = noColumn,
  top: number,
  most: number,
): { lines: TextLine[]; bottom: number } {
  const { size, leading, anchor } = textStyles[style]
  const x = anchor === 'start' ? left : left + width / 2
  const lines = wrapText(text, size * boldness, width, most).map((words, index) => {
    const y = Math.round(top + leading * (index + 0.76))
    return { text: words, x, y, style, anchor }
  })
  return { lines, bottom: top + lines.length * leading }
}

function gridColumns(rows: readonly SheetRow[], atLeast: number, cell: number, start: number): Column[] {
  const count = Math.max(atLeast, ...rows.map(row => row.pictures.length))
  const columns: Column[] = []
  let left = start
  for (let index = 0; index < count; index++) {
    const widths = rows.flatMap(({ pictures }) => pictures.slice(index, index + 1).map(p => sizeInCell(p, cell).width))
    const width = Math.max(Math.ceil(cell / 2), ...widths)
    columns.push({ left, width })
    left += width + gap
  }
  return columns
}

function sizeInCell({ width, height }: Picture, cell: number): { width: number; height: number } {
  const scale = cell / Math.max(width, height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Room for the row titles: what the longest needs, but not much more than a cell. */
function gutterWidth(rows: readonly SheetRow[], cell: number): number {
  const longest = Math.max(0, ...rows.map(({ title = '' }) => textWidth(title, textStyles.row.size)))
  return longest === 0 ? 0 : Math.ceil(Math.min(longest, Math.max(cell * 1.25, 120))) + gap + 4
}
