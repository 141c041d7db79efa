import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, gradientError, randomArray } from '../program/testing.js'
import type { Tensor } from '../tensor/tensor.js'
import { fromLab, labOf, lightness, type Triple, toLab } from './lab.js'
import { difference } from './testing.js'

const run = async (build: (x: Tensor) => Tensor, x: Given, precision: 'float64' | 'float32' = 'float64') =>
  (await evaluate(pictures => ({ y: build(pictures) }), [x], { precision })).y ?? []
const pixels = (colours: readonly Triple[]): Given =>
  array(
    [1, 3, 1, colours.length],
    [0, 1, 2].flatMap(c => colours.map(colour => colour[c] ?? 0)),
  )

describe('known colours', () => {
  test.each<[string, Triple, Triple]>([
    ['black', [0, 0, 0], [0, 0, 0]],
    ['grey', [0.5, 0.5, 0.5], [53.389, 0, 0]],
    ['white', [1, 1, 1], [100, 0, 0]],
    ['red', [1, 0, 0], [53.24, 80.09, 67.2]],
    ['green', [0, 1, 0], [87.73, -86.18, 83.18]],
    ['blue', [0, 0, 1], [32.3, 79.19, -107.86]],
  ])('%s', async (_, rgb, [l, a, b]) => {
    const computed = await run(toLab, pixels([rgb]))
    for (const values of [labOf(rgb), computed]) {
      expect(values[0]).toBeCloseTo(l, rgb[0] === 0.5 ? 3 : 2)
      expect(values[1]).toBeCloseTo(a, 2)
      expect(values[2]).toBeCloseTo(b, 2)
    }
  })

  test('greys have no colour at all', () => {
    for (let i = 0; i < 256; i++) {
      const [, a, b] = labOf([i / 255, i / 255, i / 255])
      expect(Math.hypot(a, b)).toBeLessThan(1e-10)
    }
  })
})

const random = randomArray([2, 3, 9, 9], { seed: 5, low: 0 })

test('the program and the numbers agree, the dark ones below the knees too', async () => {
  for (const high of [1, 0.05]) {
    const given = randomArray([1, 3, 8, 8], { seed: 2, low: 0, high })
    const at = (c: number, i: number) => given.values[64 * c + i] ?? 0
    const expected = [...Array(64).keys()].map(i => labOf([at(0, i), at(1, i), at(2, i)]))
    expect(difference(await run(toLab, given), pixels(expected).values as number[])).toBeLessThan(1e-10)
  }
})

test.each(['float64', 'float32'] as const)('there and back again in %s', async precision => {
  const dark = { ...random, values: random.values.map(x => x / 30) }
  const edges = pixels([
    [0, 0, 0],
    [1, 1, 1],
    [1, 0, 1],
  ])
  for (const given of [random, dark, edges])
    expect(difference(await run(x => fromLab(toLab(x)), given, precision), [...given.values])).toBeLessThan(
      precision === 'float64' ? 3e-6 : 2e-5,
    )
})

test('lightness is the first of the three', async () => {
  const expected = await run(x => toLab(x).slice(1, 0, 1), random)
  expect(difference(await run(lightness, random), expected)).toBeLessThan(1e-12)
})

test('colours beyond the screen are cut to it', async () => {
  const y = await run(
    fromLab,
    pixels([
      [50, 120, -120],
      [120, 0, 0],
      [-5, 0, 0],
    ]),
  )
  expect(y.every(value => value >= 0 && value <= 1)).toBe(true)
})

test('gradients as central differences, both ways', async () => {
  const small = randomArray([1, 3, 2, 2], { seed: 3, low: 0.1, high: 0.9 })
  expect(await gradientError(toLab, [small])).toBeLessThan(1e-6)
  const lab = await run(toLab, small)
  expect(await gradientError(fromLab, [array([1, 3, 2, 2], lab)])).toBeLessThan(1e-6)
})
