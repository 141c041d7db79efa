import { expect, test } from 'vitest'
import { nearestNeighbours, neighboursFor, votes } from './knn.js'
import { clusters, normalFeatures, rows } from './testing.js'

test.each([
  [0.07, 783_423, 571_267],
  [0.1, 13_359.7, 13_017.9],
  [0.2, 115.58, 160.12],
])('votes at temperature %f are the sums of exp(s / T)', (temperature, a, b) => {
  const scale = Math.exp(0.95 / temperature)
  const [scoreA = 0, scoreB = 0] = votes([0.95, 0.9, 0.85], [0, 1, 1], 2, temperature).map(score => score * scale)
  expect(scoreA / a).toBeCloseTo(1, 4)
  expect(scoreB / b).toBeCloseTo(1, 4)
})

test('the vote of one near neighbour against two turns with the temperature', async () => {
  const at = (cosine: number) => [cosine, Math.sqrt(1 - cosine * cosine)]
  const far = Array.from({ length: 9 }, () => [-1, 0])
  const bank = { features: rows([at(0.95), at(0.9), at(0.85), ...far]), labels: [0, 1, 1, ...far.map((_, i) => i % 2)] }
  const query = { features: rows([[10, 0]]), labels: [0] } // length does not matter
  const vote = async (temperature: number) =>
    (await nearestNeighbours(bank, query, 2, { k: 3, temperature })).predictions[0]
  expect(await vote(0.07)).toBe(0)
  expect(await vote(0.1)).toBe(0)
  expect(await vote(0.2)).toBe(1)
})

test('agrees with a naive search over more chunks than one', async () => {
  const bank = clusters(300, 8, 3, 0.7, 1)
  const queries = clusters(1500, 8, 3, 0.7, 2)
  const result = await nearestNeighbours(bank, queries, 3, { k: 10, temperature: 0.1 })
  const cosine = (i: number, j: number) => {
    const a = queries.features.values.subarray(i * 8, i * 8 + 8)
    const b = bank.features.values.subarray(j * 8, j * 8 + 8)
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0)
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  }
  const naive = Array.from(queries.labels, (_, i) => {
    const nearest = Array.from(bank.labels, (label, j) => ({ label, s: cosine(i, j) }))
      .sort((a, b) => b.s - a.s)
      .slice(0, 10)
    const scores = [0, 1, 2].map(c =>
      nearest.reduce((sum, { label, s }) => sum + (label === c ? Math.exp(s / 0.1) : 0), 0),
    )
    return scores.indexOf(Math.max(...scores))
  })
  expect([...result.predictions]).toEqual(naive)
  expect(result.accuracy).toBe(naive.filter((c, i) => c === queries.labels[i]).length / 1500)
  expect(result.accuracy).toBeGreaterThan(0.7)
})

test('equal votes go to the lower class, and a collapsed encoder reaches no more than one class', async () => {
  const same = (count: number) => rows(Array.from({ length: count }, () => [1, 2]))
  const bank = { features: same(40), labels: Array.from({ length: 40 }, (_, i) => 3 - (i % 4)) }
  const queries = { features: same(8), labels: [0, 0, 0, 1, 1, 2, 2, 3] }
  const result = await nearestNeighbours(bank, queries, 4, { k: 4 })
  expect([...result.predictions]).toEqual(new Array(8).fill(0))
  expect(result).toMatchObject({ accuracy: 0.375, chance: 0.25, majority: 0.375, k: 4 })
})

test('small banks get few neighbours: at most rows / (2 · classes)', () => {
  expect(neighboursFor(60_000, 10, 200)).toBe(200)
  expect(neighboursFor(400, 10, 200)).toBe(20)
  expect(neighboursFor(10, 10, 20)).toBe(1)
})

test('two at a time do not mix their banks', async () => {
  const queries = clusters(50, 4, 2, 0)
  const alike = { features: queries.features, labels: queries.labels }
  const others = { features: queries.features, labels: Array.from(queries.labels, label => 1 - label) }
  const mirrored = { ...queries.features, values: queries.features.values.map(x => -x) }
  const [a, b, c] = await Promise.all([
    nearestNeighbours(alike, queries, 2, { k: 1 }),
    nearestNeighbours(others, queries, 2, { k: 1 }),
    nearestNeighbours({ ...alike, features: mirrored }, { ...queries, features: mirrored }, 2, { k: 1 }),
  ])
  expect([a.accuracy, b.accuracy, c.accuracy]).toEqual([1, 0, 1])
})

test('labels and widths that do not fit are named', async () => {
  const bank = { features: normalFeatures(4, 3), labels: [0, 1, 0, 1] }
  await expect(nearestNeighbours(bank, { features: normalFeatures(2, 2), labels: [0, 1] }, 2)).rejects.toThrow(
    'cosines: features of width 3 expected, got 2',
  )
  await expect(nearestNeighbours(bank, { ...bank, labels: [0, 1, 2, 1] }, 2)).rejects.toThrow(
    'kNN queries: label 2 of row 2 is not one of 0 … 1',
  )
  await expect(nearestNeighbours({ ...bank, labels: [0] }, bank, 2)).rejects.toThrow('4 labels expected, got 1')
})

test.each([0, -0.07, Number.NaN, Number.POSITIVE_INFINITY])('temperature %f is wrong usage', async temperature => {
  const data = clusters(20, 3, 2, 1)
  await expect(nearestNeighbours(data, data, 2, { temperature })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^--temperature/),
  })
})

test.each([0, -1, 2.5, Number.NaN])('k = %f is wrong usage', async k => {
  const data = clusters(20, 3, 2, 1)
  await expect(nearestNeighbours(data, data, 2, { k })).rejects.toMatchObject({ exitCode: 2 })
})
