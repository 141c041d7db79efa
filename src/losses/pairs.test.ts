import { describe, expect, test } from 'vitest'
import {
  array,
  evaluate,
  type Given,
  gradientError,
  maxAbs,
  randomArray,
  valueAndGradients,
} from '../engine/testing.js'
import { ShapeError } from '../tensor/scope.js'
import { range } from '../tensor/shape.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { clipLoss } from './clip.js'
import { siglipChance, siglipLoss } from './siglip.js'

const one = (value: number) => array([], [value])
const scalars = (values: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value ?? Number.NaN]))

const clip = async (first: Given, second: Given, scale: number, alike?: Given) =>
  scalars(
    await evaluate(
      (u, v, s, a) => ({
        ...clipLoss({ first: u as Tensor, second: v as Tensor, ...(a && { alike: a }) }, s as Tensor),
      }),
      [first, second, one(scale), ...(alike ? [alike] : [])],
    ),
  )
const siglip = async (first: Given, second: Given, scale: number, bias: number, alike?: Given) =>
  scalars(
    await evaluate(
      (u, v, s, b, a) => ({
        ...siglipLoss({ first: u as Tensor, second: v as Tensor, ...(a && { alike: a }) }, s as Tensor, b as Tensor),
      }),
      [first, second, one(scale), one(bias), ...(alike ? [alike] : [])],
    ),
  )

/** Rows of the unit matrix, the first n of them again and again. */
const basis = (n: number, rows = n): Given =>
  array(
    [rows, n],
    range(rows * n).map(i => Number(i % n === Math.floor(i / n) % n)),
  )
const equal = (n: number): Given => array([n, 3], Array<number[]>(n).fill([1, -2, 0.5]).flat())

const row = ({ shape, values }: Given, i: number) => values.slice(i * (shape[1] ?? 1), (i + 1) * (shape[1] ?? 1))
const dot = (a: number[], b: number[]) => a.reduce((sum, x, d) => sum + x * (b[d] ?? 0), 0)
const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
/** Both losses word for word, and how often the best match is a right one. */
function byLoops(first: Given, second: Given, scale: number, bias: number, alike?: Given) {
  const n = first.shape[0] ?? 0
  const keys = range(n).map(i => (alike === undefined ? i : row(alike, i).join()))
  const directions = [
    [first, second],
    [second, first],
  ] as const
  const [rows, columns] = directions.map(([u, v]) => {
    let entropy = 0
    let sigmoid = 0
    let found = 0
    for (const i of range(n)) {
      const cosines = range(n).map(j => cosine(row(u, i), row(v, j)))
      const right = range(n).filter(j => keys[i] === keys[j])
      const total = cosines.reduce((sum, c) => sum + Math.exp(scale * c), 0)
      for (const j of right) entropy -= Math.log(Math.exp(scale * (cosines[j] ?? 0)) / total) / right.length / n
      for (const j of range(n)) {
        const z = scale * (cosines[j] ?? 0) + bias
        sigmoid -= Math.log(1 / (1 + Math.exp(right.includes(j) ? -z : z))) / n
      }
      if (right.includes(cosines.indexOf(Math.max(...cosines)))) found += 1 / n
    }
    return { entropy, sigmoid, found }
  }) as [Record<'entropy' | 'sigmoid' | 'found', number>, Record<'entropy' | 'sigmoid' | 'found', number>]
  return {
    clip: (rows.entropy + columns.entropy) / 2,
    siglip: rows.sigmoid,
    secondFound: rows.found,
    firstFound: columns.found,
  }
}

