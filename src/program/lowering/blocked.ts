import type { Primitive, TensorOf } from '../../tensor/primitives.js'
import { type Shape, sameShape, sizeAt, sizeOf, sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import type { Emitter } from './emitter.js'
import type { Lowering } from './types.js'

/**
 * The layout of ONNX Runtime's own convolutions on CPU: channels in blocks of 16 (AVX-512) or 8 (AVX2) numbers that lie
 * together, [N, C / block, H, W, block], in tensors that go on calling themselves [N, C, H, W]. A blocked value has a plain
 * twin from the start; the node that makes the twin is dropped again when nobody reads it, so that a chain of convolution,
 * norm and activation stays blocked.
 */
export const BLOCKED = 'com.microsoft.nchwc'

/** Whether a tensor can have that layout. */
export function canBlock(e: Emitter, shape: Shape): boolean {
  return e.block > 0 && e.precision === 'float32' && shape.length === 4 && (shape[1] ?? 0) % e.block === 0
}

export function toBlocked(e: Emitter, name: string): string {
  return e.twins.get(name) ?? e.one('ReorderInput', [name], {}, BLOCKED)
}

/** The plain twin of a blocked value. */
export function fromBlocked(e: Emitter, blocked: string, channels: number): string {
  const plain = e.one('ReorderOutput', [blocked], { channels }, BLOCKED)
  e.twins.set(plain, blocked)
  return plain
}

/** [N, C, H, W] → [N, H · W, C], from the blocked twin where there is one */
export function channelsLast(e: Emitter, x: string, [n = 1, c = 1, ...places]: Shape): string {
  const twin = e.twins.get(x)
  const count = sizeOf(places)
  if (twin !== undefined)
    return e.one('Reshape', [
      e.one('ReorderOutput', [twin], { channels: c, channels_last: 1 }, BLOCKED),
      e.ints([n, count, c]),
    ])
  return transposedEach(e, x, [n, c, count])
}

/** Channels last, with zeros under the last row of each sample: [N, C, H, W] → [N, (H + 1) · W, C]; for gathers that see beyond a border. */
export function zerosBelow(e: Emitter, x: string, shape: Shape): string {
  const [n, c, height, ...row] = sizes(shape, 3)
  if (e.twins.has(x)) return channelsLast(e, framed(e, x, shape, { after: [1, 0] }), [n, c, height + 1, ...row])
  const zeros = e.one('Expand', [e.float(0), e.ints([n, sizeOf(row), c])])
  return e.one('Concat', [channelsLast(e, x, shape), zeros], { axis: 1 })
}

/** What lies at some places of the second axis. @param shape the first two axes */
export function moved(e: Emitter, x: string, shape: Shape, places: Shape): string {
  return e.one('Gather', [e.one('Reshape', [x, e.ints([...shape, -1])]), e.ints(places)], { axis: 1 })
}

/** [A, B, P · block] → [A, P, B, block]: as if blocks were made of channels that lie last, on all threads, which `Transpose` is not. */
export function exchanged(e: Emitter, x: string, [a = 1, b = 1, p = 1]: Shape): string {
  const pixels = e.one('Reshape', [x, e.ints([a, b, 1, p * e.block])])
  return e.one('ReorderInput', [pixels], { channels_last: 1 }, BLOCKED)
}

export interface Frame {
  /** Zeros above and left, and below and right; fewer than none of the latter cut off what is there */
  readonly before?: Shape
  readonly after?: Shape
}

/**
 * Zeros around a picture of a blocked value: a convolution of single channels by 1 works on all threads, which neither `Pad`
 * nor `Concat` does.
 */
export function framed(e: Emitter, x: string, [, c = 1]: Shape, { before = [0, 0], after = [0, 0] }: Frame): string {
  if ([...before, ...after].every(zeros => zeros === 0)) return x
  const kernel = after.map(zeros => 1 + Math.max(0, -zeros))
  const first = Float64Array.from({ length: sizeOf(kernel) }, (_, i) => (i === 0 ? 1 : 0))
  const blocks = e.ints([c / e.block, first.length, e.block])
  const taps = e.one('Expand', [e.values(first, [1, first.length, 1], e.precision), blocks])
  const weight = e.one('Reshape', [taps, e.ints([c, 1, ...kernel])])
  const pads = [...before, ...after.map(zeros => Math.max(0, zeros))]
  const attributes = { ...singleChannels(c), kernel_shape: kernel, pads }
  return fromBlocked(e, e.one('Conv', [toBlocked(e, x), weight], attributes, BLOCKED), c)
}

/** [N, H · W, C] → [N, C, H, W] */
export function channelsFirst(e: Emitter, rows: string, shape: Shape): string {
  const [n, c, h, w] = sizes(shape, 4)
  if (canBlock(e, shape)) {
    const last = e.one('Reshape', [rows, e.ints([n, h, w, c])])
    return fromBlocked(e, e.one('ReorderInput', [last], { channels_last: 1 }, BLOCKED), c)
  }
  return e.one('Reshape', [transposedEach(e, rows, [n, h * w, c]), e.ints(shape)])
}

/** So few rows or columns that a product with ones on its diagonal takes less time than moving them. */
const THIN = 16

/**
 * [N, P, C] → [N, C, P]. `Transpose` calls all threads for every sample, which takes them 2 µs and more, and has them write into the same
 * lines of the cache: on two threads it takes up to six times as long as on one. So blocks are made of channels that lie last, and then
 * undone; where there are none, a product moves what is thin: there, what is no number spreads to all channels of its place.
 */
export function transposedEach(e: Emitter, x: string, [n = 1, p = 1, c = 1]: Shape): string {
  const fast = n > 1 && e.precision === 'float32' && e.block > 0
  if (fast && c % e.block === 0) {
    const first = e.one('ReorderOutput', [exchanged(e, x, [n, p, c / e.block])], { channels: c }, BLOCKED)
    return e.one('Reshape', [first, e.ints([n, c, p])])
  }
  const each = e.one('Reshape', [x, e.ints([n, p, c])])
  const side = Math.min(p, c)
  if (!fast || side >= THIN) return e.one('Transpose', [each], { perm: [0, 2, 1] })
  const diagonal = Float64Array.from({ length: side ** 2 }, (_, i) => (i % (side + 1) === 0 ? 1 : 0))
  const ones = e.values(diagonal, [1, side, side], e.precision)
  if (p < c) return e.one('FusedMatMul', [each, ones], { transA: 1, transB: 0 }, 'com.microsoft')
  return e.one('FusedMatMul', [ones, each], { transA: 0, transB: 1 }, 'com.microsoft')
}

/** Element by element on blocked operands, where one of them is blocked already. */
export function stayingBlocked<P extends Primitive>(plain: Lowering<P>): Lowering<P> {
  return (e, names, t) => {
    const operands = names as readonly string[]
    if (!canBlock(e, t.shape) || !operands.some(name => e.twins.has(name))) return plain(e, names, t)
    const channels = sizeAt(t.shape, 1)
    if (t.inputs.every(x => x.rank === 0 || sameShape(x.shape, t.shape))) {
      const blocked = operands.map((name, i) => (t.inputs[i]?.rank === 0 ? name : toBlocked(e, name)))
      return fromBlocked(e, plain(e, blocked as never, t), channels)
    }
    const seen = operands.map((name, i) => view(e, name, t.inputs[i], t.shape))
    if (!seen.every(name => name !== undefined)) return plain(e, names, t)
    return fromBlocked(e, e.one('Reshape', [plain(e, seen as never, t), e.ints(t.shape)]), channels)
  }
}

/** An operand as [N, C / block, H · W, block], or what broadcasts to it. */
function view(e: Emitter, name: string, operand: Tensor | undefined, shape: Shape): string | undefined {
  if (operand === undefined) return undefined
  const [n, c, h, w] = sizes(shape, 4)
  if (operand.shape.every(size => size === 1)) return e.one('Reshape', [name, e.ints([1])])
  if (sameShape(operand.shape, shape))
    return e.one('Reshape', [toBlocked(e, name), e.ints([n, c / e.block, h * w, e.block])])
  const [samples = 1, channels = 1, ...places] = [...Array<number>(4 - operand.rank).fill(1), ...operand.shape]
  if (places.some(size => size !== 1)) return undefined
  return e.one('Reshape', [name, e.ints(channels === 1 ? [samples, 1, 1, 1] : [samples, c / e.block, 1, e.block])])
}

/** a·x + b as a convolution of single channels: one pass over memory. */
export function blockedScaleShift(e: Emitter, names: readonly string[], t: TensorOf<'scaleShift'>): string | undefined {
  const [x = '', scale = '', shift = ''] = names
  const channels = sizeAt(t.shape, 1)
  if (!canBlock(e, t.shape) || !e.twins.has(x)) return undefined
  return fromBlocked(e, channelwise(e, channels, [toBlocked(e, x), scale, shift]), channels)
}

/** A product with one number a channel, as a convolution of single channels: its inner loop is longer than a broadcast's. */
export function blockedScale(e: Emitter, names: readonly [string, string], t: TensorOf<'mul'>): string | undefined {
  const channels = sizeAt(t.shape, 1)
  const at = t.inputs.findIndex((x, i) => e.twins.has(names[i] ?? '') && sameShape(x.shape, t.shape))
  const other = t.inputs[1 - at]
  if (at < 0 || other === undefined || !canBlock(e, t.shape)) return undefined
  const alike = [
    [1, channels, 1, 1],
    [channels, 1, 1],
  ].some(shape => sameShape(other.shape, shape))
  if (!alike) return undefined
  const [x = '', scale = ''] = [names[at], names[1 - at]]
  return fromBlocked(e, channelwise(e, channels, [toBlocked(e, x), scale]), channels)
}

/** Every channel by a number, and perhaps plus one. */
export function channelwise(e: Emitter, channels: number, inputs: readonly string[]): string {
  const [x = '', scale = '', ...shift] = inputs
  const weight = e.one('Reshape', [scale, e.ints([channels, 1, 1, 1])])
  return e.one('Conv', [x, weight, ...shift], singleChannels(channels), BLOCKED)
}

/** relu(a·x + b), or relu(a·x + b + z), in the same pass */
export function blockedRelu(e: Emitter, [x]: readonly [string], t: TensorOf<'relu'>): string | undefined {
  const channels = sizeAt(t.shape, 1)
  const convolution = e.madeBy(e.twins.get(x) ?? '')
  if (convolution?.operator !== 'Conv' || convolution.attributes.group !== channels) return undefined
  const attributes = { ...convolution.attributes, activation: 'Relu' }
  return fromBlocked(e, e.one('Conv', convolution.inputs, attributes, BLOCKED), channels)
}

/** (a·x + b) + z in one pass; shapes are given so that it can be written over z, see `hidden-shapes.ts` */
export function blockedAdd(e: Emitter, names: readonly [string, string], t: TensorOf<'add'>): string | undefined {
  if (!canBlock(e, t.shape) || !t.inputs.every(x => sameShape(x.shape, t.shape))) return undefined
  const at = t.inputs.findIndex(x => x.op === 'scaleShift')
  const convolution = e.madeBy(e.twins.get(names[at] ?? '') ?? '')
  if (convolution?.operator !== 'Conv' || convolution.inputs.length !== 3) return undefined
  const [source = '', ...factors] = convolution.inputs
  const [known, other] = [source, toBlocked(e, names[1 - at] ?? '')].map(name =>
    e.one('Reshape', [name, e.ints(t.shape)]),
  )
  const inputs = [known ?? '', ...factors, other ?? '']
  return fromBlocked(e, e.one('Conv', inputs, convolution.attributes, BLOCKED), sizeAt(t.shape, 1))
}

/** Pixels repeated, by the device's own operator. */
export function blockedUpsample(e: Emitter, x: string, t: TensorOf<'upsample'>): string | undefined {
  const twin = e.twins.get(x)
  const { factor } = t.attributes
  return (
    twin && fromBlocked(e, e.one('Upsample', [twin], { scales: [1, 1, factor, factor] }, BLOCKED), sizeAt(t.shape, 1))
  )
}

export const singleChannels = (channels: number) => ({
  group: channels,
  kernel_shape: [1, 1],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
})
