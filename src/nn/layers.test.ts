import { expect, test } from 'vitest'
import { array, maxAbs, randomArray } from '../engine/testing.js'
import { trace } from '../program/trace.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { constantly } from './initial.js'
import {
  batchNorm,
  conv1d,
  conv2d,
  dropout,
  globalAverage,
  groupNorm,
  layerNorm,
  leakyRelu,
  linear,
  mlp,
} from './layers.js'
import { type Module, module, sequential, variablesOf } from './module.js'
import { arrayOf, at, moduleGradientError, runModule } from './testing.js'

const gains = array([4], [1, 2, -1, 0.5])
const shifts = array([4], [0, 1, 2, -3])
const gainAndBias = new Map([
  ['weight', gains.values],
  ['bias', shifts.values],
])
const map = randomArray([3, 4, 2, 3], { seed: 2, low: -2, high: 3 })

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
const variance = (values: readonly number[]) => mean(values.map(v => (v - mean(values)) ** 2))
const channel = (c: number) => map.values.filter((_, i) => Math.floor(i / 6) % 4 === c)

function expectClose(got: readonly number[], wanted: readonly number[], digits = 9): void {
  expect(got).toHaveLength(wanted.length)
  expect(maxAbs(got.map((v, i) => v - (wanted[i] ?? Number.NaN)))).toBeLessThan(10 ** -digits)
}

const run = (layer: Module, given = map, options = {}) => runModule(layer, layer, [given], options)

test('linear is x·Wᵀ + b, the weight [out, in]', async () => {
  const values = new Map([
    ['weight', [1, 2, 3, 4, 5, 6]],
    ['bias', [10, 20]],
  ])
  const { y, shape } = await run(linear(3, 2), array([1, 3], [1, 0, -1]), { values })
  expect(shape).toEqual([1, 2])
  expect(y).toEqual([8, 18])
})

test('conv2d slides the weight [out, in / groups, k, k] over the padded picture', async () => {
  const x = randomArray([2, 4, 5, 6])
  const weight = randomArray([6, 2, 3, 3], { seed: 5 })
  const bias = randomArray([6], { seed: 6 })
  const layer = conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 })
  const values = new Map([
    ['weight', weight.values],
    ['bias', bias.values],
  ])
  const naive = arrayOf([2, 6, 3, 3], (n, o, i, j) => {
    let sum = at(bias, o)
    for (let c = 0; c < 2; c++)
      for (let dy = 0; dy < 3; dy++)
        for (let dx = 0; dx < 3; dx++) {
          const [row, column] = [2 * i + dy - 1, 2 * j + dx - 1]
          if (row < 0 || row >= 5 || column < 0 || column >= 6) continue
          sum += at(weight, o, c, dy, dx) * at(x, n, Math.floor(o / 3) * 2 + c, row, column)
        }
    return sum
  })
  expectClose((await run(layer, x, { values })).y, naive.values)
})

test('conv1d slides the weight [out, in / groups, k] over the padded row', async () => {
  const x = randomArray([2, 4, 7])
  const weight = randomArray([6, 2, 3], { seed: 5 })
  const bias = randomArray([6], { seed: 6 })
  const layer = conv1d(4, 6, 3, { stride: 2, padding: [2, 1], groups: 2, dilation: 2 })
  const values = new Map([
    ['weight', weight.values],
    ['bias', bias.values],
  ])
  const naive = arrayOf([2, 6, 3], (n, o, i) => {
    let sum = at(bias, o)
    for (let c = 0; c < 2; c++)
      for (let k = 0; k < 3; k++) {
        const place = 2 * i + 2 * k - 2
        if (place >= 0 && place < 7) sum += at(weight, o, c, k) * at(x, n, Math.floor(o / 3) * 2 + c, place)
      }
    return sum
  })
  expectClose((await run(layer, x, { values })).y, naive.values)
})

test('batchNorm in training: each channel by its own mean and deviation', async () => {
  const naive = arrayOf(map.shape, (n, c, i, j) => {
    const values = channel(c)
    return ((at(map, n, c, i, j) - mean(values)) / Math.sqrt(variance(values) + 1e-5)) * at(gains, c) + at(shifts, c)
  })
  expectClose((await run(batchNorm(4), map, { training: true, values: gainAndBias })).y, naive.values)
})

test('batchNorm without gain and bias gives each channel mean 0 and variance 1', async () => {
  const { y, shape } = await run(batchNorm(4, { affine: false }), rows, { training: true })
  for (let channel = 0; channel < 4; channel++) {
    const values = y.filter((_, i) => i % 4 === channel)
    const mean = values.reduce((sum, value) => sum + value, 0) / (shape[0] ?? 1)
    expect(mean).toBeCloseTo(0, 10)
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (shape[0] ?? 1)).toBeCloseTo(1, 3)
  }
})

test('batchNorm moves the running statistics by a tenth toward the mean and the unbiased variance', async () => {
  const { state } = await run(batchNorm(4), map, { training: true })
  const channels = [0, 1, 2, 3].map(channel)
  expectClose(
    state.get('running_mean') ?? [],
    channels.map(values => 0.1 * mean(values)),
  )
  expectClose(
    state.get('running_var') ?? [],
    channels.map(values => 0.9 + (0.1 * variance(values) * 18) / 17),
  )
})

test('batchNorm in evaluation uses the running statistics and leaves them', async () => {
  const values = new Map([...gainAndBias, ['running_mean', [1, 2, 3, 4]], ['running_var', [1, 4, 9, 16]]])
  const naive = arrayOf(
    map.shape,
    (n, c, i, j) => ((at(map, n, c, i, j) - c - 1) / Math.sqrt((c + 1) ** 2 + 1e-5)) * at(gains, c) + at(shifts, c),
  )
  const { y, state } = await run(batchNorm(4), map, { values })
  expectClose(y, naive.values)
  expect(state.get('running_var')).toEqual([1, 4, 9, 16])
})

