import { expect, test } from 'vitest'
import { array, gradientError, randomArray } from '../program/testing.js'
import { convInput, convWeight, matmul } from './contraction.js'
import { straightThrough, where } from './elementwise.js'
import { putAlong, scatterAdd } from './indexing.js'
import { concat } from './movement.js'
import type { Primitive } from './primitives.js'
import { normalize } from './reduction.js'
import { constant, type Tensor } from './tensor.js'

interface Case {
  readonly of: (...inputs: Tensor[]) => Tensor
  readonly at: readonly ReturnType<typeof array>[]
}
/** Nothing flows through it: tested in its own file. */
const flat = 'no gradient'

const x = randomArray([2, 3])
const positive = randomArray([2, 3], { low: 0.5, high: 2 })
const wide = randomArray([2, 3, 4], { seed: 3, low: -2, high: 2 })
const pair = [x, randomArray([3], { seed: 2 })]
const indices = (values: number[], shape = [values.length]) => constant(values, shape, 'int')
const one = (of: (x: Tensor) => Tensor, at = x): Case => ({ of, at: [at] })
const picture = randomArray([2, 4, 6, 5], { seed: 4 })
const attributes = {
  stride: [2, 1],
  padding: [
    [1, 0],
    [1, 1],
  ],
  dilation: [1, 2],
  groups: 2,
} as const

/** One row a primitive: the compiler wants all of them. */
const cases: { readonly [P in Primitive]: Case | typeof flat } = {
  input: one(a => a),
  variable: flat,
  constant: flat,
  stopGradient: flat,
  neg: one(a => a.neg()),
  exp: one(a => a.exp()),
  log: one(a => a.log(), positive),
  sqrt: one(a => a.sqrt(), positive),
  sin: one(a => a.sin()),
  cos: one(a => a.cos()),
  tanh: one(a => a.tanh()),
  sigmoid: one(a => a.sigmoid()),
  erf: one(a => a.mul(3).erf()),
  softplus: one(a => a.mul(20).softplus()),
  relu: one(a => a.relu()),
  gelu: one(a => a.mul(3).gelu()),
  abs: one(a => a.abs()),
  sign: flat,
  floor: flat,
  not: flat,
  cast: one(a => a.cast('float').cast('float')),
  add: { of: (a, b) => a.add(b), at: pair },
  sub: { of: (a, b) => b.sub(a), at: pair },
  mul: { of: (a, b) => a.mul(b), at: pair },
  div: { of: (a, b) => a.div(b), at: [x, randomArray([2, 1], { low: 0.5, high: 2 })] },
  pow: { of: (a, b) => a.pow(b), at: [positive, randomArray([3])] },
  maximum: { of: (a, b) => a.maximum(b), at: pair },
  minimum: { of: (a, b) => a.minimum(b), at: pair },
  less: flat,
  equal: flat,
  and: flat,
  or: flat,
  where: { of: (a, b) => where(a.less(b), a.mul(2), b.square()), at: pair },
  sum: one(a => a.sum([0, 2]).square(), wide),
  mean: one(a => a.mean([0, 1]).square(), wide),
  max: one(a => a.max(1).square(), wide),
  logSumExp: one(a => a.logSumExp([1, 2]), wide),
  softmax: one(a => a.softmax(1), wide),
  logSoftmax: one(a => a.logSoftmax(-1), wide),
  normalize: { of: (a, b) => a.normalize(-1, 1e-5).add(b.normalize([0, 2], 1e-3)), at: [wide, wide] },
  inverseDeviation: one(a => normalize('inverseDeviation', a, [0, 2], 1e-3), wide),
  cumsum: one(a => a.cumsum(1).mul(a.cumsum(2, true)), wide),
  argmax: flat,
  topK: one(a => a.takeAlong(a.topK(2)), wide),
  reshape: one(a => a.reshape(4, -1).square(), wide),
  expand: one(a => a.reshape(2, 1, 3).expand(2, 4, 3).cumsum(1)),
  transpose: one(a => a.transpose(2, 0, 1).cumsum(1), wide),
  slice: one(a => a.slice(2, 1, 4, 2).mul(a.slice(1, -2).slice(2, 0, 2).slice(1, 1)), wide),
  pad: one(a => a.pad(1, 2, 1, 0.5).cumsum(1), wide),
  concat: { of: (a, b) => concat([a, b, a], 1).cumsum(1), at: [wide, randomArray([2, 1, 4])] },
  gather: one(a => a.gather(indices([2, 0, 2, 1], [2, 2]), 1).cumsum(1), wide),
  scatterAdd: one(a => scatterAdd(a, indices([2, 0, 2, 0, 1, 2], [2, 3]), 4).square(), wide),
  takeAlong: one(a => a.takeAlong(indices([0, 2, 2, 1], [2, 2]), 1).square()),
  putAlong: one(a => putAlong(a, indices([0, 4, 1, 1, 1, 2], [2, 3]), 1, 5).square()),
  matmul: {
    of: (a, b) =>
      matmul(a, b)
        .add(matmul(a.T, b, true))
        .add(matmul(a, b.T, false, true))
        .add(matmul(a.T, b.T, true, true)),
    at: [wide, randomArray([4, 3], { seed: 5 })],
  },
  conv: { of: (a, w) => a.conv(w, { ...attributes }), at: [picture, randomArray([6, 2, 3, 2])] },
  convInput: {
    of: (y, w) => convInput(y, w, [2, 4, 6, 5], attributes),
    at: [randomArray([2, 6, 3, 5]), randomArray([6, 2, 3, 2])],
  },
  convWeight: {
    of: (a, y) => convWeight(a, y, [6, 2, 3, 2], attributes),
    at: [picture, randomArray([2, 6, 3, 5])],
  },
}

