import { expect, test } from 'vitest'
import { legendOf } from './palette.js'
import { placing, scatter } from './scatter.js'

const point = (x: number, y: number, label?: string) => ({ x, y, label })

test('both axes have one scale, and the widest fills the drawing', () => {
  const points = [point(-1, 0), point(1, 0.5)]
  const [a, b] = points.map(placing(points))
  expect([a?.x, b?.x]).toEqual([34, 726])
  expect((a?.y ?? 0) - (b?.y ?? 0)).toBeCloseTo((726 - 34) / 4, 9)
  const alone = [point(3, 3)]
  expect(alone.map(placing(alone))).toEqual([{ x: 380, y: 280 }])
})

test('a path a class, as many dots as points, the commonest class first', () => {
  const points = [point(0, 0, 'b'), point(1, 1, 'a'), point(2, 0, 'b'), point(3, 1)]
  const svg = scatter({ points, shares: [0.5, 0.2], exhibits: [] })
  const paths = [...svg.matchAll(/<path class="([^"]*)" d="([^"]*)"/g)].map(([, name, d]) => [
    name,
    d?.split('M').length,
  ])
  expect(paths).toEqual([
    ['class-other', 2],
    ['class-0', 3],
    ['class-1', 2],
  ])
})

test('what a file or a class is called is text on the map', () => {
  const evil = '<img src=x onerror=alert(1)>"'
  const points = [point(0, 0, evil)]
  const svg = scatter({ points, shares: [1, 0], exhibits: [{ point: 0, source: 'data:,', name: evil, label: evil }] })
  expect(svg).not.toContain('<img')
  expect(svg).toContain('<title>&lt;img src=x onerror=alert(1)&gt;&quot; (&lt;img')
})

test('up to ten classes have a colour each; of more, nine, and the rest share one', () => {
  const labels = (classes: number) =>
    Array.from({ length: classes }, (_, i) => Array<string>(20 - i).fill(`c${i}`)).flat()
  expect(legendOf(labels(10)).entries.map(({ colour }) => colour)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const { entries, colours } = legendOf([...labels(12), undefined])
  expect(entries.slice(8)).toEqual([
    { label: 'c8', count: 12, colour: 8 },
    { label: '3 other classes', count: 30, colour: -1 },
    { label: 'no label', count: 1, colour: -1 },
  ])
  expect(colours.at(-1)).toBe(-1)
  expect(legendOf([undefined, undefined])).toEqual({ entries: [], colours: [-1, -1] })
})