describe('clip, in closed form', () => {
  test.each([8, 256])('%i equal embeddings cost ln N, pull nowhere, and find 1 in N', async n => {
    const { value, gradients } = await valueAndGradients(
      (u, v, s) => clipLoss({ first: u, second: v }, s).loss,
      [equal(n), equal(n), one(1 / 0.07)],
    )
    expect(value).toBeCloseTo(Math.log(n), 12)
    expect(maxAbs(gradients.flat())).toBeLessThan(1e-12)
    expect((await clip(equal(n), equal(n), 1)).secondFound).toBeCloseTo(1 / n, 12)
  })

  test('two orthonormal pairs at a scale of 1, eight at 1/0.07', async () => {
    expect((await clip(basis(2), basis(2), 1)).loss).toBeCloseTo(Math.log(Math.E + 1) - 1, 12) // 0.3132617
    expect((await clip(basis(8), basis(8), 1 / 0.07)).loss).toBeCloseTo(Math.log1p(7 * Math.exp(-1 / 0.07)), 12) // 4.374e-6
  })

  test('with the sides exchanged it is the same, and so are its figures, exchanged', async () => {
    const [u, v] = [randomArray([7, 5]), randomArray([7, 5], { seed: 2 })]
    const [there, back] = [await clip(u, v, 9), await clip(v, u, 9)]
    expect(back.loss).toBeCloseTo(there.loss ?? 0, 12)
    expect([back.firstFound, back.secondFound]).toEqual([there.secondFound, there.firstFound])
  })

  test('lengths do not matter', async () => {
    const [u, v] = [randomArray([6, 4]), randomArray([6, 4], { seed: 2 })]
    const longer = array(
      v.shape,
      v.values.map((x, i) => x * (1 + Math.floor(i / 4))),
    )
    expect((await clip(u, longer, 5)).loss).toBeCloseTo((await clip(u, v, 5)).loss ?? 0, 12)
  })
})

describe('siglip, in closed form', () => {
  test.each([
    [1, 10.0000454],
    [8, 10.0003632],
    [256, 10.0116221],
  ])('%i pairs at a right angle, at the start', async (n, expected) => {
    // the cosine is 0 for all: the two sides have no direction in common
    const side = (d: number) =>
      array(
        [n, 2],
        Array<number[]>(n)
          .fill(d === 0 ? [1, 0] : [0, 1])
          .flat(),
      )
    expect((await siglip(side(0), side(1), 10, -10)).loss).toBeCloseTo(expected, 6)
  })

  test('eight orthonormal pairs', async () => {
    const softplus = (x: number) => Math.log1p(Math.exp(x))
    const { loss } = await siglip(basis(8), basis(8), 10, -10)
    expect(loss).toBeCloseTo(softplus(0) + 7 * softplus(-10), 10) // 0.6934650
    expect(loss).toBeCloseTo(0.693465, 6)
  })

  test.each([2, 8, 128])('no bias makes equal embeddings of %i pairs cost less than chance', async n => {
    const at = async (bias: number) => (await siglip(equal(n), equal(n), 1e-9, bias)).loss ?? 0
    const best = -Math.log(n - 1)
    expect(await at(best)).toBeCloseTo(siglipChance(n), 7)
    for (const off of [-0.3, 0.3]) expect(await at(best + off)).toBeGreaterThan(siglipChance(n))
  })
})

