import { expect, test } from 'vitest'
import { rankMe } from './rank.js'
import { clusters, normalFeatures, rows } from './testing.js'
import { watchVectors } from './watch.js'

const unlabelled = (count: number) => Array.from({ length: count }, (_, i) => ({ group: `${i}` }))

test('the rank is RankMe, with more rows than dimensions and with fewer', async () => {
  for (const features of [normalFeatures(100, 16), normalFeatures(16, 100)]) {
    const found = watchVectors(features, unlabelled(features.count))
    expect(found.rank).toBeCloseTo(await rankMe(features), 6)
    expect(Object.keys(found)).toEqual(['rank'])
  }
})

test('how often the nearest has the same label, beside pictures at random; lengths do not matter', () => {
  const features = rows([
    [1, 0],
    [9, 1],
    [0, 1],
    [0.1, 5],
  ])
  const items = ['a', 'a', 'b', 'c'].map((label, i) => ({ label, group: `${i}` }))
  expect(watchVectors(features, items)).toMatchObject({ neighbours: 2 / 4, neighboursChance: (1 / 3 + 1 / 3) / 4 })
})

test('pictures of one group are not asked about each other, nor those without a label', () => {
  const features = rows([[1, 0], [1, 0.01], [0, 1], [0, 1]]) // biome-ignore format: a matrix
  const items = [
    { label: 'a', group: 'film' },
    { label: 'a', group: 'film' },
    { label: 'b', group: 'other' },
    { group: 'none' },
  ]
  expect(watchVectors(features, items)).toMatchObject({ neighbours: 0, neighboursChance: 0 })
  expect(watchVectors(features, items.slice(0, 2))).not.toHaveProperty('neighbours')
})

test('classes that lie apart are seen', () => {
  const { features, labels } = clusters(200, 16, 4, 3)
  const items = Array.from(labels, (label, i) => ({ label: `${label}`, group: `${i}` }))
  expect(watchVectors(features, items).neighbours).toBe(1)
})
