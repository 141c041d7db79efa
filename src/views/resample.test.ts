import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, gradientError, randomArray } from '../engine/testing.js'
import { arrayOf, at } from '../nn/testing.js'
import { blur, type Kernel, resample, resize } from './resample.js'
import { boxesOf, difference } from './testing.js'

type Box = readonly [top: number, left: number, height: number, width: number]

async function sampled(x: Given, boxes: readonly Box[], size: number, kernel: Kernel): Promise<number[]> {
  const { y } = await evaluate(pictures => ({ y: resample(pictures, boxesOf(boxes), size, kernel) }), [x])
  return y ?? []
}

const kernels = {
  bilinear: (t: number) => Math.max(0, 1 - t),
  bicubic: (t: number) =>
    t < 1 ? 1.5 * t ** 3 - 2.5 * t ** 2 + 1 : t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0,
}
const names = ['bilinear', 'bicubic'] as const

/** Each sample a mean over all pixels, weighted by their distance from it, word for word. */
function byLoops(x: Given, boxes: readonly Box[], size: number, kernel: Kernel): number[] {
  const [n = 0, channels = 0, h = 0, w = 0] = x.shape
  return arrayOf([n, channels, size, size], (picture, c, i, j) => {
    const [top, left, height, width] = boxes[picture] ?? [0, 0, 0, 0]
    const weight = (pixel: number, start: number, length: number, place: number) => {
      const distance = pixel + 0.5 - (start + (length * (place + 0.5)) / size)
      return kernels[kernel](Math.abs(distance) / Math.max(1, Math.abs(length) / size))
    }
    let [total, weights] = [0, 0]
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++) {
        const both = weight(row, top, height, i) * weight(column, left, width, j)
        total += both * at(x, picture, c, row, column)
        weights += both
      }
    return total / weights
  }).values as number[]
}

/** Boxes inside h × w, some of them mirrored. */
const boxWithin = (h: number, w: number): fc.Arbitrary<Box> => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  return fc.tuple(share, share, share, share, fc.boolean()).map(([a, b, c, d, mirrored]) => {
    const [height, width] = [0.5 + a * (h - 0.5), 0.5 + b * (w - 0.5)]
    const [top, left] = [c * (h - height), d * (w - width)]
    return mirrored ? [top, left + width, height, -width] : [top, left, height, width]
  })
}

const x = randomArray([2, 3, 8, 8], { low: 0 })
const whole: Box = [0, 0, 8, 8]