describe('word for word', () => {
  const given = [randomArray([9, 5], { low: -2, high: 2 }), randomArray([9, 5], { seed: 2 })] as const
  const captions = array([9, 2], [1, 2, 1, 3, 1, 2, 4, 2, 1, 3, 5, 5, 1, 2, 2, 1, 0, 0])

  test.each([
    ['each by itself', undefined],
    ['some captions are equal', captions],
  ])('%s', async (_, alike) => {
    const known = byLoops(...given, 4, -1.5, alike)
    const [soft, sigmoid] = [await clip(...given, 4, alike), await siglip(...given, 4, -1.5, alike)]
    expect(soft.loss).toBeCloseTo(known.clip, 12)
    expect(sigmoid.loss).toBeCloseTo(known.siglip, 12)
    for (const { firstFound, secondFound, chance } of [soft, sigmoid]) {
      expect(firstFound).toBeCloseTo(known.firstFound, 12)
      expect(secondFound).toBeCloseTo(known.secondFound, 12)
      expect(chance).toBeCloseTo(alike === undefined ? 1 / 9 : (3 * 3 + 2 * 2 + 4) / 81, 12)
    }
  })

  test('in blocks, where many long captions are compared', async () => {
    const many = [randomArray([300, 3]), randomArray([300, 3], { seed: 2 })] as const
    const long = array(
      [300, 200],
      range(300 * 200).map(i => (i % 200 < 199 ? i % 200 : Math.floor(i / 200) % 40)),
    )
    const known = byLoops(...many, 4, -1.5, long)
    const found = await clip(...many, 4, long)
    expect(found.loss).toBeCloseTo(known.clip, 11)
    expect(found.secondFound).toBeCloseTo(known.secondFound, 12)
    expect((await siglip(...many, 4, -1.5, long)).loss).toBeCloseTo(known.siglip, 10)
  })

  test('gradients as central differences, of the scale and the bias too', async () => {
    const [u, v] = [randomArray([4, 3]), randomArray([4, 3], { seed: 2 })]
    const soft = (u: Tensor, v: Tensor, s: Tensor) => clipLoss({ first: u, second: v }, s.exp()).loss
    expect(await gradientError(soft, [u, v, one(1)])).toBeLessThan(1e-7)
    const sigmoid = (u: Tensor, v: Tensor, s: Tensor, b: Tensor) => siglipLoss({ first: u, second: v }, s.exp(), b).loss
    expect(await gradientError(sigmoid, [u, v, one(1), one(-2)])).toBeLessThan(1e-7)
    const alike = constant([1, 2, 1, 3], [4, 1])
    const shared = (u: Tensor, v: Tensor) => clipLoss({ first: u, second: v, alike }, constant(3)).loss
    expect(await gradientError(shared, [u, v])).toBeLessThan(1e-7)
  })
})

describe('equal captions of a perfect network, which gives one direction a class', () => {
  const classes = 10
  const numbers = (rows: number) =>
    array(
      [rows, 1],
      range(rows).map(i => i % classes),
    )

  test.each([60, 250])('cost ln(B / classes) in a batch of %i, and cannot be told apart', async rows => {
    const [u, v] = [basis(classes, rows), basis(classes, rows)]
    const { loss, secondFound } = await clip(u, v, 1e4)
    expect(loss).toBeCloseTo(Math.log(rows / classes), 10)
    expect(secondFound).toBeCloseTo(classes / rows, 12)
  })

  test('are found where it is known that they belong together, and all of them in siglip', async () => {
    const [u, v, alike] = [basis(classes, 60), basis(classes, 60), numbers(60)]
    expect(await clip(u, v, 1e4, alike)).toMatchObject({ secondFound: 1, firstFound: 1 })
    const softplus = (x: number) => Math.log1p(Math.exp(x))
    const { loss } = await siglip(u, v, 20, -10, alike)
    expect(loss).toBeCloseTo(6 * softplus(-10) + 54 * softplus(-10), 10)
    expect((await siglip(u, v, 20, -10)).loss).toBeCloseTo(5 * softplus(10) + 55 * softplus(-10), 10)
  })
})

test('sides that do not match are refused', () => {
  const of = (...shapes: (readonly number[])[]) => {
    const [first, second, alike] = shapes.map((shape, i) => input(`${i}`, shape)) as [Tensor, Tensor, Tensor?]
    return () => clipLoss({ first, second, ...(alike && { alike }) }, input('s', []))
  }
  expect(of([3, 4], [5, 4])).toThrow(new ShapeError('clipLoss', '[3, 4] · [5, 4]'))
  expect(of([3, 4], [3, 5])).toThrow(ShapeError)
  expect(of([3, 4], [3, 4], [3])).toThrow(ShapeError)
})
