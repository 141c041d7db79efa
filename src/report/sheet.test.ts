import { expect, test } from 'vitest'
import { pictureSheet } from './sheet.js'
import { defaultCell, layoutSheet } from './sheet-layout.js'
import { plainPicture, readPng } from './testing.js'

const red = plainPicture(2, 2, [200, 10, 20])
const grey = plainPicture(2, 2, [90])

test('pictures, frames and ground have their colours where the layout says', async () => {
  const sheet = { rows: [{ pictures: [red, { ...grey, frame: 'good' as const }] }] }
  const { boxes, width, height } = layoutSheet(sheet, 40)
  expect(boxes).toEqual([
    [
      { left: 20, top: 20, width: 40, height: 40 },
      { left: 70, top: 20, width: 40, height: 40 },
    ],
  ])
  const pixels = await readPng(await pictureSheet(sheet, { cell: 40 }))
  expect([pixels.width, pixels.height]).toEqual([width, height])
  expect([width, height]).toEqual([130, 80])
  expect(pixels.at(2, 2)).toEqual([255, 255, 255])
  for (const [x, y] of [
    [20, 20],
    [59, 59],
  ] as const)
    expect(pixels.at(x, y)).toEqual([200, 10, 20])
  expect(pixels.at(90, 40)).toEqual([90, 90, 90])
  expect(pixels.at(68, 40)).toEqual([0x2e, 0x9b, 0x5b])
})

test('enlarging keeps every pixel a square of its own colour', async () => {
  const data = Uint8Array.from([0, 50, 100, 150, 200, 250, 25, 75, 125])
  const pixels = await readPng(
    await pictureSheet({ rows: [{ pictures: [{ width: 3, height: 3, channels: 1, data }] }] }, { cell: 30 }),
  )
  for (const [index, value] of data.entries()) {
    const [x, y] = [20 + (index % 3) * 10, 20 + Math.floor(index / 3) * 10]
    for (const [dx, dy] of [
      [0, 0],
      [9, 0],
      [0, 9],
      [9, 9],
    ] as const)
      expect(pixels.at(x + dx, y + dy)).toEqual([value, value, value])
  }
})

test('a cell is a whole multiple of the largest picture, near 96 pixels', () => {
  const side = (size: number) => defaultCell([{ pictures: [plainPicture(size, 1, [0])] }])
  expect([8, 28, 32, 64, 96, 300].map(side)).toEqual([96, 84, 96, 128, 96, 160])
  expect(defaultCell([])).toBe(96)
})

test('pictures that are not square keep their shape and rows stay tight', () => {
  const wide = plainPicture(80, 20, [0])
  const { boxes } = layoutSheet({ rows: [{ pictures: [wide] }, { pictures: [wide, red] }] }, 80)
  expect(boxes[0]?.[0]).toEqual({ left: 20, top: 20, width: 80, height: 20 })
  expect(boxes[1]?.[0]).toEqual({ left: 20, top: 80, width: 80, height: 20 })
  expect(boxes[1]?.[1]).toEqual({ left: 110, top: 50, width: 80, height: 80 })
})

test('text has its place: titles left, headings over columns, captions under pictures', () => {
  const { lines, boxes } = layoutSheet(
    { title: 'Run', columns: ['in'], rows: [{ title: 'first', pictures: [{ ...red, caption: 'a <b>' }] }] },
    60,
  )
  const box = boxes[0]?.[0] ?? { left: 0, top: 0, width: 0, height: 0 }
  expect(lines.map(({ text, style }) => [text, style])).toEqual([
    ['Run', 'title'],
    ['in', 'heading'],
    ['first', 'row'],
    ['a <b>', 'caption'],
  ])
  const [title, heading, row, caption] = lines
  expect([title?.x, row?.x]).toEqual([20, 20])
  expect([heading?.x, caption?.x]).toEqual([box.left + 30, box.left + 30])
  expect(heading?.y).toBeLessThan(box.top)
  expect(caption?.y).toBeGreaterThan(box.top + box.height)
})

test('markup and control characters in a caption do no harm, nor does an empty sheet', async () => {
  const caption = '</text><script> & \u0000 \ud800'
  const png = await readPng(await pictureSheet({ rows: [{ pictures: [{ ...red, caption }] }] }, { cell: 40 }))
  expect(png.at(40, 40)).toEqual([200, 10, 20])
  expect((await readPng(await pictureSheet({ rows: [] }))).at(0, 0)).toEqual([255, 255, 255])
})
