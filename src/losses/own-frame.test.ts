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
import { at } from '../nn/testing.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { ownFrame } from './own-frame.js'

const temperature = 0.1
const options = (distractors: Tensor, weight: Tensor) => ({ distractors: distractors.greater(0), weight, temperature })
const loss = (c: Tensor, q: Tensor, among: Tensor, weight: Tensor) => ownFrame(c, q, options(among, weight)).loss

const constantOf = ({ values, shape }: Given) => constant(values, shape)

const everyOther = (n: number, length: number): Given =>
  array(
    [n, length, length],
    Array.from({ length: n * length * length }, (_, i) => Number(i % length !== Math.floor(i / length) % length)),
  )

describe('as a loop', () => {
  const [n, length, width] = [2, 6, 3]
  const [c, q] = [randomArray([n, length, width]), randomArray([n, length, width], { seed: 2 })]
  const among = array(
    [n, length, length],
    randomArray([n, length, length], { seed: 3 }).values.map((u, i) =>
      Number(u > 0 && i % length !== Math.floor(i / length) % length),
    ),
  )
  const weight = array([n, length], [1, 0, 1, 1, 0, 1, 0, 0, 2, 1, 1, 0])

  test('loss and accuracy', async () => {
    const cosine = (i: number, t: number, s: number) => {
      const dot = (a: Given, x: number, b: Given, y: number) =>
        [0, 1, 2].reduce((sum, d) => sum + at(a, i, x, d) * at(b, i, y, d), 0)
      return dot(c, t, q, s) / Math.sqrt(dot(c, t, c, t) * dot(q, s, q, s))
    }
    let [total, right, weights] = [0, 0, 0]
    for (let i = 0; i < n; i++)
      for (let t = 0; t < length; t++) {
        const others = Array.from({ length }, (_, s) => s).filter(s => at(among, i, t, s) > 0)
        const all = others.reduce(
          (sum, s) => sum + Math.exp(cosine(i, t, s) / temperature),
          Math.exp(cosine(i, t, t) / temperature),
        )
        const w = at(weight, i, t)
        total -= w * Math.log(Math.exp(cosine(i, t, t) / temperature) / all)
        right += w * Number(others.every(s => cosine(i, t, s) < cosine(i, t, t)))
        weights += w
      }
    const found = await evaluate(
      (c, q, among, weight) => ({ ...ownFrame(c, q, options(among, weight)) }),
      [...[c, q, among, weight]],
    )
    expect(found.loss?.[0]).toBeCloseTo(total / weights, 12)
    expect(found.accuracy?.[0]).toBeCloseTo(right / weights, 12)
  })

  test('gradient as central differences', async () => {
    expect(await gradientError((c, q) => loss(c, q, constantOf(among), constantOf(weight)), [c, q])).toBeLessThan(1e-6)
  })
})

describe('closed forms, a hundred distractors', () => {
  const [length, width] = [101, 101]
  /** Targets are the axes, each context has the given cosine with its own and 0 with the others */
  const axes = array(
    [1, length, width],
    everyOther(1, length).values.map(x => 1 - x),
  )
  const given = (context: Given, targets = axes) => [
    ...[context, targets, everyOther(1, length), array([1, length], Array(length).fill(1))],
  ]
  test('all cosines alike: ln 101, and no frame is found', async () => {
    const flat = array([1, length, 2], Array(2 * length).fill(0.3))
    const found = await evaluate((c, q, a, w) => ({ ...ownFrame(c, q, options(a, w)) }), given(flat, flat))
    expect(found.loss?.[0]).toBeCloseTo(4.615121, 6)
    expect(found.accuracy?.[0]).toBe(0)
  })
  test('the right one 1, the others 0: 4.529718e-3', async () => {
    const found = await evaluate((c, q, a, w) => ({ ...ownFrame(c, q, options(a, w)) }), given(axes))
    expect(found.loss?.[0]).toBeCloseTo(4.529718e-3, 9)
    expect(found.accuracy?.[0]).toBe(1)
  })
  test('the right one .5, the others 0: .515093', async () => {
    const wide = (values: readonly number[], of: number, extra: number) =>
      array(
        [1, length, width + 1],
        Array.from({ length }, (_, t) => [...values.slice(t * width, (t + 1) * width).map(x => x * of), extra]).flat(),
      )
    const half = wide(axes.values, 0.5, Math.sqrt(0.75))
    expect(
      (await evaluate((c, q, a, w) => ({ y: loss(c, q, a, w) }), given(half, wide(axes.values, 1, 0)))).y?.[0],
    ).toBeCloseTo(0.515093, 6)
  })
})

test('without distractors a frame costs nothing, and pulls nowhere', async () => {
  const { value, gradients } = await valueAndGradients(loss, [
    ...[randomArray([1, 4, 3]), randomArray([1, 4, 3], { seed: 2 }), array([1, 4, 4], Array(16).fill(0))],
    array([1, 4], [1, 1, 1, 1]),
  ])
  expect(value).toBe(0)
  expect(maxAbs(gradients[0] ?? [])).toBe(0)
})
