import { expect, test } from 'vitest'
import { uniforms } from '../program/draws.js'
import { featuresOf } from './features.js'
import { explainedVariance, ridge } from './ridge.js'

const next = uniforms(0, 0, 'ridge')
const random = (count: number, width: number) => ({
  values: Float32Array.from({ length: count * width }, () => 2 * next() - 1),
  count,
  width,
})

test('without a penalty what is linear is told exactly, on other rows too', () => {
  const [seen, unseen] = [random(60, 3), random(20, 3)]
  const of = ({ values, count }: ReturnType<typeof random>) => ({
    values: Float32Array.from({ length: 2 * count }, (_, i) => {
      const [a = 0, b = 0, c = 0] = values.slice(3 * (i >> 1), 3 * (i >> 1) + 3)
      return i % 2 === 0 ? 5 + 2 * a - b : c - 3
    }),
    count,
    width: 2,
  })
  const guessed = ridge(seen, of(seen), { penalty: 0 })(unseen)
  of(unseen).values.forEach((value, i) => {
    expect(guessed.values[i]).toBeCloseTo(value, 4)
  })
  expect(explainedVariance(guessed, of(unseen))).toBeCloseTo(1, 8)
})

test('one feature: the slope is shrunk by 1 + λ, about the mean', () => {
  const x = { values: Float32Array.of(-1, 1, -1, 1), count: 4, width: 1 }
  const y = { values: Float32Array.of(1, 5, 1, 5), count: 4, width: 1 }
  const { values } = ridge(x, y, { penalty: 1 })({ values: Float32Array.of(1, 3), count: 2, width: 1 })
  expect([...values]).toEqual([4, 6])
})

test('the mean explains nothing, and less than it is below zero', () => {
  const truth = { values: Float32Array.of(1, 2, 3), count: 3, width: 1 }
  const all = (value: number) => ({ ...truth, values: Float32Array.of(value, value, value) })
  expect(explainedVariance(all(2), truth)).toBe(0)
  expect(explainedVariance(all(4), truth)).toBe(1 - 14 / 2)
})

test('a regression finds a line, its slope smaller by the penalty', () => {
  const x = Float32Array.from({ length: 200 }, (_, i) => (i * 37) % 101)
  const y = x.map(value => 3 * value - 7)
  const tell = ridge(featuresOf(x, 1), featuresOf(y, 1), { penalty: 0.1 })
  const [mean] = [x.reduce((a, b) => a + b) / x.length]
  const told = tell(featuresOf(Float32Array.of(mean, mean + 10), 1)).values
  expect(told[0]).toBeCloseTo(3 * mean - 7, 3)
  expect((told[1] ?? 0) - (told[0] ?? 0)).toBeCloseTo(30 / 1.1, 3)
})