test('batchNorm of one value a channel is refused', () => {
  const x = input('x', [1, 4, 1, 1])
  expect(() => trace({ training: true }, () => batchNorm(4)(x))).toThrow(
    'batchNorm: one value a channel has no deviation: [1, 4, 1, 1]',
  )
})

test('layerNorm: each row by its own mean and deviation', async () => {
  const rows = randomArray([2, 3, 4], { seed: 3, low: -2, high: 5 })
  const naive = arrayOf(rows.shape, (n, l, c) => {
    const row = [0, 1, 2, 3].map(k => at(rows, n, l, k))
    return ((at(rows, n, l, c) - mean(row)) / Math.sqrt(variance(row) + 1e-6)) * at(gains, c) + at(shifts, c)
  })
  expectClose((await run(layerNorm(4), rows, { values: gainAndBias })).y, naive.values)
  expectClose((await run(layerNorm(4), rows, { values: gainAndBias, precision: 'float32' })).y, naive.values, 5)
})

test.each([1, 2, 4])('groupNorm with %i groups: each picture and group by its own mean and deviation', async groups => {
  const size = 4 / groups
  const naive = arrayOf(map.shape, (n, c, i, j) => {
    const group = map.values.filter(
      (_, k) => Math.floor(k / 24) === n && Math.floor((Math.floor(k / 6) % 4) / size) === Math.floor(c / size),
    )
    return ((at(map, n, c, i, j) - mean(group)) / Math.sqrt(variance(group) + 1e-5)) * at(gains, c) + at(shifts, c)
  })
  expectClose((await run(groupNorm(4, groups), map, { values: gainAndBias })).y, naive.values)
})

test('dropout zeroes its share, scales up the rest, and lets the gradient through where it kept', async () => {
  const x = array([100, 50], new Float64Array(5000).fill(3))
  const shift = linear(50, 50, { weight: constantly(0), biasInitial: constantly(3) })
  const dropped = dropout(0.2)
  const root = sequential(shift, dropped)
  const weights = x.values
  const { y, gradients } = await runModule(root, root, [x], { training: true, gradientsOf: ['0.bias'], weights })
  expect(y.every(v => v === 0 || Math.abs(v - 3 / 0.8) < 1e-12)).toBe(true)
  expect(Math.abs(y.filter(v => v === 0).length / 5000 - 0.2)).toBeLessThan(0.02)
  const columns = [...Array(50).keys()].map(c => y.filter((_, i) => i % 50 === c).reduce((sum, v) => sum + v, 0))
  expectClose(gradients['0.bias'] ?? [], columns)
  expect((await run(dropped, x)).y).toEqual(x.values)
})

test.each([-0.1, 1, 1.5, Number.NaN])('dropout with a probability of %d is refused', probability => {
  expect(() => dropout(probability)).toThrow(`dropout: a probability in [0, 1) expected, got ${probability}`)
})

test('mlp: ReLU between, batch norm after the hidden layers, no bias before it', () => {
  expect([...variablesOf(mlp([8, 6, 4]))].map(([name, t]) => `${name} ${t.shape}`)).toEqual([
    '0.weight 6,8',
    '1.weight 6',
    '1.bias 6',
    '1.running_mean 6',
    '1.running_var 6',
    '3.weight 4,6',
    '3.bias 4',
  ])
  const all = [...variablesOf(mlp([8, 6, 4], { norm: 'all' })).keys()]
  expect(all.slice(5)).toEqual(['3.weight', '4.running_mean', '4.running_var'])
  expect([...variablesOf(mlp([8, 6, 4], { norm: 'none' })).keys()]).toEqual([
    '0.weight',
    '0.bias',
    '2.weight',
    '2.bias',
  ])
})

test('leakyRelu lets a fifth of what is negative through', async () => {
  expect((await run(leakyRelu(), array([4], [-5, -1, 0, 3]))).y).toEqual([-1, -0.2, 0, 3])
})

const picture = randomArray([2, 4, 3, 4], { seed: 8 })
const rows = randomArray([5, 4], { seed: 9 })
const cases: Record<string, [layer: Module, given: typeof picture, training: boolean]> = {
  linear: [linear(4, 3), rows, false],
  conv2d: [conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }), picture, false],
  'batchNorm in training': [batchNorm(4), picture, true],
  'batchNorm in evaluation': [batchNorm(4), picture, false],
  'batchNorm of rows': [batchNorm(4, { affine: false }), rows, true],
  layerNorm: [layerNorm(4), rows, false],
  groupNorm: [groupNorm(4, 2), picture, false],
  mlp: [mlp([4, 5, 3], { norm: 'all' }), rows, true],
  globalAverage: [module({}, globalAverage), picture, false],
  leakyRelu: [leakyRelu(), picture, false],
}

test.each(Object.entries(cases))('%s: gradients as central differences', async (_, [layer, given, training]) => {
  expect(await moduleGradientError(layer, layer, [given], { training })).toBeLessThan(1e-6)
})

test('an error says where in the model it happened', () => {
  const layer1 = sequential(sequential(conv2d(3, 8, 1), conv2d(4, 8, 1)))
  const net = module({ layer1 }, (x: Tensor) => layer1(x))
  expect(() => net(input('x', [1, 3, 8, 8]))).toThrow(
    'conv: channels do not fit 1 group(s): [1, 8, 8, 8] · [8, 4, 1, 1] (at layer1.0.1)',
  )
})
