import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, gradientError, randomArray } from '../engine/testing.js'
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

describe('as scikit-image 0.26 has it, whose matrix has one digit less', () => {
  const rgb: Triple[] = [
    [0.25, 0.5, 0.75],
    [0.004, 0.01, 0.02],
    [0.9, 0.2, 0.1],
    [0.6, 0.6, 0.1],
  ]
  const lab: Triple[] = [
    [52.018, 0.0906, -39.3594],
    [0.6604, -0.0456, -1.1059],
    [50.9039, 66.0053, 55.8349],
    [61.332, -14.212, 60.0086],
  ]
  test.each([
    ['one pixel', 1, 1],
    ['as many columns as colours', 1, 3],
    ['as many rows as colours', 3, 1],
    ['two by two', 2, 2],
  ])('%s', async (_, height, width) => {
    const count = height * width
    const shaped = (colours: readonly Triple[]) =>
      array([1, 3, height, width], pixels(colours.slice(0, count)).values as number[])
    const expected = shaped(lab)
    expect(difference(await run(toLab, shaped(rgb)), [...expected.values])).toBeLessThan(0.005)
    expect(difference(await run(fromLab, expected), [...shaped(rgb).values])).toBeLessThan(5e-5)
  })
})

test.each([
  ['toLab', toLab],
  ['lightness', lightness],
  ['fromLab', fromLab],
])('%s takes pictures in colour only, a batch of them', async (name, convert) => {
  for (const shape of [
    [3, 2, 2],
    [1, 1, 2, 2],
    [1, 4, 2, 2],
  ])
    await expect(run(convert, randomArray(shape))).rejects.toThrow(`${name}: [N, 3, H, W] is expected`)
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
