import { describe, expect, test } from 'vitest'
import { affineGroup9, allPermutations, inverseOf, type Permutation, projectiveGroup9 } from './permutations.js'

const key = (p: Permutation) => p.join('')
/** At each place what q has at p's: first p, then q */
const compose = (p: Permutation, q: Permutation): Permutation => p.map(i => q[i] ?? -1)
const hamming = (p: Permutation, q: Permutation) => p.filter((item, i) => item !== q[i]).length

/** Over all pairs of different orders */
function distances(orders: readonly Permutation[]) {
  const all = orders.flatMap((p, i) => orders.slice(0, i).map(q => hamming(p, q)))
  return { least: all.reduce((a, b) => Math.min(a, b)), mean: all.reduce((sum, d) => sum + d, 0) / all.length }
}

describe.each([
  ['all orders of 4', allPermutations(4), 4, 24, 2, 3.13],
  ['AGL(1, 9)', affineGroup9(), 9, 72, 8, 8.113],
  ['PGL(2, 8)', projectiveGroup9(), 9, 504, 7, 8.016],
] as const)('%s', (_, orders, n, count, least, mean) => {
  const keys = new Set(orders.map(key))

  test(`are ${count} different orders of ${n}, the identity among them; a guess costs ln ${count}`, () => {
    expect(keys.size).toBe(count)
    expect(orders).toHaveLength(count)
    expect(keys.has(key([...Array(n).keys()]))).toBe(true)
    for (const p of orders) expect([...p].sort()).toEqual([...Array(n).keys()])
  })

  test('are a group: products and inverses are among them', () => {
    const some = orders.filter((_, i) => i % 5 === 0)
    for (const p of some) for (const q of orders) expect(keys.has(key(compose(p, q)))).toBe(true)
    for (const p of orders) {
      expect(keys.has(key(inverseOf(p)))).toBe(true)
      expect(key(compose(p, inverseOf(p)))).toBe(key([...Array(n).keys()]))
    }
  })

  test(`differ at ${least} places or more, at ${mean} on average`, () => {
    const found = distances(orders)
    expect(found.least).toBe(least)
    expect(found.mean).toBeCloseTo(mean, 3)
  })

  test('put each tile at each place equally often', () => {
    for (let place = 0; place < n; place++)
      for (let tile = 0; tile < n; tile++) expect(orders.filter(p => p[place] === tile)).toHaveLength(count / n)
  })
})
