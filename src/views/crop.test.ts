import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../engine/testing.js'
import { arrayOf, at } from '../nn/testing.js'
import { type Draw, draw } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'
import { type CropOptions, randomBoxes, randomResizedCrop } from './crop.js'
import { difference, unevenness } from './testing.js'

interface Box {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
  readonly mirrored: boolean
}

/** Boxes with their left side left, however mirrored. */
function boxesFrom(columns: Readonly<Record<string, readonly number[]>>): Box[] {
  const { top = [], left = [], height = [], width = [] } = columns
  return top.map((y, i) => {
    const signed = width[i] ?? Number.NaN
    const start = left[i] ?? Number.NaN
    return {
      top: y,
      left: signed < 0 ? start + signed : start,
      height: height[i] ?? Number.NaN,
      width: Math.abs(signed),
      mirrored: signed < 0,
    }
  })
}

async function boxes(n: number, h: number, w: number, options: CropOptions): Promise<Box[]> {
  return boxesFrom(await evaluate(() => ({ ...randomBoxes([n, 3, h, w], draw, options) }), []))
}

const simclr = { area: [0.2, 1], aspect: [3 / 4, 4 / 3], flip: 0.5 } as const

test('boxes lie inside the picture, with areas and ratios in their bounds, whatever its shape', async () => {
  const side = fc.integer({ min: 4, max: 96 })
  const ends = (min: number, max: number) =>
    fc
      .tuple(fc.double({ min, max, noNaN: true }), fc.double({ min, max, noNaN: true }))
      .map(pair => pair.sort((a, b) => a - b) as Pair)
  type Pair = [number, number]
  await fc.assert(
    fc.asyncProperty(side, side, ends(0.05, 1), ends(0.3, 3), async (h, w, area, aspect) => {
      const fallback = Math.min(Math.max(w / h, aspect[0]), aspect[1])
      const middle = { width: Math.min(w, h * fallback), height: Math.min(h, w / fallback) }
      for (const box of await boxes(50, h, w, { area, aspect, flip: 0.5 })) {
        expect(Math.min(box.top, box.left)).toBeGreaterThan(-1e-9)
        expect(box.top + box.height).toBeLessThan(h + 1e-9)
        expect(box.left + box.width).toBeLessThan(w + 1e-9)
        const ratio = box.width / box.height
        expect(ratio).toBeGreaterThan(aspect[0] - 1e-9)
        expect(ratio).toBeLessThan(aspect[1] + 1e-9)
        const isFallback = Math.abs(box.width - middle.width) + Math.abs(box.height - middle.height) < 1e-9
        const share = (box.width * box.height) / (h * w)
        expect(isFallback || (share > area[0] - 1e-9 && share < area[1] + 1e-9)).toBe(true)
      }
    }),
    { numRuns: 12 },
  )
})

describe('where every box fits', () => {
  const n = 4000
  const found = boxes(n, 32, 32, { ...simclr, area: [0.2, 0.5] })

  test('areas are uniform', async () => {
    const shares = (await found).map(({ width, height }) => (width * height) / 1024)
    expect(unevenness(shares, 0.2, 0.5)).toBeLessThan(27.9)
  })

  test('ratios are uniform in their logarithm, and know nothing of the area', async () => {
    const ratios = (await found).map(({ width, height }) => Math.log(width / height))
    expect(unevenness(ratios, -Math.log(4 / 3), Math.log(4 / 3))).toBeLessThan(27.9)
    const shares = (await found).map(({ width, height }) => (width * height) / 1024)
    expect(Math.abs(correlation(ratios, shares))).toBeLessThan(4 / Math.sqrt(n))
  })

  test('places are uniform, up and down apart from left and right', async () => {
    const across = (await found).map(({ left, width }) => left / (32 - width))
    const down = (await found).map(({ top, height }) => top / (32 - height))
    expect(unevenness(across, 0, 1)).toBeLessThan(27.9)
    expect(unevenness(down, 0, 1)).toBeLessThan(27.9)
    expect(Math.abs(correlation(across, down))).toBeLessThan(4 / Math.sqrt(n))
  })

  test('half of them are mirrored', async () => {
    const share = (await found).filter(({ mirrored }) => mirrored).length / n
    expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n))
  })
})

