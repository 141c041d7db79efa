import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { array, type Given, gradientError, maxAbs, randomArray, valueAndGradients } from '../engine/testing.js'
import { ShapeError } from '../tensor/scope.js'
import { input } from '../tensor/tensor.js'
import { cosine, ntXent, unit } from './ntxent.js'

const loss = async (z: Given, temperature: number) =>
  (await valueAndGradients(t => ntXent(t, temperature).loss, [z])).value

const rows = (list: readonly (readonly number[])[]): Given => array([list.length, list[0]?.length ?? 0], list.flat())
const basis = (n: number, i: number): number[] => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))

/** L = 1/2N Σᵢ −ln( exp(sᵢₚ/τ) / Σₖ≠ᵢ exp(sᵢₖ/τ) ), word for word. */
function byLoops({ shape: [views = 0, width = 0], values }: Given, temperature: number): number {
  const row = (i: number) => values.slice(i * width, (i + 1) * width)
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, d) => sum + x * (b[d] ?? 0), 0)
  const similarity = (i: number, k: number) =>
    dot(row(i), row(k)) / Math.sqrt(dot(row(i), row(i)) * dot(row(k), row(k))) / temperature
  let total = 0
  for (let i = 0; i < views; i++) {
    let others = 0
    for (let k = 0; k < views; k++) if (k !== i) others += Math.exp(similarity(i, k))
    total -= Math.log(Math.exp(similarity(i, (i + views / 2) % views)) / others)
  }
  return total / views
}

describe('closed forms', () => {
  test.each([
    [2, 1.098612],
    [256, 6.23637],
  ])('%i pairs, all embeddings equal: ln(2N − 1), and no pull', async (n, known) => {
    const z = array(
      [2 * n, 4],
      Array<number[]>(2 * n)
        .fill([0.3, -2, 1, 0.5])
        .flat(),
    )
    const { value, gradients } = await valueAndGradients(t => ntXent(t, 0.5).loss, [z])
    expect(value).toBeCloseTo(known, 6)
    expect(value).toBeCloseTo(Math.log(2 * n - 1), 12)
    expect(maxAbs(gradients[0] ?? [])).toBeLessThan(1e-12)
  })

  test('two pairs at a right angle: ln(e² + 2) − 2', async () => {
    const value = await loss(
      rows([
        [1, 0],
        [0, 1],
        [1, 0],
        [0, 1],
      ]),
      0.5,
    )
    expect(value).toBeCloseTo(0.2395448, 7)
    expect(value).toBeCloseTo(Math.log(Math.exp(2) + 2) - 2, 12)
  })

  test('two opposite pairs', async () => {
    expect(
      await loss(
        rows([
          [1, 0],
          [-1, 0],
          [1, 0],
          [-1, 0],
        ]),
        0.5,
      ),
    ).toBeCloseTo(0.0359763, 7)
  })

  test.each([
    [0.5, 4.248795, 6],
    [0.1, 0.02289, 7],
  ])('256 perfect pairs, all else at right angles, temperature %d', async (temperature, known, digits) => {
    const z = rows([...Array(512).keys()].map(i => basis(256, i % 256)))
    expect(await loss(z, temperature)).toBeCloseTo(known, digits)
  })
})

test.each([0.1, 0.5, 1])('as a triple loop on random embeddings, temperature %d', async temperature => {
  const z = randomArray([10, 6])
  expect(await loss(z, temperature)).toBeCloseTo(byLoops(z, temperature), 12)
})

