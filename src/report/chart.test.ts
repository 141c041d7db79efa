import { expect, test } from 'vitest'
import { barChart } from './bars.js'
import { lineChart, type Series } from './chart.js'
import { svgToPng } from './raster.js'
import { type Point, smooth, thin } from './smooth.js'
import { readPng } from './testing.js'

const loss: Series = {
  label: 'loss',
  points: [
    [0, 5],
    [50, 3],
    [100, 1],
  ],
}

/** All numbers of a path, two by two. */
function places(path: string): number[][] {
  const numbers = (path.replaceAll('h0', '').match(/-?[\d.]+/g) ?? []).map(Number)
  return numbers.flatMap((x, i) => (i % 2 === 0 ? [[x, numbers[i + 1] ?? Number.NaN]] : []))
}

function paths(svg: string): string[] {
  return [...svg.matchAll(/<path[^>]* d="([^"]*)"/g)].map(match => match[1] ?? '')
}

function attribute(tag: string, name: string): number {
  return Number(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1])
}

test('points lie where the axes say', () => {
  const svg = lineChart({ xLabel: 'step', yLabel: 'nats', series: [loss], reference: { value: 3, label: 'chance' } })
  const [start, middle, end] = places(paths(svg)[0] ?? '')
  const [axis, level] = ['axis', 'reference'].map(
    name => new RegExp(`<line class="${name}"[^>]*>|<line[^>]*class="${name}"[^>]*>`).exec(svg)?.[0] ?? '',
  )
  expect(start?.[0]).toBe(attribute(axis ?? '', 'x1'))
  expect(end).toEqual([attribute(axis ?? '', 'x2'), attribute(axis ?? '', 'y1')])
  expect(middle?.[0]).toBeCloseTo(((start?.[0] ?? 0) + (end?.[0] ?? 0)) / 2, 2)
  expect(middle?.[1]).toBe(attribute(level ?? '', 'y1'))
  expect(middle?.[1]).toBeCloseTo(((start?.[1] ?? 0) + (end?.[1] ?? 0)) / 2, 2)
})

test('a value that is not finite breaks the line; a lone point stays as a dot', () => {
  const points: Point[] = [
    [0, 1],
    [1, Number.NaN],
    [2, 2],
    [3, 3],
  ]
  const svg = lineChart({ xLabel: 'x', yLabel: 'y', series: [{ label: 'a', points }] })
  expect(paths(svg)[0]?.replace(/[\d.]+ [\d.]+/g, '·')).toBe('M·h0M·h0L·')
  expect(svg).not.toContain('NaN')
})

test('labels are escaped, the legend appears for several series, empty charts are drawn', () => {
  const two = [
    { ...loss, label: 'a & b' },
    { ...loss, label: '<c>' },
  ]
  const svg = lineChart({ title: '"t"', xLabel: 'x', yLabel: 'y', series: two })
  expect(svg).toContain('>a &amp; b</text>')
  expect(svg).toContain('>&lt;c&gt;</text>')
  expect(svg).not.toContain('<c>')
  expect(lineChart({ xLabel: 'x', yLabel: 'y', series: [loss] })).not.toContain('>loss</text>')
  expect(lineChart({ xLabel: 'x', yLabel: 'y', series: [] })).not.toMatch(/NaN|Infinity/)
})

test('the moving average is centred, exact on a line, and leaves out what is not finite', () => {
  const line = Array.from({ length: 9 }, (_, x): Point => [x, 2 * x + 1])
  for (const [x, y] of smooth(line, 5)) expect(y).toBeCloseTo(2 * x + 1, 12)
  const spike: Point[] = [0, 0, 3, 0, Number.NaN, 0].map((y, x) => [x, y])
  expect(smooth(spike, 3)).toEqual([
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 1],
    [5, 0],
  ])
})

test('thinning keeps the ends', () => {
  const line = Array.from({ length: 1001 }, (_, x): Point => [x, x])
  const kept = thin(line, 100)
  expect([kept[0], kept.at(-1), kept.length]).toEqual([[0, 0], [1000, 1000], 92])
})

test('bars are as long as their means, with a whisker of one deviation to each side', () => {
  const bars = [
    { label: 'trained', mean: 0.6, sd: 0.05 },
    { label: 'raw', mean: 0.3 },
  ]
  const svg = barChart({ bars, max: 0.8 })
  const rects = svg.match(/<rect[^>]*>/g) ?? []
  const [trained = 0, raw = 0] = rects.map(rect => attribute(rect, 'width'))
  expect(trained / raw).toBeCloseTo(2, 2)
  const left = attribute(rects[0] ?? '', 'x')
  const ends = (paths(svg)[0] ?? '')
    .split('M')
    .slice(1)
    .map(part => Number.parseFloat(part))
  expect((ends[0] ?? 0) - left).toBeCloseTo((trained * 0.55) / 0.6, 1)
  expect((ends[2] ?? 0) - left).toBeCloseTo((trained * 0.65) / 0.6, 1)
  expect(svg).toContain('>60.0 ± 5.0 %</text>')
  expect(svg).toContain('>30.0 %</text>')
  expect(barChart({ bars: [{ label: 'x', mean: Number.NaN }] })).toContain('>–</text>')
})

test('a chart becomes a PNG of twice its size with a margin, on white', async () => {
  const svg = barChart({ bars: [{ label: 'trained', mean: 1 }], width: 300 })
  const pixels = await readPng(await svgToPng(svg))
  expect([pixels.width, pixels.height]).toEqual([2 * (300 + 32), 2 * (38 + 32)])
  expect(pixels.at(0, 0)).toEqual([255, 255, 255])
  const bar = /<rect[^>]*>/.exec(svg)?.[0] ?? ''
  const x = 2 * (16 + Math.round(attribute(bar, 'x')) + 10)
  expect(pixels.at(x, 2 * (16 + 4 + 15))).toEqual([0x2f, 0x62, 0xb5])
})
