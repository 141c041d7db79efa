import { pullBack } from '../../tensor/derivative.js'
import { where } from '../../tensor/elementwise.js'
import { concat } from '../../tensor/movement.js'
import type { Primitive, TensorOf } from '../../tensor/primitives.js'
import { gruByFrame } from '../../tensor/recurrent.js'
import { sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { places } from './conv.js'

/**
 * Primitives written out in simpler ones, for float64, where ONNX Runtime lacks the operator.
 * They are also the reference that the float32 operators are tested against.
 */
export const expansions: { readonly [P in Primitive]?: (t: TensorOf<P>) => Tensor } = {
  erf: ({ inputs: [x] }) => erfSeries(x),
  gelu: ({ inputs: [x] }) => x.mul(erfSeries(x.mul(Math.SQRT1_2)).mul(0.5).add(0.5)),
  softplus: ({ inputs: [x] }) => x.maximum(0).add(x.abs().neg().exp().add(1).log()),
  gru: gruByFrame,
  conv: t => convByPlaces(t.inputs[0], t.inputs[1], t),
  convInput: t => {
    const x = constant(0).expand(...t.shape)
    return pullBack([[convByPlaces(x, t.inputs[1], { ...t, shape: t.inputs[0].shape }), t.inputs[0]]], [x])[0] ?? x
  },
  convWeight: t => {
    const weight = constant(0).expand(...t.shape)
    return (
      pullBack([[convByPlaces(t.inputs[0], weight, { ...t, shape: t.inputs[1].shape }), t.inputs[1]]], [weight])[0] ??
      weight
    )
  },
}

/** erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms never cancel; beyond ±6 it is ±1 in float64. */
function erfSeries(x: Tensor): Tensor {
  const near = x.clip(-6, 6)
  const square = near.square()
  let sum: Tensor = constant(1)
  for (let n = 120; n >= 1; n--)
    sum = square
      .mul(2 / (2 * n + 1))
      .mul(sum)
      .add(1)
  const series = near
    .mul(square.neg().exp())
    .mul(sum)
    .mul(2 / Math.sqrt(Math.PI))
  return where(x.abs().less(6), series, x.sign())
}

/** A convolution as one matrix product for each place of the kernel. */
function convByPlaces(x: Tensor, weight: Tensor, t: Pick<TensorOf<'conv'>, 'shape' | 'attributes'>): Tensor {
  const { stride, padding, dilation, groups } = t.attributes
  const [n, o, ...spatial] = sizes(t.shape, 2)
  const perGroup = weight.size(1)
  const padded = padding.reduce((p, [begin, end], i) => p.pad(i + 2, begin, end), x)
  const products = places(weight.shape.slice(2)).map(place => {
    const pick = (source: Tensor, axis: number, start: number, length: number, step: number) =>
      source.slice(axis, start, start + (length - 1) * step + 1, step)
    const seen = place.reduce(
      (p, at, i) => pick(p, i + 2, at * (dilation[i] ?? 1), spatial[i] ?? 1, stride[i] ?? 1),
      padded,
    )
    const kernel = place.reduce((w, at, i) => w.slice(i + 2, at, at + 1), weight)
    return kernel.reshape(groups, o / groups, perGroup).matmul(seen.reshape(n, groups, perGroup, -1))
  })
  const [first, ...rest] = products
  return (first === undefined ? concat(products) : rest.reduce((sum, p) => sum.add(p), first)).reshape(...t.shape)
}