for (const [name, entry] of Object.entries(cases)) {
  if (entry === flat) continue
  test(`${name}: gradient as central differences`, async () => {
    expect(await gradientError(entry.of, entry.at)).toBeLessThan(1e-7)
  })
}

test('a batch of matrices by a batch: gradient as central differences', async () => {
  const at = [randomArray([2, 1, 3, 4]), randomArray([5, 4, 2])]
  expect(await gradientError((a, b) => a.matmul(b), at)).toBeLessThan(1e-7)
})

test('1-d convolution: gradient as central differences', async () => {
  const at = [randomArray([2, 2, 9]), randomArray([3, 2, 4])]
  expect(await gradientError((a, w) => a.conv(w, { stride: 2, padding: [[3, 0]] }), at)).toBeLessThan(1e-7)
})

test('transposed convolution: gradient as central differences', async () => {
  const at = [randomArray([2, 3, 3, 3]), randomArray([3, 2, 4, 4])]
  expect(
    await gradientError((a, w) => a.convTranspose(w, { stride: 2, padding: 1, outputPadding: 1 }), at),
  ).toBeLessThan(1e-7)
})

test('second derivatives flow through the same table', async () => {
  const { derivative } = await import('./derivative.js')
  const curl = (a: Tensor) => derivative(a.tanh().mul(a).softmax(1).mul(a).sum(), [a])[0] ?? a
  expect(await gradientError(curl, [x])).toBeLessThan(1e-6)
})

test('stopGradient lets nothing through, straightThrough everything', async () => {
  const { valueAndGradients } = await import('../program/testing.js')
  const stopped = await valueAndGradients(a => a.stopGradient().mul(a).sum(), [array([2], [3, 5])])
  expect(stopped.gradients[0]).toEqual([3, 5])
  const through = await valueAndGradients(a => straightThrough(a.floor(), a).mul(2).sum(), [array([2], [1.5, 2.5])])
  expect(through.value).toBe(6)
  expect(through.gradients[0]).toEqual([2, 2])
})

test('a tie of maximum is shared', async () => {
  const { valueAndGradients } = await import('../program/testing.js')
  const { gradients } = await valueAndGradients((a, b) => a.maximum(b).sum(), [array([2], [1, 2]), array([2], [1, 0])])
  expect(gradients).toEqual([
    [0.5, 1],
    [0.5, 0],
  ])
})
