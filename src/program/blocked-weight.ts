import type { TensorOf } from '../tensor/primitives.js'
import { type Shape, sizeOf } from '../tensor/shape.js'
import { BLOCKED, canBlock, channelsLast, framed, toBlocked } from './blocked.js'
import type { Emitter } from './emitter.js'
import { onnxAttributes } from './lowering-conv.js'
import { placesLast } from './lowering-weight.js'

type Two = readonly [string, string]

/**
 * Gradients of weights by the convolutions in blocked layout. They sum over channels and places of a kernel, so that what is
 * summed over here, samples and places of the output, has to take those parts: the output becomes the kernel. It is as large
 * as a picture, and what comes out as small as a kernel, which would waste most of what works side by side along a row; so
 * the channels of the input lie beside each other in its rows, and a step to the next pixel is a dilation.
 */

/**
 * Samples as channels: input [1, N, H, W · C], kernel [O, N, h, w] with the strides as dilations, result [1, O, kh, kw · C].
 * Nothing is repeated for the places of the kernel.
 */
export function weightOverSamples(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): string | undefined {
  const seen = seenBy(e, t)
  const [{ shape: from }, { shape: to }] = t.inputs
  const [n = 1, c = 1] = from
  if (seen === undefined || n % e.block !== 0) return undefined
  const { top, left, bottom, right } = seen
  const [, o = 1, h = 1, w = 1] = to
  const [, , kh = 1, kw = 1] = t.shape
  const [down = 1, across = 1] = t.attributes.stride
  const height = (from[2] ?? 1) + Math.min(0, bottom)
  const width = (from[3] ?? 1) + left + right
  const frame = { before: [0, left], after: [Math.min(0, bottom), right] }
  const last = channelsLast(e, zerosAround(e, x, from, frame), [n, c, height, width])
  const samples = e.one('ReorderInput', [e.one('Reshape', [last, e.ints([1, n, height, width * c])])], {}, BLOCKED)

  // one convolution for each thread that there may be: parts are a group of samples each, summed over in the end
  const parts = partsOf(n / e.block, Math.ceil(o / e.block / 4) * kh)
  const apart = [parts, n / e.block / parts, e.block, o / e.block, h * w, e.block]
  const kernel = e.one('Transpose', [e.one('Reshape', [toBlocked(e, output), e.ints(apart)])], {
    perm: [0, 3, 1, 4, 2, 5],
  })
  const attributes = onnxAttributes({
    stride: [1, 1],
    dilation: [down, across * c],
    padding: [
      [top, Math.max(0, bottom)],
      [0, 0],
    ],
    groups: parts,
  })
  const inputs = [samples, e.one('Reshape', [kernel, e.ints([parts * o, n / parts, h, w])])]
  return summed(e, e.one('Conv', inputs, attributes, BLOCKED), parts, [o, c, kh, kw])
}

/**
 * Pixels of a row as channels, for pictures of few channels: what the columns of the kernel see lies beside each other in the
 * rows of the input, [N groups · block, H, W / block · kw · C]; the output is the kernel as it is, [N groups · O, block, h, w / block].
 */
export function weightOverPixels(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): string | undefined {
  const seen = seenBy(e, t)
  const [{ shape: from }, { shape: to }] = t.inputs
  const [n = 1, c = 1, rows = 1] = from
  const [, o = 1, h = 1, w = 1] = to
  if (seen === undefined || c >= e.block || w % e.block !== 0) return undefined
  const { top, left, bottom, right } = seen
  const [, , kh = 1, kw = 1] = t.shape
  const [down = 1, across = 1] = t.attributes.stride
  const height = rows + Math.min(0, bottom)
  // channel j · C + i is channel i moved by j pixels; cut off below and right by a kernel that reaches further
  const reach = [1 - Math.min(0, bottom), kw - Math.min(0, right)]
  const moved = new Float64Array(kw * c * c * sizeOf(reach))
  for (let j = 0; j < kw; j++) for (let i = 0; i < c; i++) moved[((j * c + i) * c + i) * sizeOf(reach) + j] = 1
  const columns = e.one('Conv', [x, e.values(moved, [kw * c, c, ...reach], e.precision)], {
    strides: [1, across],
    pads: [0, left, 0, Math.max(0, right)],
  })
  const apart = e.one('Reshape', [columns, e.ints([n, kw * c, height, w / e.block, e.block])])
  const pixels = e.one('Transpose', [apart], { perm: [0, 2, 3, 1, 4] })
  const input = e.one('Reshape', [pixels, e.ints([1, n * e.block, height, (w / e.block) * kw * c])])
  const kernel = e.one('Reshape', [toBlocked(e, output), e.ints([n * o, e.block, h, w / e.block])])
  const attributes = onnxAttributes({
    stride: [1, 1],
    dilation: [down, kw * c],
    padding: [
      [top, Math.max(0, bottom)],
      [0, 0],
    ],
    groups: n,
  })
  return summed(e, e.one('Conv', [input, kernel], attributes, BLOCKED), n, [o, c, kh, kw])
}

/** Zeros around the pictures that the kernel sees in all its places; fewer than none where it does not come to the end. */
function seenBy(e: Emitter, t: TensorOf<'convWeight'>) {
  const { groups, dilation, stride, padding } = t.attributes
  const [{ shape: from }, { shape: to }] = t.inputs
  if (!canBlock(e, to) || groups !== 1 || dilation.some(d => d !== 1)) return undefined
  const [top = 0, left = 0] = padding.map(([begin]) => begin)
  const [bottom = 0, right = 0] = [2, 3].map((axis, i) => {
    const reach = ((to[axis] ?? 1) - 1) * (stride[i] ?? 1) + (t.shape[axis] ?? 1)
    return reach - (from[axis] ?? 1) - (padding[i]?.[0] ?? 0)
  })
  return { top, left, bottom, right }
}

/** Parts of so many blocks of samples that `each` times as many pieces of work are enough for all threads. */
const partsOf = (blocks: number, each: number): number => {
  for (let parts = 1; parts < blocks; parts++) if (blocks % parts === 0 && parts * each >= PIECES) return parts
  return blocks
}
const PIECES = 12

function zerosAround(e: Emitter, x: string, shape: Shape, frame: { before: Shape; after: Shape }): string {
  if (canBlock(e, shape)) return framed(e, x, shape, frame)
  return e.one('Pad', [x, e.ints([0, 0, ...frame.before, 0, 0, ...frame.after])])
}

/** The sum over parts: blocked [parts, O, kh, kw · C] → [O, C, kh, kw] */
function summed(e: Emitter, results: string, parts: number, [o = 1, c = 1, kh = 1, kw = 1]: Shape): string {
  const apart = e.one('Reshape', [results, e.ints([parts, o, kh, kw * c])])
  const sum = parts === 1 ? apart : e.one('ReduceSum', [apart, e.ints([0])], { keepdims: 1 })
  const plain = e.one('ReorderOutput', [sum], { channels: o }, BLOCKED)
  return placesLast(e, plain, [o, kh * kw, c], [o, c, kh, kw])
}
