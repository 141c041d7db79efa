import { describe, expect, test } from 'vitest'
import { array, randomArray, relativeError } from '../../engine/testing.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { module, variablesOf } from '../module.js'
import { arrayOf, at, moduleGradientError, runModule } from '../testing.js'
import { normedConv } from './first-conv.js'
import { chain, chained, frameConv, ringChain, type Steps, stepsOf, stepsOfEach } from './frame-conv.js'
import { numbered } from './norms.js'

const cases = [
  { what: 'a kernel of two strides', channels: 3, kernel: 8, stride: 4, padding: [2, 2] },
  { what: 'of one and a half', channels: 3, kernel: 3, stride: 2, padding: [0, 0] },
  { what: 'of one', channels: 4, kernel: 2, stride: 2, padding: [0, 0] },
  { what: 'causal', channels: 2, kernel: 3, stride: 1, padding: [2, 0] },
  { what: 'shorter than its stride', channels: 2, kernel: 2, stride: 3, padding: [0, 1] },
  { what: 'many channels', channels: 40, kernel: 4, stride: 2, padding: [1, 1] },
  { what: 'one channel', channels: 1, kernel: 10, stride: 5, padding: [3, 3] },
] as const

for (const { what, channels, kernel, stride, padding } of cases)
  test(`${what}: as a naive loop, and its gradients as differences`, async () => {
    const x = randomArray([2, 21, channels])
    const weight = randomArray([5, channels, kernel], { seed: 2 })
    const bias = randomArray([5], { seed: 3 })
    const steps = Math.floor((21 + padding[0] + padding[1] - kernel) / stride) + 1
    const naive = arrayOf([2, steps, 5], (n, t, o) => {
      let sum = at(bias, o)
      for (let k = 0; k < kernel; k++) {
        const place = t * stride + k - padding[0]
        for (let c = 0; c < channels; c++) if (place >= 0 && place < 21) sum += at(weight, o, c, k) * at(x, n, place, c)
      }
      return sum
    })
    const layer = frameConv(channels, 5, kernel, { stride, padding })
    const values = new Map([
      ['weight', weight.values],
      ['bias', bias.values],
    ])
    const { y, shape } = await runModule(layer, x => layer(x), [x], { values })
    expect(shape).toEqual(naive.shape)
    expect(relativeError(y, naive.values)).toBeLessThan(1e-13)
    if (channels < 10) expect(await moduleGradientError(layer, x => layer(x), [x])).toBeLessThan(1e-7)
  })

test.each([
  [10, 3, 2],
  [4, 40, 2],
  [3, 40, 2],
  [2, 3, 2],
  [1, 3, 4],
])(
  'a kernel of %i, %i channels, steps of %i, in a ring: the last steps see the first frames',
  async (kernel, channels, stride) => {
    const x = randomArray([2, 12, channels])
    const weight = randomArray([5, channels, kernel], { seed: 2 })
    const naive = arrayOf([2, 12 / stride, 5], (n, t, o) => {
      let sum = 0
      for (let k = 0; k < kernel; k++)
        for (let c = 0; c < channels; c++) sum += at(weight, o, c, k) * at(x, n, (t * stride + k) % 12, c)
      return sum
    })
    const layer = frameConv(channels, 5, kernel, { stride, ring: true, bias: false })
    const { y, shape } = await runModule(layer, x => layer(x), [x], { values: new Map([['weight', weight.values]]) })
    expect(shape).toEqual(naive.shape)
    expect(relativeError(y, naive.values)).toBeLessThan(1e-13)
    if (channels < 10) expect(await moduleGradientError(layer, x => layer(x), [x])).toBeLessThan(1e-7)
  },
)

