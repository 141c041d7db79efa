import { expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../engine/testing.js'
import { draw } from '../program/trace.js'
import { keepOneChannel, withoutFringes } from './aberration.js'
import { difference } from './testing.js'

const pixel = (...values: number[]) => array([1, 3, 1, 1], values)
const projected = async (...values: number[]) =>
  (await evaluate(x => ({ y: withoutFringes(x) }), [pixel(...values)])).y ?? []

test('grey stays, green against magenta goes', async () => {
  expect(difference(await projected(1, 1, 1), [1, 1, 1])).toBeLessThan(1e-12)
  expect(difference(await projected(-1, 2, -1), [0, 0, 0])).toBeLessThan(1e-12)
})

test('it is the matrix B, and once is enough', async () => {
  const columns = [await projected(1, 0, 0), await projected(0, 1, 0), await projected(0, 0, 1)]
  const b = [0.8333, 0.3333, -0.1667, 0.3333, 0.3333, 0.3333, -0.1667, 0.3333, 0.8333]
  expect(difference(columns.flat(), b)).toBeLessThan(1e-4)
  const pictures = randomArray([2, 3, 4, 4])
  const { once = [], twice = [] } = await evaluate(
    x => ({ once: withoutFringes(x), twice: withoutFringes(withoutFringes(x)) }),
    [pictures],
  )
  expect(difference(once, twice)).toBeLessThan(1e-12)
})

test('one channel of each patch stays as it is, the others are noise of a hundredth', async () => {
  const patches = randomArray([20, 9, 3, 6, 6], { low: 1, high: 3 })
  const { y = [] } = await evaluate(x => ({ y: keepOneChannel(x, draw) }), [patches])
  const kept = [0, 0, 0]
  const noise: number[] = []
  for (let patch = 0; patch < 180; patch++) {
    const own = [0, 1, 2].filter(c => {
      const [from, to] = [36 * (3 * patch + c), 36 * (3 * patch + c + 1)]
      const same = difference(y.slice(from, to), patches.values.slice(from, to)) === 0
      if (!same) noise.push(...y.slice(from, to))
      return same
    })
    expect(own).toHaveLength(1)
    for (const c of own) kept[c] = (kept[c] ?? 0) + 1
  }
  for (const count of kept) expect(Math.abs(count - 60)).toBeLessThan(4 * Math.sqrt((180 * 2) / 9))
  const deviation = Math.sqrt(noise.reduce((sum, v) => sum + v * v, 0) / noise.length)
  expect(deviation).toBeCloseTo(0.01, 3)
})

test('grey pictures are left alone', async () => {
  const grey = randomArray([2, 9, 1, 4, 4])
  const { y } = await evaluate(x => ({ y: keepOneChannel(x, draw) }), [grey])
  expect(y).toEqual(grey.values)
})
