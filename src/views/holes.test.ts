import { describe, expect, test } from 'vitest'
import { evaluate } from '../engine/testing.js'
import { draw } from '../program/trace.js'
import { constant } from '../tensor/tensor.js'
import { grown, type HoleShape, holeShapes, randomHoles } from './holes.js'

const [n, size] = [40, 16]

async function holes(shape: HoleShape, area: number): Promise<number[][]> {
  const { y = [] } = await evaluate(() => ({ y: randomHoles(draw, shape, n, size, area) }), [])
  return Array.from({ length: n }, (_, i) => y.slice(i * size * size, (i + 1) * size * size))
}
const share = (hole: readonly number[]) => hole.reduce((sum, v) => sum + v, 0) / size ** 2

test.each(holeShapes)('%s: every pixel is hidden or it is not', async shape => {
  for (const hole of await holes(shape, 0.25)) expect(hole.every(v => v === 0 || v === 1)).toBe(true)
})

test('centre: a square of a quarter of the area in the middle of all', async () => {
  const inside = (i: number) => i >= 4 && i < 12
  const expected = Array.from({ length: size * size }, (_, k) =>
    Number(inside(Math.floor(k / size)) && inside(k % size)),
  )
  for (const hole of await holes('centre', 0.25)) expect(hole).toEqual(expected)
})

test.each([0.1, 0.25, 0.5])('region: exactly %d of the area', async area => {
  for (const hole of await holes('region', area)) expect(share(hole)).toBeCloseTo(Math.round(area * 256) / 256, 12)
})

test.each([0.25, 0.5])('blocks: at most %d of the area, and something', async area => {
  for (const hole of await holes('blocks', area)) {
    expect(share(hole)).toBeGreaterThan(area / 32)
    expect(share(hole)).toBeLessThanOrEqual(area * 1.3) // edges fall between pixels
  }
})

describe.each(['blocks', 'region'] as const)('%s', shape => {
  test('differ from picture to picture, and all but the corners are hidden now and then', async () => {
    const all = await holes(shape, 0.25)
    expect(new Set(all.map(hole => hole.join(''))).size).toBe(n)
    const often = all.reduce((sums, hole) => sums.map((sum, i) => sum + (hole[i] ?? 0)), Array<number>(256).fill(0))
    expect(often.filter(count => count === 0).length).toBeLessThan(40)
    expect(Math.max(...often)).toBeLessThan(n * 0.75)
  })

  test('hang together: few hidden pixels have no hidden neighbour', async () => {
    for (const hole of await holes(shape, 0.25)) {
      const alone = hole.filter((v, k) => {
        const neighbours = [k - size, k + size, k % size ? k - 1 : -1, (k + 1) % size ? k + 1 : -1]
        return v === 1 && neighbours.every(other => hole[other] !== 1)
      })
      expect(alone.length).toBeLessThanOrEqual(3)
    }
  })
})

test('a hole grows by a rim, around corners too', async () => {
  const dot = Array.from({ length: 49 }, (_, k) => Number(k === 24))
  const { zero, one, two } = await evaluate(() => {
    const hole = constant(dot, [1, 1, 7, 7])
    return { zero: grown(hole, 0), one: grown(hole, 1), two: grown(hole, 2) }
  }, [])
  const within = (rim: number) =>
    dot.map((_, k) => Number(Math.max(Math.abs(Math.floor(k / 7) - 3), Math.abs((k % 7) - 3)) <= rim))
  expect([zero, one, two]).toEqual([within(0), within(1), within(2)])
})
