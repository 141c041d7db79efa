import type { TensorOf } from './primitives.js'
import { ShapeError, wantFloat, wantNumbers } from './scope.js'
import { axisOf, range, type Shape, sameShape, showShape, sizeOf } from './shape.js'
import { make, type Tensor } from './tensor.js'

export function reduce(
  op: 'sum' | 'mean' | 'max' | 'logSumExp',
  x: Tensor,
  axes?: number | Shape,
  keep = false,
): Tensor {
  if (op === 'sum' || op === 'max') wantNumbers(op, x)
  else wantFloat(op, x)
  const over = axesOf(op, x, axes)
  if (over.length === 0) return x
  const kept = x.shape.map((size, axis) => (over.includes(axis) ? 1 : size))
  const reduced = make(op, [x], { axes: over }, kept, x.dtype)
  return keep ? reduced : reduced.reshape(...x.shape.filter((_, axis) => !over.includes(axis)))
}

export function variance(x: Tensor, axes?: number | Shape, keep = false, correction = 0): Tensor {
  const centred = x.sub(x.mean(axes, true))
  return centred
    .square()
    .sum(axes, keep)
    .div(countOver('variance', x, axes) - correction)
}

export function softmax(op: 'softmax' | 'logSoftmax', x: Tensor, axis: number): Tensor {
  wantFloat(op, x)
  return make(op, [x], { axis: checkedAxis(op, x, axis) }, x.shape, x.dtype)
}

export function normalize(
  op: 'normalize' | 'inverseDeviation',
  x: Tensor,
  axes: number | Shape,
  epsilon: number,
): Tensor {
  wantFloat(op, x)
  const over = axesOf(op, x, axes)
  const shape = op === 'normalize' ? x.shape : x.shape.map((size, axis) => (over.includes(axis) ? 1 : size))
  return make(op, [x], { axes: over, epsilon }, shape, x.dtype)
}

export function scaleShift(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  wantChannels('scaleShift', x, scale, shift)
  return make('scaleShift', [x, scale, shift], {}, x.shape, x.dtype)
}

/** scale·(x − mean) / √(variance + ε) + shift over all axes but that of the channels, biased variance: scale [C], shift [C] */
export function batchNormalize(x: Tensor, scale: Tensor, shift: Tensor, epsilon: number): Tensor {
  wantChannels('batchNormalize', x, scale, shift)
  return make('batchNormalize', [x, scale, shift], { epsilon }, x.shape, x.dtype)
}

/** What it is written out in: one factor and one summand a channel, and nothing but x kept for the gradient. */
export function batchNormalized({
  inputs: [x, scale, shift],
  attributes: { epsilon },
}: TensorOf<'batchNormalize'>): Tensor {
  const { mean, inverse } = channelMoments(x, epsilon)
  const factor = inverse.mul(scale)
  return x.scaleShift(factor, shift.sub(mean.mul(factor)))
}

/** The mean and the inverse deviation of each channel of [N, C, ...], [C] each. */
export function channelMoments(x: Tensor, epsilon: number): { readonly mean: Tensor; readonly inverse: Tensor } {
  const axes = allButChannels(x)
  return { mean: x.mean(axes), inverse: normalize('inverseDeviation', x, axes, epsilon).reshape(-1) }
}

export const allButChannels = (x: Tensor): number[] => range(x.rank).filter(axis => axis !== 1)

function wantChannels(op: string, x: Tensor, scale: Tensor, shift: Tensor): void {
  wantFloat(op, x, scale, shift)
  const channels = [x.shape[1] ?? 0]
  if (x.rank < 2 || !sameShape(scale.shape, channels) || !sameShape(shift.shape, channels))
    throw new ShapeError(
      op,
      `[N, C, ...] and two [C] expected, got ${[x, scale, shift].map(t => showShape(t.shape)).join(' · ')}`,
    )
}

/** [C] → [C, 1, …], to stand beside [N, C, …] */
export const perChannel = (values: Tensor, x: Tensor): Tensor =>
  values.reshape(-1, ...Array<number>(x.rank - 2).fill(1))

export function cumsum(x: Tensor, axis: number, reverse: boolean): Tensor {
  wantNumbers('cumsum', x)
  return make('cumsum', [x], { axis: checkedAxis('cumsum', x, axis), reverse }, x.shape, x.dtype)
}

export function argmax(x: Tensor, axis: number): Tensor {
  const along = checkedAxis('argmax', x, axis)
  const kept = x.shape.map((size, i) => (i === along ? 1 : size))
  return make('argmax', [x], { axis: along }, kept, 'int').reshape(...x.shape.filter((_, i) => i !== along))
}

export function topK(x: Tensor, k: number): Tensor {
  const n = x.shape[checkedAxis('topK', x, -1)] ?? 0
  if (k < 1 || k > n) throw new ShapeError('topK', `k is ${k}, but there are ${n} to choose from`)
  return make('topK', [x], { k }, [...x.shape.slice(0, -1), k], 'int')
}

function countOver(op: string, x: Tensor, axes?: number | Shape): number {
  return sizeOf(axesOf(op, x, axes).map(axis => x.size(axis)))
}

function axesOf(op: string, x: Tensor, axes: number | Shape = range(x.rank)): number[] {
  const over = [axes].flat().map(axis => checkedAxis(op, x, axis))
  const twice = over.find((axis, i) => over.indexOf(axis) !== i)
  if (twice !== undefined) throw new ShapeError(op, `axis ${twice} twice among the axes of ${showShape(x.shape)}`)
  return over.sort((a, b) => a - b)
}

export function checkedAxis(op: string, x: Tensor, axis: number): number {
  const positive = axisOf(axis, x.rank)
  if (positive < 0 || positive >= x.rank) throw new ShapeError(op, `no axis ${axis} in ${showShape(x.shape)}`)
  return positive
}