describe.each(names)('%s', kernel => {
  test('the box of the whole picture at its own size is the picture', async () => {
    expect(difference(await sampled(x, [whole, whole], 8, kernel), x.values)).toBeLessThan(1e-12)
  })

  test('a mirrored box flips left and right', async () => {
    const flipped = arrayOf(x.shape, (n, c, i, j) => at(x, n, c, i, n === 0 ? 7 - j : j))
    expect(difference(await sampled(x, [[0, 8, 8, -8], whole], 8, kernel), flipped.values)).toBeLessThan(1e-12)
  })

  test('a quarter at half the size is that quarter', async () => {
    const quarters = arrayOf([2, 3, 4, 4], (n, c, i, j) => at(x, n, c, i + 4 * n, j))
    const boxes: Box[] = [
      [0, 0, 4, 4],
      [4, 0, 4, 4],
    ]
    expect(difference(await sampled(x, boxes, 4, kernel), quarters.values)).toBeLessThan(1e-12)
  })

  test('as a naive loop, on any box, enlarging and shrinking', async () => {
    const pictures = randomArray([6, 2, 7, 9], { seed: 3, low: 0 })
    const boxes = fc.array(boxWithin(7, 9), { minLength: 6, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(boxes, fc.integer({ min: 1, max: 12 }), async (chosen, size) => {
        const naive = byLoops(pictures, chosen, size, kernel)
        expect(difference(await sampled(pictures, chosen, size, kernel), naive)).toBeLessThan(1e-10)
      }),
      { numRuns: 15 },
    )
  })

  test('an even picture stays even in any box', async () => {
    const even = array([6, 1, 7, 9], Array(378).fill(0.3))
    const boxes = fc.array(boxWithin(7, 9), { minLength: 6, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(boxes, fc.integer({ min: 1, max: 12 }), async (chosen, size) => {
        const expected = Array<number>(6 * size * size).fill(0.3)
        expect(difference(await sampled(even, chosen, size, kernel), expected)).toBeLessThan(1e-12)
      }),
      { numRuns: 10 },
    )
  })

  test('gradient as central differences', async () => {
    const boxes = boxesOf([
      [0.3, 4.7, 3.1, -3.9],
      [1, 0.5, 2, 1.5],
    ])
    const error = await gradientError(p => resample(p, boxes, 3, kernel), [randomArray([2, 2, 4, 5])])
    expect(error).toBeLessThan(1e-8)
  })
})

describe('by hand', () => {
  const row = (values: readonly number[]) => array([1, 1, 1, values.length], values)
  const [a, b, c, d] = [0.9, 0.1, 0.4, 0.7] as const
  /** The first row of the result, which is square. */
  const along = async (values: readonly number[], left: number, width: number, size: number, kernel: Kernel) =>
    (await sampled(row(values), [[0, left, 1, width]], size, kernel)).slice(0, size)

  test('bilinear, two pixels to four: the samples lie at ¼, ¾, 1¼ and 1¾', async () => {
    const expected = [a, (3 * a + b) / 4, (a + 3 * b) / 4, b]
    expect(difference(await along([a, b], 0, 2, 4, 'bilinear'), expected)).toBeLessThan(1e-12)
  })

  test('bilinear, four pixels to two: the triangle is two pixels wide to each side and cut off at the border', async () => {
    const expected = [(3 * a + 3 * b + c) / 7, (b + 3 * c + 3 * d) / 7]
    expect(difference(await along([a, b, c, d], 0, 4, 2, 'bilinear'), expected)).toBeLessThan(1e-12)
  })

  test('bicubic, one pixel to two: weights −9, 111, 29, −3 of 128', async () => {
    const expected = [(-9 * a + 111 * b + 29 * c - 3 * d) / 128, (-3 * a + 29 * b + 111 * c - 9 * d) / 128]
    expect(difference(await along([a, b, c, d], 1.5, 1, 2, 'bicubic'), expected)).toBeLessThan(1e-12)
  })

  test('bicubic shrinking does not alias: stripes of one pixel become grey', async () => {
    const stripes = [...Array(64).keys()].map(i => i % 2)
    const middle = (await along(stripes, 0, 64, 16, 'bicubic')).slice(2, -2)
    expect(difference(middle, Array(12).fill(0.5))).toBeLessThan(0.01)
  })
})

test('resize takes the whole picture, and leaves one of that size alone', async () => {
  const { y, same } = await evaluate(p => ({ y: resize(p, 5), same: resize(p, 8) }), [x])
  expect(difference(y, byLoops(x, [whole, whole], 5, 'bicubic'))).toBeLessThan(1e-12)
  expect(same).toEqual(x.values)
})

describe('blur', () => {
  const pictures = randomArray([3, 2, 6, 7], { low: 0 })
  const sigmas = [0, 0.7, 2.5]
  const blurred = async (given: Given, deviations: readonly number[]) =>
    (await evaluate((p, s) => ({ y: blur(p, s) }), [given, array([deviations.length], deviations)])).y ?? []

  test('as a naive Gaussian mean, each picture with its own deviation; 0 leaves it alone', async () => {
    const naive = arrayOf(pictures.shape, (n, c, i, j) => {
      const sigma = sigmas[n] ?? 0
      if (sigma === 0) return at(pictures, n, c, i, j)
      let [total, weights] = [0, 0]
      for (let row = 0; row < 6; row++)
        for (let column = 0; column < 7; column++) {
          const weight = Math.exp(-((row - i) ** 2 + (column - j) ** 2) / (2 * sigma ** 2))
          total += weight * at(pictures, n, c, row, column)
          weights += weight
        }
      return total / weights
    })
    expect(difference(await blurred(pictures, sigmas), naive.values)).toBeLessThan(1e-12)
  })

  test('spreads a point far from the border without losing any of it, with the deviation asked for', async () => {
    const point = arrayOf([1, 1, 21, 21], (_n, _c, i, j) => (i === 10 && j === 10 ? 1 : 0))
    const spread = await blurred(point, [1])
    const moment = (power: number) => spread.reduce((sum, v, k) => sum + v * ((k % 21) - 10) ** power, 0)
    expect(moment(0)).toBeCloseTo(1, 8)
    expect(moment(1)).toBeCloseTo(0, 8)
    expect(moment(2)).toBeCloseTo(1, 6)
  })

  test('of nothing is exact in float32 too', async () => {
    const { y } = await evaluate((p, s) => ({ y: blur(p, s) }), [pictures, array([3], [0, 0, 0])], {
      precision: 'float32',
    })
    expect(y).toEqual(pictures.values.map(Math.fround))
  })
})
