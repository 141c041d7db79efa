import { expect, test } from 'vitest'
import { featuresOf } from '../features.js'
import { ensembled, promptsOf, zeroShot } from './zero-shot.js'

test('the vector of a class is the mean of its texts, each of length 1, brought to length 1', () => {
  const texts = featuresOf(Float32Array.of(3, 4, 0, 2, -1, 0, 0, -5), 2)
  const { values, count } = ensembled(texts, 2)
  expect(count).toBe(2)
  const [x, y] = [0.6 / 2, (0.8 + 1) / 2]
  const length = Math.hypot(x, y)
  const expected = [x / length, y / length, -Math.SQRT1_2, -Math.SQRT1_2]
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? 0, 6)
  })
  expect(promptsOf(['cat', 'red car'], ['{}', 'a {}, and {}'])).toEqual([
    'cat',
    'a cat, and cat',
    'red car',
    'a red car, and red car',
  ])
  expect(() => ensembled(texts, 3)).toThrow('4 texts are not as many for each of 3')
})

test('a sample is of the nearest class; accuracy by samples, balanced by classes', () => {
  const classes = featuresOf(Float32Array.of(1, 0, 0, 1), 2)
  const samples = featuresOf(Float32Array.of(5, 1, 2, 1, 1, 9, 1, 3), 2)
  expect(zeroShot(samples, [0, 0, 0, 1], classes)).toEqual({ accuracy: 3 / 4, balanced: (2 / 3 + 1) / 2 })
})

test('a space in which all is equal tells no class: each has its share, whatever the labels are', () => {
  const classes = featuresOf(new Float32Array(10).fill(Math.SQRT1_2), 2)
  const samples = featuresOf(new Float32Array(12).fill(0.3), 2)
  const { accuracy, balanced } = zeroShot(samples, [0, 0, 0, 0, 0, 4], classes)
  expect([accuracy, balanced].map(value => Number(value.toFixed(12)))).toEqual([0.2, 0.2])
})
