import { expect, test } from 'vitest'
import { array, evaluate, gradientError, maxAbs, randomArray, valueAndGradients } from '../engine/testing.js'
import { arrayOf, at } from '../nn/testing.js'
import { averagePool, maxPool, type PoolOptions, upsampleBilinear, upsampleNearest } from './pooling.js'
import { input, type Tensor } from './tensor.js'

const x = randomArray([2, 3, 7, 6], { seed: 11, low: -3, high: -1 }) // all below the zeros that averagePool pads
const windows: PoolOptions[] = [
  { kernel: 2 },
  { kernel: 3, stride: 2, padding: 1 },
  { kernel: 3, stride: 1, padding: 1 },
  { kernel: 2, stride: 3 },
]

const valuesOf = async (build: (x: Tensor) => Tensor) => (await evaluate(x => ({ y: build(x) }), [x])).y ?? []
const difference = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length ? maxAbs(a.map((v, i) => v - (b[i] ?? Number.NaN))) : Number.POSITIVE_INFINITY

/** Joins what lies inside each window, and how many places it has in all. */
function pooled(
  { kernel, stride = kernel, padding = 0 }: PoolOptions,
  join: (seen: number[], places: number) => number,
) {
  const out = (size: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1
  return arrayOf([2, 3, out(7), out(6)], (n, c, i, j) => {
    const seen: number[] = []
    for (let dy = 0; dy < kernel; dy++)
      for (let dx = 0; dx < kernel; dx++) {
        const [row, column] = [i * stride + dy - padding, j * stride + dx - padding]
        if (row >= 0 && row < 7 && column >= 0 && column < 6) seen.push(at(x, n, c, row, column))
      }
    return join(seen, kernel * kernel)
  }).values
}

test.each(windows)('maxPool %o: as a naive loop, gradient as central differences', async options => {
  expect(await valuesOf(x => maxPool(x, options))).toEqual(pooled(options, seen => Math.max(...seen)))
  expect(await gradientError(x => maxPool(x, options), [x])).toBeLessThan(1e-7)
})

test.each(windows)('averagePool %o: as a naive loop, gradient as central differences', async options => {
  const naive = pooled(options, (seen, places) => seen.reduce((sum, v) => sum + v, 0) / places)
  expect(difference(await valuesOf(x => averagePool(x, options)), naive)).toBeLessThan(1e-12)
  expect(await gradientError(x => averagePool(x, options), [x])).toBeLessThan(1e-7)
})

test('of equal values the first in reading order gets the gradient', async () => {
  const gradientOf = async (values: number[]) =>
    (await valueAndGradients(x => maxPool(x, { kernel: 2 }).sum(), [array([1, 1, 2, 2], values)])).gradients[0]
  expect(await gradientOf([5, 5, 5, 5])).toEqual([1, 0, 0, 0])
  expect(await gradientOf([1, 5, 5, 5])).toEqual([0, 1, 0, 0])
  expect(await gradientOf([1, 2, 5, 5])).toEqual([0, 0, 1, 0])
})

test('upsampleNearest repeats pixels', async () => {
  const naive = arrayOf([2, 3, 21, 18], (n, c, i, j) => at(x, n, c, Math.floor(i / 3), Math.floor(j / 3)))
  expect(await valuesOf(x => upsampleNearest(x, 3))).toEqual(naive.values)
  expect(await gradientError(x => upsampleNearest(x, 3), [x])).toBeLessThan(1e-7)
})

test.each([
  [14, 12],
  [7, 15],
  [10, 6],
  [3, 4],
])('upsampleBilinear to %i × %i: as a naive loop, gradient as central differences', async (height, width) => {
  /** The two pixels beside a place, and the part of the second */
  const beside = (i: number, from: number, to: number) => {
    const centre = Math.max(((i + 0.5) * from) / to - 0.5, 0)
    const first = Math.floor(centre)
    return [first, Math.min(first + 1, from - 1), centre - first] as const
  }
  const naive = arrayOf([2, 3, height, width], (n, c, i, j) => {
    const [top, bottom, down] = beside(i, 7, height)
    const [left, right, along] = beside(j, 6, width)
    const row = (r: number) => at(x, n, c, r, left) * (1 - along) + at(x, n, c, r, right) * along
    return row(top) * (1 - down) + row(bottom) * down
  })
  expect(difference(await valuesOf(x => upsampleBilinear(x, height, width)), naive.values)).toBeLessThan(1e-12)
  expect(await gradientError(x => upsampleBilinear(x, height, width), [x])).toBeLessThan(1e-7)
})

test('a window that does not fit is refused', () => {
  expect(() => maxPool(input('x', [1, 1, 2, 9]), { kernel: 3 })).toThrow(
    'the kernel 3 with padding 0 is larger than [1, 1, 2, 9]',
  )
  expect(() => maxPool(input('x', [1, 1, 9, 9]), { kernel: 3, padding: 2 })).toThrow('padding 2 is more than half')
  expect(() => averagePool(input('x', [9, 9]), { kernel: 3 })).toThrow('averagePool: [N, C, H, W] expected, got [9, 9]')
})
