import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, randomArray } from '../engine/testing.js'
import { draw } from '../program/trace.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import {
  annealedMean,
  type Chroma,
  countsOf,
  mapOf,
  pointColours,
  recoloured,
  rowsOf,
  softEncode,
} from './colour-bins.js'
import { labOf, lightness, toLab } from './lab.js'
import { colourPrior, coloursOf, paletteOf, softShares, usedBins } from './palette.js'
import { difference } from './testing.js'

const run = async (build: (x: Tensor) => Tensor, x: Given) =>
  (await evaluate(given => ({ y: build(given) }), [x])).y ?? []
const points = (colours: readonly Chroma[]) => array([colours.length, 2], colours.flat())
/** A regular grid of bins around grey */
const grid = (step: number, half: number): Chroma[] =>
  range(2 * half + 1).flatMap(i => range(2 * half + 1).map(j => [step * (i - half), step * (j - half)] as const))

/** Every colour on the faces of the sRGB cube: the line of one a and b leaves the cube through them, so they have all. */
function gamut(): Chroma[] {
  const parts = range(256).map(i => i / 255)
  return range(3).flatMap(channel =>
    [0, 1].flatMap(end =>
      parts.flatMap(u =>
        parts.map(v => {
          const [, a, b] = labOf([u, v].toSpliced(channel, 0, end) as [number, number, number])
          return [a, b] as const
        }),
      ),
    ),
  )
}

test('the gamut of sRGB falls into as many cells as is known', () => {
  const all = gamut()
  expect([10, 15, 20, 25].map(step => usedBins(all, step).length)).toEqual([261, 126, 77, 51])
  expect(Math.min(...usedBins(all, 10).map(([a]) => a))).toBe(-90)
})

describe('soft encoding', () => {
  test.each([
    [5, [0.64879, ...Array<number>(4).fill(0.0878)]],
    [10, [0.61922, ...Array<number>(4).fill(0.0838), ...Array<number>(4).fill(0.01134), 0.00021]],
  ])('at the centre of a bin, %i neighbours', async (neighbours, known) => {
    const encoding = { neighbours, sigma: 5 }
    const bins = grid(10, 3)
    const computed = await run(ab => softEncode(ab, bins, encoding), points([[10, -10]]))
    const shares = softShares([10, -10], bins, encoding).map(({ share }) => share)
    for (const found of [computed, shares]) {
      const sorted = found.filter(share => share > 0).sort((x, y) => y - x)
      expect(sorted).toHaveLength(neighbours)
      expect(difference(sorted, known)).toBeLessThan(1e-5)
    }
    expect(computed.indexOf(Math.max(...computed))).toBe(bins.findIndex(([a, b]) => a === 10 && b === -10))
  })

  test('the program and the numbers agree', async () => {
    const bins = grid(20, 3)
    const { values } = randomArray([40, 2], { seed: 3, low: -90, high: 90 })
    const colours = range(40).map(i => [values[2 * i] ?? 0, values[2 * i + 1] ?? 0] as const)
    const encoding = { neighbours: 5, sigma: 5 }
    const expected = colours.flatMap(colour => {
      const row = Array<number>(bins.length).fill(0)
      for (const { bin, share } of softShares(colour, bins, encoding)) row[bin] = share
      return row
    })
    expect(difference(await run(ab => softEncode(ab, bins, encoding), points(colours)), expected)).toBeLessThan(1e-12)
  })

  test('colours far from every bin, and fewer bins than neighbours: rows still sum to 1', async () => {
    const bins: Chroma[] = [
      [0, 0],
      [20, 0],
    ]
    const encoding = { neighbours: 5, sigma: 1 }
    const far: Chroma = [98, -107]
    expect(await run(ab => softEncode(ab, bins, encoding), points([far]))).toEqual([0, 1])
    expect(softShares(far, bins, encoding)[0]).toEqual({ bin: 1, share: 1 })
    expect(colourPrior([far, [0, 0]], bins, encoding)).toEqual([0.5, 0.5])
  })
})

