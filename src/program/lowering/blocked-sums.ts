import type { TensorOf } from '../../tensor/primitives.js'
import { type Shape, sameShape, sizeAt } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { BLOCKED, channelwise, fromBlocked, singleChannels } from './blocked.js'
import type { Emitter } from './emitter.js'

/** The sum over places, and perhaps samples: pooled sample by sample, which is quick in this layout. */
export function blockedTotal(
  e: Emitter,
  x: string,
  { inputs: [source], attributes: { axes } }: TensorOf<'sum' | 'mean'>,
  kind: 'sum' | 'mean',
): string | undefined {
  const twin = e.twins.get(x)
  const samples = axes.join() === '0,2,3'
  if (twin === undefined || !(samples || axes.join() === '2,3')) return undefined
  const places = sizeAt(source.shape, 2) * sizeAt(source.shape, 3)
  const factors = factorsOf(e, twin, source)
  const found = factors ? dotOverPlaces(e, factors, source.shape) : e.one('GlobalAveragePool', [twin], {}, BLOCKED) // [N, C, 1, 1]
  const reduced = samples
    ? e.one(kind === 'mean' ? 'ReduceMean' : 'ReduceSum', [found, e.ints([0])], { keepdims: 1 })
    : found
  if ((kind === 'sum') === (factors !== undefined)) return reduced
  return times(e, reduced, kind === 'sum' ? places : 1 / places)
}

/** Of as many axes as what it is multiplied with, which is faster. @param x [N, C, 1, 1] */
const times = (e: Emitter, x: string, factor: number): string =>
  e.one('Mul', [x, e.values(Float64Array.of(factor), [1, 1, 1, 1], e.precision)])

/**
 * What is multiplied number by number, in blocked layout, where `twin` is a product that nothing else needs: by a mask it is the
 * gradient of an activation, which is read anyway.
 */
function factorsOf(e: Emitter, twin: string, source: Tensor): readonly string[] | undefined {
  const node = e.madeBy(twin)
  const alike = source.op === 'mul' && source.inputs.every(x => x.op !== 'step' && sameShape(x.shape, source.shape))
  return alike && node?.operator === 'Mul' ? node.inputs : undefined
}

/**
 * Σ a·b over places without writing the products down: each channel of each sample is convolved by a kernel as large as the
 * picture. [N, C, H, W] → [N, C, 1, 1]
 */
function dotOverPlaces(e: Emitter, [a = '', b = '']: readonly string[], [n = 1, c = 1, h = 1, w = 1]: Shape): string {
  const attributes = { ...singleChannels(n * c), kernel_shape: [h, w] }
  const [input, kernel] = [
    e.one('Reshape', [a, e.ints([1, n * c, h, w])]),
    e.one('Reshape', [b, e.ints([n * c, 1, h, w])]),
  ]
  return e.one('Reshape', [e.one('Conv', [input, kernel], attributes, BLOCKED), e.ints([n, c, 1, 1])])
}

/** Sums of windows side by side, as a convolution of single channels. */
export function blockedWindowSum(e: Emitter, x: string, t: TensorOf<'windowSum'>): string | undefined {
  const twin = e.twins.get(x)
  if (twin === undefined) return undefined
  const { factor } = t.attributes
  const channels = sizeAt(t.shape, 1)
  const ones = e.one('Expand', [e.float(1), e.ints([channels, 1, factor, factor])])
  const attributes = { ...singleChannels(channels), kernel_shape: [factor, factor], strides: [factor, factor] }
  return fromBlocked(e, e.one('Conv', [twin, ones], attributes, BLOCKED), channels)
}

/** Mean and inverse deviation over samples and places. */
export function blockedInverseDeviation(e: Emitter, x: string, t: TensorOf<'inverseDeviation'>): string | undefined {
  const twin = e.twins.get(x)
  const [source] = t.inputs
  if (twin === undefined || t.attributes.axes.join() !== '0,2,3') return undefined
  const c = sizeAt(source.shape, 1)
  const mean = e.one('ReduceMean', [e.one('GlobalAveragePool', [twin], {}, BLOCKED), e.ints([0])], { keepdims: 1 })
  const ones = e.one('Expand', [e.float(1), e.ints([c])])
  const centred = channelwise(e, c, [twin, ones, e.one('Neg', [e.one('Reshape', [mean, e.ints([c])])])])
  const squares = dotOverPlaces(e, [centred, centred], source.shape)
  const places = sizeAt(source.shape, 2) * sizeAt(source.shape, 3)
  const variance = times(e, e.one('ReduceMean', [squares, e.ints([0])], { keepdims: 1 }), 1 / places)
  return e.one('Reciprocal', [e.one('Sqrt', [e.one('Add', [variance, e.float(t.attributes.epsilon)])])])
}
