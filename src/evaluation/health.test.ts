import { expect, test } from 'vitest'
import { range } from '../tensor/shape.js'
import { featuresOf } from './features.js'
import { alignment, codeUsage, collapse, uniformity } from './health.js'
import { normalFeatures, rows } from './testing.js'

const collapsed = rows(range(50).map(i => [3 * (i + 1), -4 * (i + 1)])) // one direction, any length

test('a collapsed encoder is perfectly aligned and not uniform at all', async () => {
  expect(alignment(collapsed, collapsed)).toBe(0)
  expect(await uniformity(collapsed)).toBeCloseTo(0, 5)
})

test('two antipodal points and the corners of a square', async () => {
  expect(
    await uniformity(
      rows([
        [5, 0],
        [-1, 0],
      ]),
    ),
  ).toBeCloseTo(-8, 6)
  expect(
    await uniformity(
      rows([
        [1, 0],
        [0, 1],
        [-1, 0],
        [0, -1],
      ]),
    ),
  ).toBeCloseTo(-4.396349, 6)
})

test('points spread evenly on a circle', async () => {
  const n = 1000
  const circle = rows(range(n).map(i => [Math.cos((2 * Math.PI * i) / n), Math.sin((2 * Math.PI * i) / n)]))
  const self = 1 / n // pairs i = i are left out, so the mean over the others is a little lower
  const expected = Math.log((Math.exp(-1.575027) - self) / (1 - self))
  expect(await uniformity(circle)).toBeCloseTo(expected, 5)
})

test.each([
  [3, -2.079777, 0.02],
  [64, -3.875236, 0.005],
  [128, -3.93753, 0.005],
])('normal vectors in %i dimensions are uniform on the sphere', async (width, expected, within) => {
  expect(Math.abs((await uniformity(normalFeatures(2000, width))) - expected)).toBeLessThan(within)
})

test('alignment is the squared distance: 2 for orthogonal views, 4 for opposite ones', () => {
  expect(
    alignment(
      rows([
        [1, 0],
        [0, 2],
      ]),
      rows([
        [0, 1],
        [3, 0],
      ]),
    ),
  ).toBeCloseTo(2, 6)
  expect(alignment(rows([[1, 0]]), rows([[-7, 0]]))).toBeCloseTo(4, 6)
  expect(() => alignment(rows([[1]]), rows([[1], [2]]))).toThrow('1 second views expected, got 2')
})

test.each([
  [64, 0.125],
  [128, 0.0884],
  [256, 0.0625],
])('healthy embeddings of %i dimensions deviate by 1/√D and raise no alarm', async (width, deviation) => {
  const health = await collapse(normalFeatures(1000, width))
  expect(health.deviation).toBeCloseTo(deviation, 3)
  expect(Math.abs(health.cosine)).toBeLessThan(0.01)
  expect(health.rank).toBeGreaterThan(0.8 * width)
  expect(health.alarms).toEqual([])
})

test('complete collapse has deviation 0, cosine 1 and rank 1, and both alarms', async () => {
  const health = await collapse(
    featuresOf(
      Float32Array.from({ length: 100 * 32 }, (_, i) => Math.sin(i % 32)),
      32,
    ),
  )
  expect(health.deviation).toBeCloseTo(0, 6)
  expect(health.cosine).toBeCloseTo(1, 6)
  expect(health.rank).toBeCloseTo(1, 3)
  expect(health.alarms.map(alarm => alarm.split(':')[0])).toEqual(['collapse', 'dimensional collapse'])
})

test('embeddings on a plane are a dimensional collapse only', async () => {
  const plane = normalFeatures(300, 2)
  const values = Float32Array.from({ length: 300 * 64 }, (_, i) => {
    const [row, column] = [Math.floor(i / 64), i % 64]
    const [x = 0, y = 0] = plane.values.subarray(2 * row, 2 * row + 2)
    return x * Math.sin(column) + y * Math.cos(column)
  })
  const health = await collapse(featuresOf(values, 64))
  expect(health.rank).toBeLessThan(2.1)
  expect(health.alarms.map(alarm => alarm.split(':')[0])).toEqual(['dimensional collapse'])
})

test('codes: perplexity and the share in use', () => {
  expect(codeUsage([5, 5, 5, 5]).perplexity).toBeCloseTo(4, 12)
  expect(codeUsage([8, 0, 0, 0])).toMatchObject({ perplexity: 1, used: 0.25, alarms: [] })
  expect(codeUsage([3, 1]).perplexity).toBeCloseTo(1.754765, 6) // the entropy of 3/4, 1/4
  expect(codeUsage([9, 1, ...new Array<number>(98).fill(0)]).alarms).toHaveLength(1)
})

test('few pictures cannot fill more dimensions than there are pictures, which is no collapse', async () => {
  const few = await collapse(normalFeatures(12, 512))
  expect(few.rank).toBeGreaterThan(10)
  expect(few.alarms).toEqual([])
})
