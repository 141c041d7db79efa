import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesAlike, batchPositions, batchPositionsAlike, shuffled } from './shuffle.js'

const seeds = fc.nat({ max: 2 ** 40 })

test('a shuffle holds every position once', () => {
  fc.assert(
    fc.property(fc.nat({ max: 500 }), seeds, fc.nat(), (n, seed, epoch) => {
      expect([...shuffled(n, seed, epoch)].sort((a, b) => a - b)).toEqual([...Array(n).keys()])
    }),
  )
})

test('a shuffle is the same for the same seed and epoch, and another for any other', () => {
  expect(shuffled(100, 7, 3)).toEqual(shuffled(100, 7, 3))
  const keys = [0, 1, 7, 2 ** 32, 2 ** 32 + 7].flatMap(seed =>
    [0, 1, 2].map(epoch => shuffled(100, seed, epoch).join()),
  )
  expect(new Set(keys).size).toBe(15)
})

test('the order is pinned, because runs are taken up again by it', () => {
  expect([...shuffled(8, 1, 0)]).toEqual([5, 1, 3, 7, 0, 2, 4, 6])
})

test('every value is equally likely at every place', () => {
  const n = 8
  const rounds = 8000
  const counts = new Float64Array(n * n)
  for (let epoch = 0; epoch < rounds; epoch++)
    shuffled(n, 5, epoch).forEach((value, place) => {
      const cell = place * n + value
      counts[cell] = (counts[cell] ?? 0) + 1
    })
  const expected = rounds / n
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  expect(chiSquare).toBeLessThan(85) // 49 degrees of freedom: above in 1 of 1000 for a fair shuffle
})

test('batches cover each epoch exactly once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 }), seeds, (batch, perEpoch, seed) => {
      const count = batch * perEpoch
      for (const epoch of [0, 1, 5]) {
        const steps = Array.from({ length: perEpoch }, (_, i) =>
          batchPositions(count, batch, seed, epoch * perEpoch + i),
        )
        expect(steps.flatMap(step => [...step])).toEqual([...shuffled(count, seed, epoch)])
      }
    }),
  )
})

test('what does not fill a batch is left out, and differs from epoch to epoch', () => {
  const epoch = (e: number) => [0, 1, 2].flatMap(i => [...batchPositions(10, 3, 0, 3 * e + i)])
  expect(new Set(epoch(0)).size).toBe(9)
  const leftOut = [0, 1, 2, 3, 4, 5].map(e => 45 - epoch(e).reduce((sum, position) => sum + position))
  expect(new Set(leftOut).size).toBeGreaterThan(1)
})

test('a batch does not depend on what was asked before', () => {
  const straight = Array.from({ length: 40 }, (_, step) => batchPositions(50, 8, 9, step))
  const backwards = Array.from({ length: 40 }, (_, i) => batchPositions(50, 8, 9, 39 - i)).reverse()
  expect(backwards).toEqual(straight)
  straight[0]?.fill(0)
  expect(batchPositions(50, 8, 9, 0)).toEqual(backwards[0])
})

test('a batch larger than the set is wrong usage', () => {
  expect(() => batchPositions(10, 11, 0, 0)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining('lower --batch') }),
  )
  expect(() => batchPositions(10, 0, 0, 0)).toThrow('at least 1')
})

test('batches of samples that are alike: of one kind each, no sample twice in an epoch, what fills none left out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      seeds,
      (kinds, batch, seed) => {
        const perEpoch = batchesAlike(kinds, batch)
        const counts = [0, 1, 2, 3].map(kind => kinds.filter(other => other === kind).length)
        expect(perEpoch).toBe(counts.reduce((sum, count) => sum + Math.floor(count / batch), 0))
        if (perEpoch === 0) {
          expect(() => batchPositionsAlike(kinds, batch, seed, 0)).toThrow('lower --batch')
          return
        }
        for (const epoch of [0, 3]) {
          const steps = Array.from({ length: perEpoch }, (_, i) =>
            Array.from(batchPositionsAlike(kinds, batch, seed, epoch * perEpoch + i)),
          )
          for (const step of steps) {
            expect(step).toHaveLength(batch)
            expect(new Set(step.map(position => kinds[position])).size).toBe(1)
          }
          const drawn = steps.flat()
          expect(new Set(drawn).size).toBe(drawn.length)
          expect(drawn.every(position => (kinds[position] ?? -1) >= 0)).toBe(true)
        }
      },
    ),
  )
})

test('batches of samples that are alike: kinds come mixed, others are left out in other epochs, in any order of asking', () => {
  const kinds = Array.from({ length: 100 }, (_, i) => Number(i >= 90)) // 90 and 10
  const epoch = (e: number) => Array.from({ length: 24 }, (_, i) => batchPositionsAlike(kinds, 4, 7, 24 * e + i))
  const firstOfFew = [0, 1, 2, 3].map(e => epoch(e).findIndex(batch => (batch[0] ?? 0) >= 90))
  expect(new Set(firstOfFew).size).toBeGreaterThan(1)
  expect(Math.min(...firstOfFew)).toBeLessThan(12) // not at the end, where their batches are filled
  const drawn = [0, 1, 2, 3].map(e => epoch(e).flatMap(batch => [...batch].filter(position => position >= 90)))
  expect(drawn.map(positions => positions.length)).toEqual([8, 8, 8, 8])
  expect(new Set(drawn.map(positions => [...positions].sort().join())).size).toBeGreaterThan(1)
  expect(batchPositionsAlike(kinds, 4, 7, 5)).toEqual(epoch(0)[5])
})
