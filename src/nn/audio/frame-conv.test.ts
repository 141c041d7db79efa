import { expect, test } from 'vitest'
import { array, randomArray, relativeError } from '../../engine/testing.js'
import { sizeOf } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { module } from '../module.js'
import { arrayOf, at, moduleGradientError, runModule } from '../testing.js'
import { chain, chained, frameConv, ringChain, stepsOf, stepsOfEach } from './frame-conv.js'
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

test('layers in a ring give what they give one after the other, of waves of any length, and read nothing beyond their end', async () => {
  const steps = [
    { kernel: 10, stride: 5 },
    { kernel: 3, stride: 2 },
    { kernel: 2, stride: 2 },
  ]
  const convs = (ring: boolean) =>
    steps.map(({ kernel, stride }, i) => frameConv(i === 0 ? 1 : 4, 4, kernel, { stride, ring }))
  const values = new Map(
    steps.flatMap(({ kernel }, i) => [
      [`${i}.weight`, randomArray([4, i === 0 ? 1 : 4, kernel], { seed: i }).values] as const,
      [`${i}.bias`, randomArray([4], { seed: 9 + i }).values] as const,
    ]),
  )
  for (const length of [50, 59, 60, 61, 127]) {
    const told: number[] = []
    const outputs = [chain, ringChain].map(make => {
      const layers = convs(make === ringChain)
      const run = make(
        layers.map(layer => (x: Tensor, frames?: Tensor) => {
          if (frames !== undefined) told.push(sizeOf(frames.shape))
          return layer(x)
        }),
        steps,
      )
      const whole = module(numbered(layers), (x: Tensor) => run(x))
      return runModule(whole, x => whole(x), [randomArray([2, length], { seed: 5 })], { values })
    })
    const [plain, ringed] = await Promise.all(outputs)
    expect(ringed?.shape).toEqual(plain?.shape)
    expect(relativeError(ringed?.y ?? [], plain?.y ?? [])).toBeLessThan(1e-13)
    expect(told).toEqual([2, 2, 2]) // one number of frames a wave
  }
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
