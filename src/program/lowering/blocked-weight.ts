import type { TensorOf } from '../../tensor/primitives.js'
import { range, type Shape, sizeAt, sizeOf, sizes } from '../../tensor/shape.js'
import { BLOCKED, canBlock, channelsLast, exchanged, framed, moved, toBlocked } from './blocked.js'
import { placesLast } from './conv-weight.js'
import type { Emitter } from './emitter.js'

type Two = readonly [string, string]

/**
 * Gradients of weights by the convolutions in blocked layout. They sum over channels and places of a kernel, so that what is
 * summed over here, samples and places of the output, has to take those parts: the output becomes the kernel. It is as large
 * as a picture, and what comes out as small as a kernel, which would waste most of what works side by side along a row; so
 * the channels of the input lie beside each other in its rows, and a step to the next pixel is a dilation.
 */

/**
 * Samples as channels: input [1, N, H, W · C], kernel [O, N, h, w] with the strides as dilations, result [1, O, kh, kw · C].
 * Nothing is repeated for the places of the kernel. What samples and rows there are is done in parts, as groups of one
 * convolution, and summed over in the end.
 */
export function weightOverSamples(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): string | undefined {
  const seen = seenBy(e, t)
  const [{ shape: from }, { shape: to }] = t.inputs
  const [n = 1, c = 1] = from
  if (seen === undefined || n % e.block !== 0) return undefined
  const { before, after, height, width } = seen
  const [, o = 1, h = 1, w = 1] = to
  const [, , kh, kw] = sizes(t.shape, 4)
  const [down = 1, across = 1] = t.attributes.stride
  const [blocks, outputs] = [n / e.block, o / e.block]
  const bands = bandsOf(h, w)
  const parts = bands > 1 ? blocks : partsOf(blocks, Math.ceil(outputs / 4) * kh)

  const padded = zerosAround(e, x, from, before, after)
  const rows = (h / bands - 1) * down + kh // of the input that a band of the output sees
  const lines = range(bands).flatMap(band => range(rows).map(row => (band * h * down) / bands + row))
  const samples = samplesLast(e, padded, [n, c, height, width], lines)
  const input = e.one('Reshape', [samples, e.ints([1, bands * n, rows, width * c])])

  // [blocks, outputs, bands, places, block · block] → [parts, bands, outputs, blocks / parts, places, block · block]
  const inside = exchanged(e, toBlocked(e, output), [blocks, e.block, outputs * h * w])
  const order = range(parts).flatMap(part =>
    range(bands).flatMap(band =>
      range(outputs).flatMap(o =>
        range(blocks / parts).map(block => ((part * (blocks / parts) + block) * outputs + o) * bands + band),
      ),
    ),
  )
  const sorted = order.every((place, i) => place === i) ? inside : moved(e, inside, [1, order.length], order)
  const kernel = e.one('Reshape', [sorted, e.ints([parts * bands * o, n / parts, h / bands, w])])

  const attributes = { ...unpadded, dilations: [down, across * c], group: parts * bands }
  return summed(e, e.one('Conv', [input, kernel], attributes, BLOCKED), parts * bands, [o, c, kh, kw])
}

const unpadded = { strides: [1, 1], pads: [0, 0, 0, 0] }

/**
 * Rows of pictures with channels side by side and samples last: [N, C, H, W] → [N / block, rows, W · C, block]. Of a blocked
 * value samples come last first, and then the channels of a pixel side by side: whole squares of numbers are moved, by all threads.
 */
function samplesLast(e: Emitter, x: string, shape: Shape, rows: Shape): string {
  const [n, c, height, width] = sizes(shape, 4)
  const blocked = canBlock(e, shape)
  const pictures = blocked ? toBlocked(e, x) : channelsLast(e, x, shape)
  const flat = e.one('Reshape', [pictures, e.ints([1, n, height, width * c])])
  const last = e.one('ReorderInput', [flat], {}, BLOCKED)
  const all = rows.length === height
  const parts = blocked ? c / e.block : 1
  if (parts === 1) return all ? last : moved(e, last, [n / e.block, height], rows)
  const pixels = rows.flatMap(row =>
    range(width).flatMap(column => range(parts).map(part => (part * height + row) * width + column)),
  )
  return moved(e, last, [n / e.block, parts * height * width], pixels)
}

