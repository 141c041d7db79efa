import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, gradientError, randomArray } from '../engine/testing.js'
import { at } from '../nn/testing.js'
import { range } from '../tensor/shape.js'
import { absoluteError, gradientDifference, halved, nextFrameLoss, pyramid } from './next-frame.js'
import { peakSignalToNoise, structuralSimilarity } from './picture-quality.js'

const two = (values: number[]) => array([1, 1, 2, 2], values)
const found = async (of: Parameters<typeof evaluate>[0], given: Given[]) =>
  Array.from((await evaluate(of, given)).y ?? [])

describe('gradient difference', () => {
  const gdl = (guess: Given, truth: Given) =>
    found((g, t) => ({ y: gradientDifference(g ?? t, t ?? g) }), [guess, truth])

  test('a flat guess of one edge is wrong by both of its steps', async () => {
    // the paper sums over pixels: two steps of 1 from left to right, none from top to bottom
    const [mean = 0] = await gdl(two([0.5, 0.5, 0.5, 0.5]), two([0, 1, 0, 1]))
    expect(2 * mean).toBeCloseTo(2, 12)
  })

  test('a negative has the edges of its picture: the absolute values lie inside', async () => {
    const truth = randomArray([2, 3, 5, 4], { low: 0, high: 1 })
    const negative = array(
      truth.shape,
      truth.values.map(value => 1 - value),
    )
    for (const value of await gdl(negative, truth)) expect(value).toBeCloseTo(0, 12)
  })

  test('as a loop', async () => {
    const [guess, truth] = [randomArray([2, 3, 4, 5]), randomArray([2, 3, 4, 5], { seed: 2 })]
    const expected = range(2).map(n => {
      let [down, across] = [0, 0]
      for (const c of range(3))
        for (const y of range(4))
          for (const x of range(5)) {
            const step = (of: Given, dy: number, dx: number) =>
              Math.abs(at(of, n, c, y, x) - at(of, n, c, y - dy, x - dx))
            if (y > 0) down += Math.abs(step(truth, 1, 0) - step(guess, 1, 0))
            if (x > 0) across += Math.abs(step(truth, 0, 1) - step(guess, 0, 1))
          }
      return down / (3 * 3 * 5) + across / (3 * 4 * 4)
    })
    const values = await gdl(guess, truth)
    expected.forEach((value, n) => {
      expect(values[n]).toBeCloseTo(value, 12)
    })
  })
})

test('a frame of half the size is of means, not of every second pixel', async () => {
  const x = array([1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
  expect(await found(x => ({ y: halved(x as never) }), [x])).toEqual([3.5, 5.5])
  await expect(evaluate(x => ({ y: halved(x as never) }), [array([1, 1, 3, 2], range(6))])).rejects.toThrow(
    'even sides',
  )
})

test('the loss is the sum over three scales of both terms, each a mean of its own', async () => {
  const [guess, truth] = [randomArray([2, 1, 8, 8]), randomArray([2, 1, 8, 8], { seed: 2 })]
  const parts = await evaluate(
    (g, t) => {
      const [a, b] = [pyramid(g as never, 3), pyramid(t as never, 3)]
      const terms = a.flatMap((own, i) => [
        [`l${i}`, absoluteError(own, b[i] ?? own)] as const,
        [`g${i}`, gradientDifference(own, b[i] ?? own)] as const,
      ])
      return { y: nextFrameLoss(a, b, 0.5), ...Object.fromEntries(terms) }
    },
    [guess, truth],
  )
  for (const n of range(2)) {
    const sum = range(3).reduce((s, i) => s + (parts[`l${i}`]?.[n] ?? 0) + 0.5 * (parts[`g${i}`]?.[n] ?? 0), 0)
    expect(parts.y?.[n]).toBeCloseTo(sum, 12)
  }
})

test('gradients as central differences', async () => {
  const given = [randomArray([1, 2, 4, 4]), randomArray([1, 2, 4, 4], { seed: 2 })]
  const error = await gradientError((g, t) => nextFrameLoss(pyramid(g, 2), pyramid(t, 2), 1).sum(), given)
  expect(error).toBeLessThan(1e-6)
})

describe('quality', () => {
  test('PSNR of half wrong is 6.0206 dB', () => {
    expect(peakSignalToNoise(0.25)).toBeCloseTo(6.0206, 4)
  })

  test('SSIM: 1 of a picture and itself; of two flat ones what their means say', async () => {
    const x = randomArray([1, 2, 12, 13], { low: 0, high: 1 })
    const same = await found(x => ({ y: structuralSimilarity(x as never, x as never) }), [x])
    expect(same.length).toBe(2 * 2 * 3)
    for (const value of same) expect(value).toBeCloseTo(1, 10)
    const flat = (value: number) => array([1, 1, 11, 11], Array(121).fill(value))
    const [of = 0] = await found(
      (x, y) => ({ y: structuralSimilarity(x as never, y as never) }),
      [flat(0.2), flat(0.6)],
    )
    expect(of).toBeCloseTo((2 * 0.2 * 0.6 + 1e-4) / (0.04 + 0.36 + 1e-4), 10)
  })

  test('SSIM as a loop over one window', async () => {
    const [x, y] = [
      randomArray([1, 1, 11, 11], { low: 0, high: 1 }),
      randomArray([1, 1, 11, 11], { seed: 5, low: 0, high: 1 }),
    ]
    const raw = range(121).map(i => Math.exp(-((Math.floor(i / 11) - 5) ** 2 + ((i % 11) - 5) ** 2) / (2 * 1.5 ** 2)))
    const total = raw.reduce((a, b) => a + b)
    const mean = (of: (i: number) => number) => raw.reduce((sum, w, i) => sum + (w / total) * of(i), 0)
    const [a, b] = [mean(i => x.values[i] ?? 0), mean(i => y.values[i] ?? 0)]
    const [va, vb] = [mean(i => ((x.values[i] ?? 0) - a) ** 2), mean(i => ((y.values[i] ?? 0) - b) ** 2)]
    const cov = mean(i => ((x.values[i] ?? 0) - a) * ((y.values[i] ?? 0) - b))
    const expected = ((2 * a * b + 1e-4) * (2 * cov + 9e-4)) / ((a * a + b * b + 1e-4) * (va + vb + 9e-4))
    const [similarity = 0] = await found((x, y) => ({ y: structuralSimilarity(x as never, y as never) }), [x, y])
    expect(similarity).toBeCloseTo(expected, 10)
  })
})
