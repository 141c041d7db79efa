import { expect, test } from 'vitest'
import { array, randomArray, relativeError } from '../../engine/testing.js'
import type { Tensor } from '../../tensor/tensor.js'
import { module } from '../module.js'
import { moduleGradientError, runModule } from '../testing.js'
import { normedConv } from './first-conv.js'
import { frameConv } from './frame-conv.js'
import { frameGroupNorm } from './norms.js'

const waves = randomArray([2, 40, 1], { low: -1, high: 3 })
const frames = array([2], [4, 7])
const values = new Map([
  ['conv.weight', randomArray([6, 1, 10], { seed: 2 }).values],
  ['norm.weight', randomArray([6], { seed: 3 }).values],
  ['norm.bias', randomArray([6], { seed: 4 }).values],
])

test('a tone that each tap hears alike all the time is not lost in its own mean', async () => {
  const [length, kernel, stride] = [4000, 10, 5]
  const { conv, norm, run } = normedConv(6, 6, { kernel, stride, ring: true })
  const one = module({ conv, norm }, (x: Tensor) => run(x.reshape(1, length, 1)))
  const noise = randomArray([length], { seed: 7, low: -1e-3, high: 1e-3 }).values
  const tone = noise.map((n, i) => Math.fround(Math.sin((2 * Math.PI * i) / stride + 0.3) + n))
  const given = [{ shape: [1, length], values: tone }]
  const weights = randomArray([length / stride, 6], { seed: 8 }).values
  const of = (precision: 'float32' | 'float64') =>
    runModule(one, x => one(x), given, { values, precision, gradientsOf: ['conv.weight'], weights })
  const [rounded, exact] = await Promise.all([of('float32'), of('float64')])
  expect(relativeError(rounded.y, exact.y)).toBeLessThan(0.01)
  const [found = [], right = []] = [rounded, exact].map(({ gradients }) => gradients['conv.weight'])
  expect(relativeError(found, right)).toBeLessThan(0.02)
})

test.each([1, 2, 6])('with %i groups: as a convolution and a norm of what is there', async groups => {
  const { conv, norm, run } = normedConv(6, groups, { kernel: 10, stride: 5 })
  const one = module({ conv, norm }, (x: Tensor, frames?: Tensor) => run(x, frames?.cast('int')))
  const [apart, behind] = [frameConv(1, 6, 10, { stride: 5, bias: false }), frameGroupNorm(6, groups)]
  const two = module({ conv: apart, norm: behind }, (x: Tensor, frames?: Tensor) =>
    behind(apart(x), frames?.cast('int')),
  )
  const isThere = (i: number) => Math.floor(i / 6) % 7 < (frames.values[Math.floor(i / 42)] ?? 0)
  for (const given of [[waves, frames], [waves]]) {
    const there = async (layer: typeof one) =>
      (await runModule(layer, layer, given, { values })).y.filter((_, i) => given.length === 1 || isThere(i))
    expect(relativeError(await there(one), await there(two))).toBeLessThan(1e-12)
  }
  expect(await moduleGradientError(one, x => one(x as Tensor), [waves])).toBeLessThan(1e-6)
})