test('the prior is the mean of the encoded colours', async () => {
  const bins = grid(10, 4)
  const encoding = { neighbours: 5, sigma: 5 }
  const { values } = randomArray([60, 2], { seed: 9, low: -30, high: 30 })
  const colours = range(60).map(i => [values[2 * i] ?? 0, values[2 * i + 1] ?? 0] as const)
  const expected = await run(ab => softEncode(ab, bins, encoding).mean(0), points(colours))
  const prior = colourPrior(colours, bins, encoding)
  expect(difference(prior, expected)).toBeLessThan(1e-12)
  expect(prior.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
})

describe('the annealed mean', () => {
  const two: Chroma[] = [
    [0, 0],
    [100, -50],
  ]
  const mean = (p: readonly number[], temperature: number) =>
    run(logits => annealedMean(logits, two, temperature), array([1, 2], p.map(Math.log)))

  test('of (0.6, 0.4) at T = 0.38 is (0.74403, 0.25597)', async () => {
    expect(difference(await mean([0.6, 0.4], 0.38), [25.597, -12.7985])).toBeLessThan(1e-3)
  })

  test('is the plain mean at T = 1, and the likeliest towards 0', async () => {
    expect(difference(await mean([0.6, 0.4], 1), [40, -20])).toBeLessThan(1e-9)
    expect(difference(await mean([0.4, 0.6], 0.001), [100, -50])).toBeLessThan(1e-9)
  })
})

describe('the points of pictures', () => {
  const size = 8
  const stored = randomArray([3, size, size, 3], { low: 0, high: 256 }).values.map(Math.floor)
  // the second picture is grey
  const pictures = Uint8Array.from(stored, (value, i) => {
    const grey = i >= 192 && i < 384
    return grey ? (stored[i - (i % 3)] ?? 0) : value
  })
  const planes = array(
    [3, 3, size, size],
    range(3 * 3 * 64).map(i => {
      const [n, c, place] = [Math.floor(i / 192), Math.floor(i / 64) % 3, i % 64]
      return (pictures[192 * n + 3 * place + c] ?? 0) / 255
    }),
  )

  test('are every fourth pixel, not means', async () => {
    const all = await run(toLab, planes)
    const at = (n: number, c: number, y: number, x: number) => all[((n * 3 + c) * size + y) * size + x] ?? 0
    const expected = range(3).flatMap(n => [1, 2].flatMap(c => [2, 6].flatMap(y => [2, 6].map(x => at(n, c, y, x)))))
    expect(difference(await run(pointColours, planes), expected)).toBeLessThan(1e-12)
  })

  test('tell grey pictures from others', async () => {
    expect(await run(x => countsOf(pointColours(x), true), planes)).toEqual([1, 0, 1].flatMap(x => Array(4).fill(x)))
    expect(await run(x => countsOf(pointColours(x), false), planes)).toEqual(Array(12).fill(1))
    const faint = array([3, 2, 1, 1], [4.9, -4.9, 5.1, 0, 0, -5.1])
    expect(await run(ab => countsOf(ab, true), faint)).toEqual([0, 1, 1])
  })

  test('are the same in numbers, with the grey pictures or without', async () => {
    const rows = await run(x => rowsOf(pointColours(x)), planes)
    const skipped = coloursOf(pictures, 3, size, true)
    expect(difference(skipped.colours.flat(), [...rows.slice(0, 8), ...rows.slice(16)])).toBeLessThan(1e-9)
    const all = coloursOf(pictures, 3, size, false)
    expect(difference(all.colours.flat(), rows)).toBeLessThan(1e-9)
    expect([skipped.grey, all.grey]).toEqual([1, 1])
  })
})

test('rows are the places of a map, picture by picture, and go back', async () => {
  const map = randomArray([2, 3, 2, 2])
  const rows = await run(rowsOf, map)
  expect(rows.slice(0, 6)).toEqual([0, 4, 8, 1, 5, 9].map(i => map.values[i]))
  expect(await run(x => mapOf(rowsOf(x), 2), map)).toEqual(map.values)
})

test('a recoloured picture keeps its lightness, and its own colours give it back', async () => {
  const x = randomArray([2, 3, 8, 8], { low: 0.3, high: 0.7 })
  expect(difference(await run(p => recoloured(p, toLab(p).slice(1, 1, 3)), x), [...x.values])).toBeLessThan(1e-5)
  const grey = await evaluate(
    p => {
      const y = recoloured(p, pointColours(p).mul(0))
      return { colour: toLab(y).slice(1, 1, 3), changed: lightness(y).sub(lightness(p)) }
    },
    [x],
  )
  for (const values of Object.values(grey)) expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-4)
})

test('the palette of pictures: bins that are used, and a prior over them', () => {
  const size = 4
  const picture = (r: number, g: number, b: number) =>
    Array<number[]>(size * size)
      .fill([r, g, b])
      .flat()
  const stored = Uint8Array.from(
    [picture(255, 0, 0), picture(128, 128, 128), picture(255, 0, 0), picture(0, 0, 255)].flat(),
  )
  const options = { step: 20, neighbours: 5, sigma: 5 }
  const { bins, prior, grey } = paletteOf(stored, 4, size, { ...options, skipGrey: true })
  expect(bins).toEqual([
    [80, -100],
    [80, 60],
  ])
  expect(difference(prior, [1 / 3, 2 / 3])).toBeLessThan(1e-12)
  expect(grey).toBe(1)
  const all = paletteOf(stored, 4, size, { ...options, skipGrey: false })
  expect(all.bins).toContainEqual([0, 0])
  expect(difference(all.prior, [1 / 4, 1 / 4, 1 / 2])).toBeLessThan(1e-6)
})

test('nothing flows back into the colours', async () => {
  const { derivative } = await import('../tensor/derivative.js')
  const gradients = await evaluate(
    ab => ({
      y:
        derivative(softEncode(ab, grid(20, 1), { neighbours: 3, sigma: 5 }).square().sum(), [ab])[0] ??
        draw.uniform([1]),
    }),
    [points([[3, 4]])],
  )
  expect(gradients.y).toEqual([0, 0])
})
