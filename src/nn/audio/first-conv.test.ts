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