describe('layers in a ring', () => {
  const steps = [
    { kernel: 10, stride: 5 },
    { kernel: 3, stride: 2 },
    { kernel: 2, stride: 2 },
  ]
  const framesOf = (length: number) => steps.reduce(stepsOf, length)

  /** Frames of two waves with their norm, and the gradients of those that are there. */
  async function run(ring: boolean, length: number, lengths?: readonly number[]) {
    const [first, ...others] = steps as [Steps, ...Steps[]]
    const normed = normedConv(4, 4, { ...first, ring })
    const convs = others.map(({ kernel, stride }) => frameConv(4, 4, kernel, { stride, ring }))
    const layers = [
      (x: Tensor, frames?: Tensor) => normed.run(x, frames).gelu(),
      ...convs.map(conv => (x: Tensor) => conv(x).gelu()),
    ]
    const all = (ring ? ringChain : chain)(layers, steps)
    const parts = { conv: normed.conv, norm: normed.norm, convs: module(numbered(convs), (x: Tensor) => x) }
    const whole = module(parts, (x: Tensor) => all(x, lengths && constant(lengths, [2], 'int')))
    const names = [...variablesOf(whole).keys()]
    const values = new Map(
      [...variablesOf(whole)].map(([name, { shape }], i) => [name, randomArray(shape, { seed: i + 3 }).values]),
    )
    const told = lengths ?? [length, length]
    const count = framesOf(length)
    const isThere = (i: number) => Math.floor(i / 4) % count < framesOf(told[Math.floor(i / 4 / count)] ?? 0)
    const weights = randomArray([2, count, 4], { seed: 99 }).values.map((weight, i) => (isThere(i) ? weight : 0))
    const waves = randomArray([2, length], { seed: 5 })
    const heard = waves.values.map((value, i) => (i % length < (told[Math.floor(i / length)] ?? 0) ? value : 0))
    const given = [{ ...waves, values: heard }]
    const { shape, y, gradients } = await runModule(whole, x => whole(x), given, {
      values,
      weights,
      gradientsOf: names,
    })
    return { shape, y: y.filter((_, i) => isThere(i)), gradients }
  }

  test.each([
    [50, undefined],
    [59, undefined],
    [60, undefined],
    [60, [60, 41]],
    [61, [40, 61]],
    [127, [127, 45]],
  ])(
    'of %i numbers, %j of them there, give what they give one after the other, and the same gradients',
    async (length, lengths) => {
      const [plain, ringed] = await Promise.all([false, true].map(ring => run(ring, length, lengths)))
      expect(ringed?.shape).toEqual(plain?.shape)
      expect(relativeError(ringed?.y ?? [], plain?.y ?? [])).toBeLessThan(1e-12)
      for (const [name, gradient] of Object.entries(plain?.gradients ?? {})) {
        expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(1e-6)
        expect(relativeError(ringed?.gradients[name] ?? [], gradient), name).toBeLessThan(1e-9)
      }
    },
  )

  test('too few numbers for a frame are refused, and so are zeros around and steps beside the ring', async () => {
    await expect(run(true, 24)).rejects.toThrow('frameConv: 24 numbers are too few for a frame')
    for (const options of [{ padding: [1, 0], stride: 2 }, { stride: 5 }] as const) {
      const layer = frameConv(1, 2, 4, { ...options, ring: true })
      await expect(runModule(layer, x => layer(x), [randomArray([1, 8, 1])])).rejects.toThrow('a ring of 8 frames')
    }
  })
})

test('many frames, of which a few more rows are multiplied than are seen, as one by one', async () => {
  const [length, kernel, stride] = [1300, 40, 4]
  const x = randomArray([1, length, 2])
  const weight = randomArray([1, 2, kernel], { seed: 2 })
  const steps = (length - kernel) / stride + 1
  const naive = arrayOf([1, steps, 1], (_, t) => {
    let sum = 0
    for (let k = 0; k < kernel; k++)
      for (let c = 0; c < 2; c++) sum += at(weight, 0, c, k) * at(x, 0, t * stride + k, c)
    return sum
  })
  const layer = frameConv(2, 1, kernel, { stride, bias: false })
  const { y, shape } = await runModule(layer, x => layer(x), [x], { values: new Map([['weight', weight.values]]) })
  expect(shape).toEqual(naive.shape)
  expect(relativeError(y, naive.values)).toBeLessThan(1e-13)
})

test('too few frames for the kernel are refused', async () => {
  const layer = frameConv(1, 2, 4)
  await expect(runModule(layer, x => layer(x), [randomArray([1, 3, 1])])).rejects.toThrow(
    'frameConv: 3 frames are too few for a kernel of 4',
  )
})

test('how many steps there are of so many numbers, one by one and as tensors', async () => {
  const options = { kernel: 10, stride: 5, padding: [3, 1] } as const
  const lengths = [0, 5, 6, 7, 10, 11, 16000, 7_654_321]
  const expected = lengths.map(n => Math.max(0, Math.floor((n + 4 - 10) / 5) + 1))
  expect(lengths.map(n => stepsOf(n, options))).toEqual(expected)
  const layer = frameConv(1, 1, 1)
  const { y } = await runModule(layer, x => stepsOfEach(x.cast('int'), options).cast('float'), [array([8], lengths)])
  expect(y).toEqual(expected)
})

test('a chain of convolutions as one', () => {
  const layers = [
    { kernel: 10, stride: 5, padding: [3, 3] },
    { kernel: 8, stride: 4, padding: [2, 2] },
    ...Array<{ kernel: number; stride: number; padding: [number, number] }>(3).fill({
      kernel: 4,
      stride: 2,
      padding: [1, 1],
    }),
  ] as const
  expect(chained(layers)).toEqual({ hop: 160, receptiveField: 465, before: 153 })
})