test('thousands of rows, which are compared in blocks, as a double loop: value and pull', async () => {
  const angles = randomArray([3000], { low: -3, high: 3 }).values
  const temperature = 0.3
  const byAngles = (all: readonly number[]) => {
    const total = all.reduce((sum, a, i) => {
      let others = 0
      for (let k = 0; k < all.length; k++) if (k !== i) others += Math.exp(Math.cos(a - (all[k] ?? 0)) / temperature)
      return sum + Math.log(others) - Math.cos(a - (all[(i + all.length / 2) % all.length] ?? 0)) / temperature
    }, 0)
    return total / all.length
  }
  const z = rows(angles.map(a => [Math.cos(a), Math.sin(a)]))
  const { value, gradients } = await valueAndGradients(t => ntXent(t, temperature).loss, [z])
  expect(value).toBeCloseTo(byAngles(angles), 12)
  for (const i of [0, 2990]) {
    const [across = 0, up = 0] = gradients[0]?.slice(2 * i) ?? []
    const a = angles[i] ?? 0
    const moved = (by: number) => byAngles(angles.with(i, a + by))
    const pull = (moved(1e-3) - moved(-1e-3)) / 2e-3
    expect(up * Math.cos(a) - across * Math.sin(a)).toBeCloseTo(pull, 9)
    expect(Math.abs(pull)).toBeGreaterThan(1e-6)
  }
})

test('gradient as central differences', async () => {
  expect(await gradientError(z => ntXent(z, 0.2).loss, [randomArray([6, 4])])).toBeLessThan(1e-7)
})

test('in float32 close temperatures and long rows stay finite and right', async () => {
  const z = randomArray([8, 5], { low: -1e4, high: 1e4 })
  const { value } = await valueAndGradients(t => ntXent(t, 0.01).loss, [z], { precision: 'float32' })
  const exact = byLoops(z, 0.01)
  expect(Math.abs(value - exact) / exact).toBeLessThan(1e-5)
})

describe('does not change', () => {
  const z = randomArray([8, 3])
  const row = (i: number) => z.values.slice(i * 3, i * 3 + 3)

  test('when the pairs come in another order', async () => {
    const original = await loss(z, 0.5)
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async order => {
        const permuted = rows([...order.map(row), ...order.map(i => row(i + 4))])
        expect(await loss(permuted, 0.5)).toBeCloseTo(original, 12)
      }),
      { numRuns: 10 },
    )
  })

  test('when rows are made longer or shorter', async () => {
    const original = await loss(z, 0.5)
    const factors = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(factors, async lengths => {
        const scaled = rows(lengths.map((factor, i) => row(i).map(x => x * factor)))
        expect(await loss(scaled, 0.5)).toBeCloseTo(original, 12)
      }),
      { numRuns: 10 },
    )
  })
})

test('accuracy is the share of rows whose nearest is their twin', async () => {
  const accuracy = async (z: Given) => (await valueAndGradients(t => ntXent(t, 0.5).accuracy, [z])).value
  expect(
    await accuracy(
      rows([
        [1, 0],
        [0, 1],
        [1, 0.1],
        [0.1, 1],
      ]),
    ),
  ).toBe(1)
  expect(
    await accuracy(
      rows([
        [1, 0],
        [1, 0.1],
        [0, 1],
        [0.1, 1],
      ]),
    ),
  ).toBe(0)
  expect(
    await accuracy(
      rows([
        [1, 0, 0],
        [0, 1, 0],
        [1, 0.1, 0],
        [0.2, 0.1, 1],
      ]),
    ),
  ).toBe(0.5)
})

test('unit rows have length 1, and a row of zeros stays zero with finite gradients', async () => {
  const { value, gradients } = await valueAndGradients(
    x => unit(x).square().sum(),
    [
      rows([
        [3, 4],
        [0, 0],
      ]),
    ],
  )
  expect(value).toBeCloseTo(1, 12)
  expect(gradients.flat().every(Number.isFinite)).toBe(true)
})

test('cosine of rows with rows', async () => {
  const given = [
    rows([
      [1, 0],
      [1, 1],
    ]),
    rows([
      [0, 2],
      [3, 0],
      [-5, 0],
    ]),
  ]
  const { value } = await valueAndGradients((a, b) => cosine(a, b).sum(), given)
  expect(value).toBeCloseTo(Math.SQRT1_2, 12)
})

test.each([[[5, 8]], [[1, 8]], [[0, 8]], [[4]]])('rows that are no pairs are refused: %j', shape => {
  expect(() => ntXent(input('z', shape), 0.5)).toThrow(
    new ShapeError('ntXent', `an even number of rows expected, two views of each picture, got [${shape.join(', ')}]`),
  )
})
