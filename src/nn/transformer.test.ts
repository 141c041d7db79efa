import { expect, test } from 'vitest'
import { type Given, maxAbs, randomArray, relativeError } from '../engine/testing.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { variablesOf } from './module.js'
import { arrayOf, at, moduleGradientError, runModule } from './testing.js'
import { attention, block, blocks } from './transformer.js'

// heads of 4 numbers: 1/√4 is exact, and ONNX Runtime keeps a factor that it fuses into a product in float32
const x = randomArray([2, 5, 12], { seed: 21 })
const causal = arrayOf([5, 5], (i, j) => (j > i ? Number.NEGATIVE_INFINITY : 0))
const parameters = {
  'qkv.weight': randomArray([36, 12], { seed: 22 }),
  'qkv.bias': randomArray([36], { seed: 23 }),
  'proj.weight': randomArray([12, 12], { seed: 24 }),
  'proj.bias': randomArray([12], { seed: 25 }),
}
const values = new Map(Object.entries(parameters).map(([name, given]) => [name, given.values]))

/** Attention of one picture with three heads of four numbers, one token at a time. */
function naive(mask: (i: number, j: number) => number): Given {
  const projected = arrayOf([2, 5, 36], (n, l, o) => {
    let sum = at(parameters['qkv.bias'], o)
    for (let c = 0; c < 12; c++) sum += at(parameters['qkv.weight'], o, c) * at(x, n, l, c)
    return sum
  })
  const mixed = arrayOf([2, 5, 12], (n, i, c) => {
    const head = Math.floor(c / 4)
    const weights = [0, 1, 2, 3, 4].map(j => {
      let score = mask(i, j)
      for (let e = 0; e < 4; e++)
        score += (at(projected, n, i, head * 4 + e) * at(projected, n, j, 12 + head * 4 + e)) / 2
      return Math.exp(score)
    })
    const total = weights.reduce((sum, w) => sum + w, 0)
    return weights.reduce((sum, w, j) => sum + (w / total) * at(projected, n, j, 24 + c), 0)
  })
  return arrayOf([2, 5, 12], (n, l, o) => {
    let sum = at(parameters['proj.bias'], o)
    for (let c = 0; c < 12; c++) sum += at(parameters['proj.weight'], o, c) * at(mixed, n, l, c)
    return sum
  })
}

const worst = (got: readonly number[], wanted: Given) => maxAbs(got.map((v, i) => v - (wanted.values[i] ?? Number.NaN)))

test('attention as a naive loop over heads and tokens', async () => {
  const layer = attention(12, 3)
  const { y } = await runModule(layer, x => layer(x), [x], { values })
  expect(
    worst(
      y,
      naive(() => 0),
    ),
  ).toBeLessThan(1e-12)
})

test('a mask of −Infinity hides later tokens', async () => {
  const layer = attention(12, 3)
  const mask = constant(causal.values, causal.shape)
  const { y } = await runModule(layer, x => layer(x, mask), [x], { values })
  expect(
    worst(
      y,
      naive((i, j) => at(causal, i, j)),
    ),
  ).toBeLessThan(1e-12)
})

test('attention and block: gradients as central differences', async () => {
  const small = randomArray([2, 3, 4], { seed: 26 })
  const mask = constant(arrayOf([3, 3], (i, j) => (j > i ? -1e9 : 0)).values, [3, 3])
  const layer = attention(4, 2)
  expect(await moduleGradientError(layer, x => layer(x, mask), [small])).toBeLessThan(1e-6)
  const whole = block(4, 2, 2)
  expect(await moduleGradientError(whole, x => whole(x), [small])).toBeLessThan(1e-6)
})

test('a batch in parts has the same results and gradients, each sample with its own mask', async () => {
  const layer = blocks(1, 96, 3)
  const tokens = randomArray([13, 96, 96], { seed: 27 }) // 14 MB at the widest: five parts
  const masks = arrayOf([13, 1, 96, 96], (n, _, i, j) => (j > i + n ? -1e9 : 0))
  const forward = (x: Tensor) => layer(x, constant(masks.values, masks.shape))
  const gradientsOf = [...variablesOf(layer).keys()]
  const weights = randomArray([13, 96, 96], { seed: 28 }).values
  const run = { training: true, precision: 'float32', gradientsOf, weights } as const
  const whole = await runModule(layer, forward, [tokens], run)
  const parted = await runModule(layer, forward, [tokens], { ...run, inParts: true })
  expect(relativeError(parted.y, whole.y)).toBeLessThan(1e-6)
  for (const name of gradientsOf)
    expect(relativeError(parted.gradients[name], whole.gradients[name] ?? []), name).toBeLessThan(1e-5)
})

test("names and layouts of timm's blocks", () => {
  expect([...variablesOf(blocks(1, 6, 3))].map(([name, t]) => `${name} ${t.shape}`)).toEqual([
    '0.norm1.weight 6',
    '0.norm1.bias 6',
    '0.attn.qkv.weight 18,6',
    '0.attn.qkv.bias 18',
    '0.attn.proj.weight 6,6',
    '0.attn.proj.bias 6',
    '0.norm2.weight 6',
    '0.norm2.bias 6',
    '0.mlp.fc1.weight 24,6',
    '0.mlp.fc1.bias 24',
    '0.mlp.fc2.weight 6,24',
    '0.mlp.fc2.bias 6',
  ])
})

test('heads that do not divide the width are refused', () => {
  expect(() => attention(8, 3)).toThrow('attention: a width of 8 does not divide into 3 heads')
})