/** Bands of rows, so that a kernel of so many places stays in the cache of a core. */
const bandsOf = (h: number, w: number): number =>
  range(h + 1).find(bands => bands > 0 && h % bands === 0 && (h * w) / bands <= PLACES) ?? h
const PLACES = 256

/** Parts of so many blocks of samples that `each` times as many pieces of work are enough for all threads. */
const partsOf = (blocks: number, each: number): number =>
  range(blocks).find(parts => parts > 0 && blocks % parts === 0 && parts * each >= PIECES) ?? blocks
const PIECES = 12

/**
 * Pixels of a row as channels, for pictures of few channels: what the columns of the kernel see lies beside each other in the
 * rows of the input, [N groups · block, H, W / block · kw · C]; the output is the kernel as it is, [N groups · O, block, h, w / block].
 */
export function weightOverPixels(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): string | undefined {
  const seen = seenBy(e, t)
  const [{ shape: from }, { shape: to }] = t.inputs
  const [n = 1, c = 1] = from
  const [, o = 1, h = 1, w = 1] = to
  if (seen === undefined || c >= e.block || w % e.block !== 0) return undefined
  const { before, after, height } = seen
  const [, , kh, kw] = sizes(t.shape, 4)
  const [down = 1, across = 1] = t.attributes.stride
  // channel j · C + i is channel i moved by j pixels; what is not seen is cut off by a kernel that reaches further
  const reach = [1 - Math.min(0, after[0]), kw - Math.min(0, after[1])]
  const moved = new Float64Array(kw * c * c * sizeOf(reach))
  for (let j = 0; j < kw; j++) for (let i = 0; i < c; i++) moved[((j * c + i) * c + i) * sizeOf(reach) + j] = 1
  const columns = e.one('Conv', [x, e.values(moved, [kw * c, c, ...reach], e.precision)], {
    strides: [1, across],
    pads: [...before, ...after.map(zeros => Math.max(0, zeros))],
  })
  const pixels = exchanged(e, columns, [n, kw * c, (height * w) / e.block])
  const input = e.one('Reshape', [pixels, e.ints([1, n * e.block, height, (w / e.block) * kw * c])])
  const kernel = e.one('Reshape', [toBlocked(e, output), e.ints([n * o, e.block, h, w / e.block])])
  const attributes = { ...unpadded, dilations: [down, kw * c], group: n }
  return summed(e, e.one('Conv', [input, kernel], attributes, BLOCKED), n, [o, c, kh, kw])
}

/**
 * The zeros around the pictures that the kernel sees in all its places, fewer than none where it does not come to the end,
 * and the size of the pictures with them.
 */
function seenBy(e: Emitter, t: TensorOf<'convWeight'>) {
  const { groups, dilation, stride, padding } = t.attributes
  const [{ shape: from }, { shape: to }] = t.inputs
  if (!canBlock(e, to) || groups !== 1 || dilation.some(d => d !== 1)) return undefined
  const [height = 1, width = 1] = [2, 3].map(i => (sizeAt(to, i) - 1) * (stride[i - 2] ?? 1) + sizeAt(t.shape, i))
  const [top = 0, left = 0] = padding.map(([begin]) => begin)
  const after = [height - top - sizeAt(from, 2), width - left - sizeAt(from, 3)] as const
  return { before: [top, left] as const, after, height, width }
}

function zerosAround(e: Emitter, x: string, shape: Shape, before: Shape, after: Shape): string {
  if (canBlock(e, shape)) return framed(e, x, shape, { before, after })
  return e.one('Pad', [x, e.ints([0, 0, ...before, 0, 0, ...after])])
}

/** The sum over parts: blocked [parts, O, kh, kw · C] → [O, C, kh, kw] */
function summed(e: Emitter, results: string, parts: number, [o = 1, c = 1, kh = 1, kw = 1]: Shape): string {
  const apart = e.one('Reshape', [results, e.ints([parts, o, kh, kw * c])])
  const sum = parts === 1 ? apart : e.one('ReduceSum', [apart, e.ints([0])], { keepdims: 1 })
  const plain = e.one('ReorderOutput', [sum], { channels: o }, BLOCKED)
  return placesLast(e, plain, [o, kh * kw, c], [o, c, kh, kw])
}
