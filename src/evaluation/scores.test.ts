import { expect, test } from 'vitest'
import { balancedOf, meanScore, recallOf, scored, scoreOf } from './scores.js'

test('balanced accuracy is the mean of the recalls of the classes that occur', () => {
  const labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3, 3] // 8, 2, none, 2
  const always0 = scoreOf(new Array<number>(12).fill(0), labels, 4)
  expect(always0.accuracy).toBeCloseTo(8 / 12, 12)
  expect(always0.recalls).toEqual([1, 0, Number.NaN, 0])
  expect(balancedOf(always0)).toBeCloseTo(1 / 3, 12)
  const some = scoreOf([0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 3, 3], labels, 4)
  expect(some.recalls).toEqual([0.5, 0.5, Number.NaN, 1])
  expect(balancedOf(some)).toBeCloseTo(2 / 3, 12)
  expect(some.accuracy).toBeCloseTo(7 / 12, 12)
})

test('a prediction of no class at all is wrong, and a class is never told by a guess at another', () => {
  expect(scoreOf([-1, 1, 0], [0, 1, 1], 2)).toEqual({ accuracy: 1 / 3, recalls: [0, 0.5] })
})

test('of equally large classes balanced accuracy is accuracy', () => {
  const labels = Array.from({ length: 30 }, (_, i) => i % 3)
  const score = scoreOf(
    labels.map((label, i) => (i % 7 === 0 ? 0 : label)),
    labels,
    3,
  )
  expect(balancedOf(score)).toBeCloseTo(score.accuracy, 12)
})

test('means over draws and over seeds, and the deviation of the seeds', () => {
  const labels = [0, 0, 1, 1, 1, 1]
  const of = (...predictions: number[]) => scoreOf(predictions, labels, 2)
  const [good, bad] = [of(0, 0, 1, 1, 1, 1), of(1, 1, 1, 1, 1, 1)]
  expect(meanScore([good, bad])).toEqual({ accuracy: (1 + 4 / 6) / 2, recalls: [0.5, 1] })
  const all = { trained: [good, bad], random: [bad, bad], raw: [bad, bad] }
  const { mean, sd, seeds, balanced } = scored(all)
  expect(mean.trained).toBeCloseTo(5 / 6, 12)
  expect(balanced.mean).toEqual({ trained: 0.75, random: 0.5, raw: 0.5 })
  expect(balanced.sd.trained).toBeCloseTo(Math.sqrt(0.125), 12)
  expect(sd.random).toBe(0)
  expect(seeds).toHaveLength(2)
  expect(balanced.seeds.map(({ trained }) => trained)).toEqual([1, 0.5])
  expect(recallOf(all, 0)).toEqual({ trained: 0.5, random: 0, raw: 0 })
  expect(recallOf(all, 1)).toEqual({ trained: 1, random: 1, raw: 1 })
})
