import fc from 'fast-check'
import { expect, test } from 'vitest'
import { featuresOf } from '../features.js'
import { normalFeatures, rows } from '../testing.js'
import { warpedAngle } from './distance.js'

test('orthogonal frames are ½ apart, opposite ones 1, the same way 0', () => {
  const x = rows([[1, 0]])
  expect(warpedAngle(x, rows([[0, 3]]))).toBe(0.5)
  expect(warpedAngle(x, rows([[-2, 0]]))).toBe(1)
  expect(warpedAngle(x, rows([[5, 0]]))).toBe(0)
  expect(warpedAngle(x, rows([[0, 0]]))).toBe(0.5)
})

test('a stretch said slowly is the same stretch', () => {
  const [a, b] = [
    rows([
      [1, 0],
      [0, 1],
    ]),
    rows([
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ]),
  ]
  expect(warpedAngle(a, b)).toBe(0)
  expect(
    warpedAngle(
      a,
      rows([
        [0, 1],
        [1, 0],
      ]),
    ),
  ).toBe(0.5)
})

/** The best of all paths, each walked; of equal ones any. */
function naive(costs: number[][]): Set<string> {
  const found: { total: number; steps: number }[] = []
  const walk = (i: number, j: number, total: number, steps: number): void => {
    const cost = costs[i]?.[j]
    if (cost === undefined) return
    if (i === costs.length - 1 && j === (costs[0]?.length ?? 0) - 1)
      found.push({ total: total + cost, steps: steps + 1 })
    for (const [di, dj] of [
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const)
      walk(i + di, j + dj, total + cost, steps + 1)
  }
  walk(0, 0, 0, 0)
  const least = Math.min(...found.map(({ total }) => total))
  return new Set(
    found.filter(({ total }) => total < least + 1e-9).map(({ total, steps }) => (total / steps).toFixed(6)),
  )
}

test('it is the mean along the cheapest of all paths', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (t, u, seed) => {
        const [a, b] = [normalFeatures(t, 3, seed), normalFeatures(u, 3, seed + 100)]
        const row = (f: typeof a, i: number) => featuresOf(f.values.slice(3 * i, 3 * i + 3), 3)
        const costs = Array.from({ length: t }, (_, i) =>
          Array.from({ length: u }, (_, j) => warpedAngle(row(a, i), row(b, j))),
        )
        expect(naive(costs)).toContain(warpedAngle(a, b).toFixed(6))
      },
    ),
    { numRuns: 50 },
  )
})