test.each([0, 0.3, 1])('a share of %d is mirrored', async flip => {
  const n = 2000
  const share = (await boxes(n, 16, 16, { ...simclr, flip })).filter(({ mirrored }) => mirrored).length / n
  expect(Math.abs(share - flip)).toBeLessThanOrEqual(4 * Math.sqrt((flip * (1 - flip)) / n))
})

test('of ten boxes drawn the first that fits is taken; if none fits, the middle', async () => {
  const [n, h, w] = [400, 24, 32]
  const tries: Tensor[] = []
  const watched: Draw = {
    ...draw,
    uniform: (shape, low, high) => {
      const drawn = draw.uniform(shape, low, high)
      if (shape.length === 2) tries.push(drawn)
      return drawn
    },
  }
  const options = { area: [0.7, 1.4], aspect: [1 / 3, 3], flip: 0 } as const
  const results = await evaluate(() => {
    const found = randomBoxes([n, 1, h, w], watched, options)
    const [share, logRatio] = tries as [Tensor, Tensor]
    return { ...found, share, logRatio }
  }, [])
  const taken = new Map<number, number>()
  for (const [i, box] of boxesFrom(results).entries()) {
    const candidates = [...Array(10).keys()].map(k => {
      const area = (results.share?.[10 * i + k] ?? 0) * h * w
      const ratio = Math.exp(results.logRatio?.[10 * i + k] ?? 0)
      return { width: Math.sqrt(area * ratio), height: Math.sqrt(area / ratio) }
    })
    const first = candidates.findIndex(({ width, height }) => width <= w && height <= h)
    const expected = candidates[first] ?? { width: w, height: h }
    taken.set(first, (taken.get(first) ?? 0) + 1)
    expect(box.width).toBeCloseTo(expected.width, 9)
    expect(box.height).toBeCloseTo(expected.height, 9)
  }
  expect([...taken.keys()].sort((a, b) => a - b)).toEqual([...Array(11).keys()].map(k => k - 1)) // every case was met
})

test.each([
  [8, 64, { top: 0, left: (64 - 32 / 3) / 2, height: 8, width: 32 / 3 }],
  [64, 8, { top: (64 - 32 / 3) / 2, left: 0, height: 32 / 3, width: 8 }],
])('where no box can fit into %i × %i, the largest in the middle with the nearest ratio', async (h, w, expected) => {
  for (const { mirrored: _, ...box } of await boxes(5, h, w, { ...simclr, area: [0.9, 1], flip: 0 }))
    for (const side of ['top', 'left', 'height', 'width'] as const) expect(box[side]).toBeCloseTo(expected[side], 9)
})

test('the whole picture, mirrored for certain', async () => {
  const x = randomArray([3, 2, 6, 6], { low: 0 })
  const options = { area: [1, 1], aspect: [1, 1], flip: 1 } as const
  const { y } = await evaluate(p => ({ y: randomResizedCrop(p, draw, 6, options) }), [x])
  expect(difference(y, arrayOf(x.shape, (n, c, i, j) => at(x, n, c, i, 5 - j)).values)).toBeLessThan(1e-12)
})

test('bicubic overshoot is clipped', async () => {
  const squares = array(
    [8, 1, 8, 8],
    Array.from({ length: 512 }, (_, i) => ((i >> 1) + (i >> 4)) % 2),
  )
  const { y = [] } = await evaluate(p => ({ y: randomResizedCrop(p, draw, 13, simclr) }), [squares])
  expect([Math.min(...y), Math.max(...y)]).toEqual([0, 1])
  expect(y).toHaveLength(8 * 13 * 13)
})

function correlation(a: readonly number[], b: readonly number[]): number {
  const centred = (values: readonly number[]) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    return values.map(v => v - mean)
  }
  const dot = (p: readonly number[], q: readonly number[]) => p.reduce((sum, v, i) => sum + v * (q[i] ?? 0), 0)
  const [p, q] = [centred(a), centred(b)]
  return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q))
}
