import { convInput, convWeight, matmul } from './contraction.js'
import { where } from './elementwise.js'
import { addRows, putAlong, scatterAdd, takeRows } from './indexing.js'
import { spread } from './movement.js'
import { upsampleNearest, windowSum } from './pooling.js'
import type { Primitive, ProductRole, TensorOf } from './primitives.js'
import { gruGradients } from './recurrent.js'
import { allButChannels, channelMoments, normalize, perChannel } from './reduction.js'
import { range, sizeOf, sizes } from './shape.js'
import { constant, type Tensor } from './tensor.js'

/** From the gradient g of a result y to the gradients of its operands, in their order; none where nothing flows. */
type Gradient<P extends Primitive> = (g: Tensor, y: TensorOf<P>) => readonly (Tensor | undefined)[]

const none = () => []

/**
 * All the calculus there is: one row a primitive, in terms of the same primitives.
 * Operands that were broadcast get gradients of the broadcast shape; the derivative sums them back.
 */
export const gradients: { readonly [P in Primitive]: Gradient<P> } = {
  input: none,
  variable: none,
  constant: none,
  stopGradient: none,
  segment: g => [g],
  after: g => [g],

  neg: g => [g.neg()],
  exp: (g, y) => [g.mul(y)],
  log: (g, { inputs: [x] }) => [g.div(x)],
  sqrt: (g, y) => [g.mul(0.5).div(y)],
  sin: (g, { inputs: [x] }) => [g.mul(x.cos())],
  cos: (g, { inputs: [x] }) => [g.mul(x.sin()).neg()],
  tanh: (g, y) => [g.mul(y.square().neg().add(1))],
  sigmoid: (g, y) => [g.mul(y.mul(y.neg().add(1)))],
  erf: (g, { inputs: [x] }) => [
    g.mul(
      x
        .square()
        .neg()
        .exp()
        .mul(2 / Math.sqrt(Math.PI)),
    ),
  ],
  softplus: (g, { inputs: [x] }) => [g.mul(x.sigmoid())],
  relu: (g, y) => [g.mul(y.step())], // a product: ONNX Runtime selects much slower
  step: none,
  gelu: (g, { inputs: [x] }) => {
    // Φ(x) + x·φ(x) with u = x/√2: as few passes over the memory as there can be
    const u = x.mul(Math.SQRT1_2)
    const slope = u.div(u.square().exp()).mul(1 / Math.sqrt(Math.PI))
    return [g.mul(u.erf().mul(0.5).add(0.5).add(slope))]
  },
  abs: (g, { inputs: [x] }) => [g.mul(x.sign())],
  sign: none,
  floor: none,
  not: none,
  cast: (g, { inputs: [x] }) => [x.dtype === 'float' ? g : undefined],

  add: g => [g, g],
  sub: g => [g, g.neg()],
  mul: (g, { inputs: [a, b] }) => [g.mul(b), g.mul(a)],
  div: (g, y) => [g.div(y.inputs[1]), g.mul(y).div(y.inputs[1]).neg()],
  pow: (g, y) => {
    const [a, b] = y.inputs
    return [g.mul(b).mul(a.pow(b.sub(1))), g.mul(y).mul(a.log())]
  },
  // a tie is shared, as the mean of both one-sided derivatives
  maximum: (g, { inputs: [a, b] }) => [g.mul(share(b.less(a), a.equal(b))), g.mul(share(a.less(b), a.equal(b)))],
  minimum: (g, { inputs: [a, b] }) => [g.mul(share(a.less(b), a.equal(b))), g.mul(share(b.less(a), a.equal(b)))],
  less: none,
  equal: none,
  and: none,
  or: none,
  where: (g, { inputs: [condition] }) => [undefined, where(condition, g, 0), where(condition, 0, g)],

  sum: (g, { inputs: [x] }) => [g.expand(...x.shape)],
  mean: (g, y) => [g.div(sizeOf(y.inputs[0].shape) / sizeOf(y.shape)).expand(...y.inputs[0].shape)],
  max: (g, y) => {
    const largest = y.inputs[0].equal(y).cast('float')
    return [largest.mul(g.div(largest.sum(y.attributes.axes, true)))]
  },
  logSumExp: (g, y) => [g.mul(y.inputs[0].sub(y).exp())],
  softmax: (g, y) => [y.mul(g.sub(g.mul(y).sum(y.attributes.axis, true)))],
  logSoftmax: (g, y) => [g.sub(y.exp().mul(g.sum(y.attributes.axis, true)))],
  normalize: (g, y) => {
    const { axes, epsilon } = y.attributes
    const scale = normalize('inverseDeviation', y.inputs[0], axes, epsilon)
    return [
      g
        .sub(g.mean(axes, true))
        .sub(y.mul(g.mul(y).mean(axes, true)))
        .mul(scale),
    ]
  },
  inverseDeviation: (g, y) => {
    const [x] = y.inputs
    const { axes } = y.attributes
    const count = sizeOf(axes.map(axis => x.size(axis)))
    const [slope, mean] = [g.mul(y.mul(y).mul(y)).div(-count), x.mean(axes, true)]
    const channels = x.size(1)
    if (sizeOf(y.shape) !== channels || y.shape[1] !== channels) return [slope.mul(x.sub(mean))]
    return [x.scaleShift(slope.reshape(channels), slope.mul(mean).neg().reshape(channels))] // one pass
  },
  scaleShift: (g, { inputs: [x, scale] }) => {
    const others = allButChannels(x)
    return [g.mul(perChannel(scale, x)), g.mul(x).sum(others), g.sum(others)]
  },
  batchNormalize: (g, { inputs: [x, scale], attributes: { epsilon } }) => {
    const others = allButChannels(x)
    const count = sizeOf(x.shape) / x.size(1)
    const { mean, inverse } = channelMoments(x, epsilon)
    const sum = g.sum(others)
    const along = g.mul(x).sum(others).sub(mean.mul(sum)).mul(inverse) // Σ g·x̂ with x̂ = (x − mean)·inverse
    // (g − mean of g − x̂ · mean of g·x̂) · factor: the factor last, so that what reads this can have it in its weight
    const slope = along.mul(inverse).div(-count)
    const part = g.add(x.scaleShift(slope, slope.mul(mean).add(sum.div(count)).neg()))
    return [part.mul(perChannel(inverse.mul(scale), x)), along, sum]
  },
  cumsum: (g, { attributes: { axis, reverse } }) => [g.cumsum(axis, !reverse)],
  argmax: none,
  topK: none,

  reshape: (g, { inputs: [x] }) => [g.reshape(...x.shape)],
  expand: g => [g],
  transpose: (g, { attributes: { permutation } }) => [
    g.transpose(...range(permutation.length).map(axis => permutation.indexOf(axis))),
  ],
  slice: (g, { inputs: [x], attributes: { axis, start, step } }) => [spread(g, axis, start, step, x.size(axis))],
  pad: (g, { inputs: [x], attributes: { axis, before } }) => [g.slice(axis, before, before + x.size(axis))],
  concat: (g, { inputs, attributes: { axis } }) => {
    let start = 0
    return inputs.map(x => {
      const end = start + x.size(axis)
      const part = g.slice(axis, start, end)
      start = end
      return part
    })
  },
  upsample: (g, { attributes: { factor } }) => [windowSum(g, factor)],
  windowSum: (g, { attributes: { factor } }) => [upsampleNearest(g, factor)],
  gather: (g, { inputs: [x, indices], attributes: { axis } }) => {
    const back = opposite(indices)
    if (back !== undefined && x.size(axis) === back.size(0)) return [g.gather(back, axis)]
    const [first, rows, last] = [range(axis), range(indices.rank), range(x.rank - axis - 1)]
    const front = g.transpose(...rows.map(i => axis + i), ...first, ...last.map(i => axis + indices.rank + i))
    const summed = scatterAdd(front, indices, x.size(axis))
    return [summed.transpose(...first.map(i => i + 1), 0, ...last.map(i => axis + 1 + i))]
  },
  scatterAdd: (g, { inputs: [, indices] }) => [g.gather(indices)],
  takeRows: (g, { inputs: [x, rows] }) => [addRows(g, rows, x.size(1))],
  addRows: (g, { inputs: [, rows] }) => [takeRows(g, rows)],
  takeAlong: (g, { inputs: [x, indices], attributes: { axis } }) => [putAlong(g, indices, axis, x.size(axis))],
  putAlong: (g, { inputs: [, indices], attributes: { axis } }) => [g.takeAlong(indices, axis)],

  gru: gruGradients,

  matmul: (g, { inputs: [a, b], attributes: { transposeA: ta, transposeB: tb, role } }) => {
    const as = (other: ProductRole) => (role === 'forward' || role === 'gradients' ? other : undefined)
    return [
      ta ? matmul(b, g, tb, true) : matmul(g, b, false, !tb, as('input')),
      tb ? matmul(g, a, true, ta, as('weight')) : matmul(a, g, !ta, false),
    ]
  },
  conv: (g, { inputs: [x, weight], attributes }) => [
    convInput(g, weight, x.shape, attributes),
    convWeight(x, g, weight.shape, attributes),
  ],
  convInput: (g, { inputs: [output, weight], attributes: { int8: _, ...attributes } }) => [
    g.conv(weight, attributes),
    convWeight(g, output, weight.shape, attributes),
  ],
  convWeight: (g, { inputs: [x, output], attributes: { int8: _, ...attributes } }) => [
    convInput(output, g, x.shape, attributes),
    x.conv(g, attributes),
  ],
}

/** Of an order of all places of an axis, known beforehand: the one that undoes it. */
function opposite(indices: Tensor): Tensor | undefined {
  if (indices.op !== 'constant' || indices.rank !== 1) return undefined
  const [count] = sizes(indices.shape, 1)
  const back = new Float64Array(count).fill(-1)
  ;(indices as TensorOf<'constant'>).attributes.values.forEach((from, to) => {
    back[from] = to
  })
  return back.every(to => to >= 0) ? constant(back, [count], 'int') : undefined
}

const share = (ahead: Tensor, tie: Tensor): Tensor => where(tie, constant(0.5), ahead.cast('float'))
