import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Drawing, type DrawSpec, drawValues, threefry, uniforms } from './draws.js'

const spec = (drawing: Drawing, shape: number[] = [20_000], name = 'draw.0'): DrawSpec => ({
  name,
  shape,
  dtype: drawing.kind === 'uniform' || drawing.kind === 'normal' ? 'float' : 'int',
  drawing,
})
const uniform = { kind: 'uniform', low: 0, high: 1 } as const

// the known answers that Random123 ships (tests/kat_vectors)
test.each([
  [[0, 0, 0, 0], '6b200159 99ba4efe'],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], '1cb996fc bb002be7'],
  [[0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3], 'c4923a9c 483df7a0'],
] as const)('Threefry-2x32-20 of key and counter %j', ([key0, key1, counter0, counter1], known) => {
  const words = new Uint32Array(2)
  threefry(key0, key1, counter0, counter1, words)
  expect(Array.from(words, word => word.toString(16).padStart(8, '0')).join(' ')).toBe(known)
})

describe('uniform', () => {
  test('has the moments of the interval and stays inside', () => {
    const values = drawValues(spec({ kind: 'uniform', low: -2, high: 4 }), { seed: 1, step: 0 })
    expect(values.every(x => x >= -2 && x < 4)).toBe(true)
    // four standard errors: deviation 6/√12, of the variance 36·√(1/180 / n)
    expect(Math.abs(moment(values, 1) - 1)).toBeLessThan((4 * 6) / Math.sqrt(12 * values.length))
    expect(Math.abs(variance(values) - 3)).toBeLessThan((4 * 36) / Math.sqrt(180 * values.length))
  })

  test('fills ten bins evenly', () => {
    const values = drawValues(spec(uniform), { seed: 2, step: 0 })
    expect(
      chiSquare(
        values.map(x => Math.floor(x * 10)),
        10,
      ),
    ).toBeLessThan(27.9) // 0.1 % of χ²(9)
  })

  test('never reaches its upper end, not even rounded to float32', () => {
    const narrow = { low: 2 ** 20, high: 2 ** 20 + 0.125 } // two float32 numbers
    const values = drawValues(spec({ kind: 'uniform', ...narrow }, [100]), { seed: 1, step: 0 }).map(Math.fround)
    expect(new Set(values)).toEqual(new Set([narrow.low]))
  })

  test('of an empty interval is its end', () => {
    expect([...drawValues(spec({ kind: 'uniform', low: 0.3, high: 0.3 }, [3]), { seed: 1, step: 0 })]).toEqual([
      0.3, 0.3, 0.3,
    ])
  })
})

test('normal has the moments 0, 1, 0, 3', () => {
  const values = drawValues(spec({ kind: 'normal' }), { seed: 3, step: 0 })
  const error = 4 / Math.sqrt(values.length)
  expect(Math.abs(moment(values, 1))).toBeLessThan(error)
  expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(error * Math.sqrt(2))
  expect(Math.abs(moment(values, 3))).toBeLessThan(error * Math.sqrt(15))
  expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(error * Math.sqrt(96))
  expect(values.every(Number.isFinite)).toBe(true)
})

test('integers are whole, in range and even', () => {
  const values = drawValues(spec({ kind: 'integer', below: 7 }), { seed: 4, step: 0 })
  expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
  expect(chiSquare(values, 7)).toBeLessThan(22.5) // 0.1 % of χ²(6)
})

describe('permutations', () => {
  test('hold every number once in each row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (rows, n, seed) => {
        const values = drawValues(spec({ kind: 'permutation', n }, [rows, n]), { seed, step: 0 })
        for (let row = 0; row < rows; row++)
          expect([...values.subarray(row * n, (row + 1) * n)].sort((a, b) => a - b)).toEqual([...Array(n).keys()])
      }),
    )
  })

  test('of four come in all 24 orders, equally often', () => {
    const rows = 24_000
    const values = drawValues(spec({ kind: 'permutation', n: 4 }, [rows, 4]), { seed: 5, step: 0 })
    const orders = Array.from({ length: rows }, (_, row) => [...values.subarray(row * 4, row * 4 + 4)].join(''))
    const known = [...new Set(orders)].sort()
    expect(known).toHaveLength(24)
    expect(
      chiSquare(
        orders.map(order => known.indexOf(order)),
        24,
      ),
    ).toBeLessThan(49.7) // 0.1 % of χ²(23)
  })
})

describe('the key', () => {
  const first = (seed: number, step: number, name: string) => {
    const next = uniforms(seed, step, name)
    return [next(), next(), next()]
  }
  // up to Number.MAX_SAFE_INTEGER
  const seeds = fc.oneof(fc.nat(), fc.maxSafeNat())
  const keys = fc.tuple(seeds, fc.nat(), fc.string())

  test('equal (seed, step, name): equal numbers', () => {
    fc.assert(
      fc.property(keys, key => {
        expect(first(...key)).toEqual(first(...key))
      }),
    )
  })

  test('another seed, step or name: other numbers', () => {
    fc.assert(
      fc.property(keys, keys, ([seed, step, name], [otherSeed, otherStep, otherName]) => {
        const original = first(seed, step, name)
        if (otherSeed !== seed) expect(first(otherSeed, step, name)).not.toEqual(original)
        if (otherStep !== step) expect(first(seed, otherStep, name)).not.toEqual(original)
        if (otherName !== name) expect(first(seed, step, otherName)).not.toEqual(original)
      }),
    )
  })

  test('seeds that agree in their lower 32 bits differ', () => {
    expect(first(5 + 2 ** 32, 0, 'x')).not.toEqual(first(5, 0, 'x'))
    expect(first(5 + 2 ** 52, 0, 'x')).not.toEqual(first(5 + 2 ** 51, 0, 'x'))
  })

  test('neighbouring steps are not correlated', () => {
    const [a, b] = [drawValues(spec(uniform), { seed: 1, step: 10 }), drawValues(spec(uniform), { seed: 1, step: 11 })]
    const product = a.map((x, i) => (x - 0.5) * ((b[i] ?? 0) - 0.5) * 12)
    expect(Math.abs(moment(product, 1))).toBeLessThan(4 / Math.sqrt(a.length))
  })
})

const moment = (values: Float64Array, power: number): number =>
  values.reduce((sum, x) => sum + x ** power, 0) / values.length
const variance = (values: Float64Array): number => moment(values, 2) - moment(values, 1) ** 2

function chiSquare(bins: ArrayLike<number>, count: number): number {
  const found = new Float64Array(count)
  for (const bin of Array.from(bins)) found[bin] = (found[bin] ?? 0) + 1
  const expected = bins.length / count
  return found.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
}
