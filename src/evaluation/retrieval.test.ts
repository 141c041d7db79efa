import { expect, test } from 'vitest'
import { range } from '../tensor/shape.js'
import { retrieve, retrievePairs } from './retrieval.js'
import { clusters, normalFeatures, rows } from './testing.js'

const constant = (count: number) => rows(range(count).map(() => [0.3, -0.7, 0.1]))

test('pairs of a collapsed encoder have the middle rank and are not found', async () => {
  const { leftToRight, rightToLeft } = await retrievePairs(constant(100), constant(100), [1, 10, 50])
  for (const result of [leftToRight, rightToLeft]) {
    expect(result.medianRank).toBe(50.5)
    expect([...result.recall.values()]).toEqual([0, 0, 0])
    expect(result.meanAveragePrecision).toBeCloseTo(1 / 50.5, 12)
  }
})

test('of random pairs K / N are among the first K', async () => {
  const { chance } = (await retrievePairs(normalFeatures(40, 3), normalFeatures(40, 3, 2), [1, 10, 40, 99])).leftToRight
  const expected = [1 / 40, 1 / 4, 1, 1]
  ;[...chance.values()].forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? 0, 12)
  })
})

test('the same vectors on both sides are found at once', async () => {
  const features = normalFeatures(200, 16)
  const { leftToRight } = await retrievePairs(features, features, [1])
  expect(leftToRight).toMatchObject({ medianRank: 1, meanAveragePrecision: 1, queries: 200 })
  expect(leftToRight.recall.get(1)).toBe(1)
})

test('ranks and average precision by hand', async () => {
  // cosines of the query with the gallery: 1, .8, .6, 0, −1; relevant: second, fourth
  const gallery = {
    features: rows([
      [2, 0],
      [0.8, 0.6],
      [0.6, 0.8],
      [0, 3],
      [-1, 0],
    ]),
    labels: [0, 1, 0, 1, 0],
  }
  const result = await retrieve({ features: rows([[1, 0]]), labels: [1] }, gallery, [1, 2])
  expect(result.medianRank).toBe(2)
  expect([...result.recall]).toEqual([
    [1, 0],
    [2, 1],
  ])
  expect(result.meanAveragePrecision).toBeCloseTo((1 / 2 + 2 / 4) / 2, 12)
  expect(result.chance.get(1)).toBeCloseTo(2 / 5, 12)
  expect(result.chance.get(2)).toBeCloseTo(1 - (3 / 5) * (2 / 4), 12)
})

test('equal cosines: half of the irrelevant count as before', async () => {
  const gallery = {
    features: rows([
      [1, 0],
      [1, 0],
      [2, 0],
      [0, 1],
    ]),
    labels: [0, 1, 0, 1],
  }
  const result = await retrieve({ features: rows([[3, 0]]), labels: [1] }, gallery, [1, 2])
  expect(result.medianRank).toBe(2)
  // first relevant: 1st of the relevant, 2nd of all; second: 2nd of the relevant, 4th of all
  expect(result.meanAveragePrecision).toBeCloseTo((1 / 2 + 2 / 4) / 2, 12)
})

test('a collapsed encoder has about the share of its class as average precision', async () => {
  const labels = range(90).map(i => i % 3)
  const data = { features: constant(90), labels }
  const result = await retrieve(data, data, [1, 10])
  expect(result.meanAveragePrecision).toBeCloseTo(31 / 91, 12)
  expect([...result.recall.values()]).toEqual([0, 0])
})

test('chance of a class tends to 1 − (1 − p)^K, and clusters beat it', async () => {
  const gallery = clusters(2000, 12, 10, 1, 1)
  const result = await retrieve(clusters(300, 12, 10, 1, 2), gallery, [1, 5])
  expect(result.chance.get(5)).toBeCloseTo(1 - 0.9 ** 5, 2)
  expect(result.recall.get(1)).toBeGreaterThan(0.5)
  expect(result.meanAveragePrecision).toBeGreaterThan(0.3)
})

test('queries with nothing relevant do not count', async () => {
  const gallery = {
    features: rows([
      [1, 0],
      [0, 1],
    ]),
    labels: [0, 1],
  }
  const result = await retrieve(
    {
      features: rows([
        [1, 0],
        [0, 1],
      ]),
      labels: [0, 5],
    },
    gallery,
    [1],
  )
  expect(result.queries).toBe(1)
  expect(result.recall.get(1)).toBe(1)
})
