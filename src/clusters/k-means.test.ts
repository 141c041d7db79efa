import { describe, expect, test } from 'vitest'
import { drawValues, uniforms } from '../program/draws.js'
import { kMeans } from './k-means.js'
import { nearestCentres } from './nearest-centres.js'

/** Round heaps of normal numbers about centres in [−spread, spread], as many rows each. */
function heaps(count: number, each: number, width: number, spread: number) {
  const next = uniforms(3, 0, 'centres of heaps')
  const centres = Float32Array.from({ length: count * width }, () => spread * (2 * next() - 1))
  const noise = drawValues(
    { name: 'heaps', shape: [count * each, width], dtype: 'float', drawing: { kind: 'normal' } },
    { seed: 5, step: 0 },
  )
  const rows = Float32Array.from(noise, (value, i) => {
    const [row, d] = [Math.floor(i / width), i % width]
    return value + (centres[(row % count) * width + d] ?? 0)
  })
  return { rows, centres }
}

/** Sum of squared distances to the nearest centre, one by one. */
function naiveInertia(rows: Float32Array, width: number, centres: Float32Array): number {
  let sum = 0
  for (let i = 0; i < rows.length; i += width) {
    let least = Number.POSITIVE_INFINITY
    for (let c = 0; c < centres.length; c += width) {
      let distance = 0
      for (let d = 0; d < width; d++) distance += ((rows[i + d] ?? 0) - (centres[c + d] ?? 0)) ** 2
      least = Math.min(least, distance)
    }
    sum += least
  }
  return sum
}

describe('heaps far apart are found, and each row is told its own', () => {
  test.each([
    ['all rows a step', 10_000],
    ['in batches', 500],
  ])('%s', (_, batch) => {
    const { rows, centres } = heaps(7, 400, 3, 40)
    const found = kMeans(rows, 3, { clusters: 7, batch })
    const labels = nearestCentres(rows, 3, found.centres)
    const own = nearestCentres(centres, 3, found.centres)
    expect(new Set(own).size).toBe(7)
    expect([...labels].every((label, row) => label === own[row % 7])).toBe(true)
    // each heap gives its 3 · 400 squared normal numbers, less those that its own mean takes
    expect(Math.abs(found.inertia / (7 * 400 * 3) - 1)).toBeLessThan(0.05)
    expect(found.inertia / naiveInertia(rows, 3, found.centres)).toBeCloseTo(1, 5)
  })
})

/** Waves of several lengths and heights, without gaps between heaps. */
function waves(count: number, width: number): Float32Array {
  return Float32Array.from({ length: count * width }, (_, j) => {
    const [i, d] = [Math.floor(j / width), j % width]
    return Math.sin(i * (d + 1) * 0.7310585 + d) * (1 + (i % 5)) + 2 * Math.cos((i % 11) * (d + 1) * 1.3)
  })
}

// scikit-learn 1.9.1 on the same rows, five seeds each: the mean of
// KMeans(20, n_init=1).inertia_ and of −MiniBatchKMeans(20, n_init=20, batch_size=500).score(rows)
test.each([
  ['all rows a step', 10_000, 81_233],
  ['in batches', 500, 82_967],
])('rows lie as near to their centres as with scikit-learn: %s', (_, batch, expected) => {
  const rows = waves(4000, 8)
  const inertias = [0, 1, 2, 3, 4].map(seed => kMeans(rows, 8, { clusters: 20, seed, batch }).inertia)
  expect(inertias.reduce((sum, inertia) => sum + inertia, 0) / 5 / expected).toBeLessThan(1.01)
  for (const inertia of inertias) expect(inertia / expected).toBeLessThan(1.03)
})

test('equal seeds give equal centres, others other ones', () => {
  const rows = waves(300, 4)
  const centres = (seed: number) => kMeans(rows, 4, { clusters: 9, seed }).centres
  expect(centres(1)).toEqual(centres(1))
  expect(centres(2)).not.toEqual(centres(1))
})

test('more clusters than different rows: each row is a centre, and nothing is left over', () => {
  const rows = Float32Array.from({ length: 30 }, (_, i) => i % 3)
  const { centres, inertia } = kMeans(rows, 1, { clusters: 5 })
  expect(new Set(centres)).toEqual(new Set([0, 1, 2]))
  expect(inertia).toBe(0)
})

test('a centre that no batch comes near to goes where rows are', () => {
  const rows = Float32Array.from({ length: 2001 }, (_, i) => (i === 1000 ? 1e6 : i % 2))
  const { centres } = kMeans(rows, 1, { clusters: 3, batch: 20, iterations: 3 })
  expect(Math.max(...centres)).toBeLessThanOrEqual(1)
})

test('one cluster is the mean', () => {
  const rows = waves(501, 2)
  const { centres } = kMeans(rows, 2, { clusters: 1 })
  const mean = (d: number) => rows.filter((_, i) => i % 2 === d).reduce((sum, value) => sum + value, 0) / 501
  expect(centres[0]).toBeCloseTo(mean(0), 5)
  expect(centres[1]).toBeCloseTo(mean(1), 5)
})

test('of centres at equal distance the first is nearest, whatever their number', () => {
  for (const k of [1, 2, 3, 4, 5, 9]) {
    const centres = Float32Array.from({ length: k }, (_, i) => (i === k - 1 ? 10 : 0))
    expect([...nearestCentres(Float32Array.of(-3, 11), 1, centres)]).toEqual([0, k - 1])
  }
})

test('what cannot be clustered is told', () => {
  const rows = Float32Array.of(1, 2, 3, 4)
  expect(() => kMeans(rows, 2, { clusters: 3 })).toThrow('3 clusters need as many rows, got 2')
  expect(() => kMeans(rows, 3, { clusters: 1 })).toThrow('rows of width 3 expected, got 4 numbers')
  expect(() => kMeans(rows, 1, { clusters: 0 })).toThrow('at least 1, is expected, got 0')
  expect(() => kMeans(Float32Array.of(1, 2, Number.NaN, 4), 2, { clusters: 1 })).toThrow('row 1 holds NaN')
  expect(() => nearestCentres(rows, 2, new Float32Array(0))).toThrow('at least one centre')
})
