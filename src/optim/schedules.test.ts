import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scaledRate, warmupCosine } from './schedules.js'

describe('warm-up and cosine', () => {
  const rate = warmupCosine({ peak: 2, warmupSteps: 4, totalSteps: 13 })

  test('rises in equal steps from the first, which learns already', () => {
    expect([0, 1, 2, 3].map(rate)).toEqual([0.5, 1, 1.5, 2])
  })

  test('falls along half a cosine to 0 at the last step', () => {
    expect(rate(4)).toBe(2)
    expect(rate(6)).toBeCloseTo(1 + Math.SQRT1_2, 12) // a quarter of the way
    expect(rate(8)).toBeCloseTo(1, 12)
    expect(rate(10)).toBeCloseTo(1 - Math.SQRT1_2, 12)
    expect(rate(12)).toBe(0)
  })

  test('ends at the final rate and stays there', () => {
    const long = warmupCosine({ peak: 1, warmupSteps: 0, totalSteps: 100, final: 0.1 })
    expect([0, 99, 100, 1e6].map(long)).toEqual([1, 0.1, 0.1, 0.1])
  })

  test('never leaves [final, peak] after the warm-up, and never rises there', () => {
    const options = fc.record({
      peak: fc.double({ min: 0.1, max: 10, noNaN: true }),
      final: fc.double({ min: 0, max: 0.1, noNaN: true }),
      warmupSteps: fc.nat(20),
      totalSteps: fc.integer({ min: 1, max: 60 }),
    })
    fc.assert(
      fc.property(options, o => {
        const at = warmupCosine(o)
        for (let step = 0; step < o.totalSteps; step++) {
          expect(at(step)).toBeGreaterThan(step < o.warmupSteps ? 0 : o.final - 1e-12)
          expect(at(step)).toBeLessThanOrEqual(o.peak + 1e-12)
          if (step > o.warmupSteps) expect(at(step)).toBeLessThanOrEqual(at(step - 1) + 1e-12)
        }
      }),
    )
  })
})

test('the linear rule is for a batch of 256', () => {
  expect([scaledRate(0.3, 256), scaledRate(0.3, 4096), scaledRate(0.8, 64)]).toEqual([0.3, 4.8, 0.2])
})
