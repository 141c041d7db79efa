import type { TensorOf } from '../../tensor/primitives.js'
import { range, type Shape, sizeOf, sizes } from '../../tensor/shape.js'
import { canBlock, channelsFirst, fromBlocked, moved, toBlocked } from './blocked.js'
import { interleaved } from './blocked-conv.js'
import { indexIn, places, placesSeen } from './conv.js'
import type { Emitter } from './emitter.js'
import { checked, product, type Quantised, transposed, unitRows, unsigned } from './int8.js'
import { LONGEST_SUM } from './int8-cost.js'
import { rowsOfPart } from './product-in-parts.js'

type Names = readonly [string, string]
type Three = readonly [number, number, number]

/**
 * A convolution as one product of integers of 8 bits: bytes are gathered a pixel at a time, all channels, in a quarter of the time
 * that floats take, so that the columns that a kernel sees may be written down.
 */
export function int8Conv(e: Emitter, [x, weight]: Names, t: TensorOf<'conv'>): string | undefined {
  const [{ shape: from }, { shape: kernel }] = t.inputs
  if (!serves(e, t, sizeOf(kernel.slice(1)))) return undefined
  const [n, , ...to] = sizes(t.shape, 2)
  const [o, c, ...taps] = sizes(kernel, 2)
  const count = sizeOf(taps)
  const all = pixels(e, unsigned(e, toBlocked(e, x)), from)
  const seen = columns(e, all, placesSeen(to, from.slice(2), taps, t.attributes))
  // [O, C · taps] → [C · taps, O] → [taps · C, O]: rows are gathered, since two transposes might be made one, of single bytes
  const rows = transposed(e, reshaped(e, checked(e, weight), [o, c * count]))
  const order = range(count * c).map(row => (row % c) * count + Math.floor(row / c))
  const kernelRows = { ...rows, values: e.one('Gather', [rows.values, e.ints(order)]) }
  return channelsFirst(e, rowProduct(e, seen, kernelRows, [n * sizeOf(to), count * c, o]), t.shape)
}

/**
 * The gradient in the input, in units of the size of each sample's: places that lie alike between the steps of the stride see the
 * same taps, and are one product. All samples share a scale then, so that it is for gradients that are dense, as those behind a
 * norm are: one sample with a gradient in a single pixel would leave a tenth of an error in all others.
 */
export function int8Input(e: Emitter, [output, weight]: Names, t: TensorOf<'convInput'>): string | undefined {
  const { stride, dilation, padding } = t.attributes
  const [{ shape: from }, { shape: kernel }] = t.inputs
  const [n, c, height, width] = sizes(t.shape, 4)
  const [o, , ...taps] = sizes(kernel, 2)
  const [down = 1, across = 1] = stride
  if (!serves(e, t, o * sizeOf(taps)) || height % down !== 0 || width % across !== 0) return undefined
  const each = places(taps)
  const phases = places(stride).map(phaseOf)
  if (phases.some(({ used }) => used.length === 0)) return undefined

  const samples = e.one('Reshape', [toBlocked(e, output), e.ints([n, -1])])
  const { rows, inverse } = unitRows(e, samples, sizeOf(from.slice(1)))
  const all = pixels(e, unsigned(e, rows), from)
  // [O · C, taps] → [taps, O, C]
  const last = transposed(e, reshaped(e, checked(e, weight), [o * c, each.length]))
  const parts = phases.map(({ used, seen }) => {
    const some = used.length === each.length ? last.values : e.one('Gather', [last.values, e.ints(used)])
    const sides = [(n * height * width) / phases.length, used.length * o, c] as const
    return rowProduct(e, columns(e, all, seen), { ...last, values: some }, sides)
  })
  const whole = channelsFirst(e, interleaved(e, parts, [n * height, width, c], [down, across]), t.shape)
  const scaled = e.one('Div', [e.one('Reshape', [toBlocked(e, whole), e.ints([n, -1])]), inverse])
  return fromBlocked(e, e.one('Reshape', [scaled, e.ints(t.shape)]), c)

  /** The taps that places see which lie alike, and the places of the output that each sees by them. */
  function phaseOf(phase: Shape) {
    const at = (place: Shape, tap: Shape): Shape =>
      place.map((p, i) => (p + (padding[i]?.[0] ?? 0) - (tap[i] ?? 0) * (dilation[i] ?? 1)) / (stride[i] ?? 1))
    const used = range(each.length).filter(i => at(phase, each[i] ?? []).every(Number.isInteger))
    const mine = places([height / down, width / across]).map(place =>
      place.map((p, i) => p * (stride[i] ?? 1) + (phase[i] ?? 0)),
    )
    const seen = mine.flatMap(place => used.map(i => indexIn(from.slice(2), at(place, each[i] ?? []))))
    return { used, seen }
  }
}

/** Whether a device can do so, and a layer lets it. */
function serves(e: Emitter, t: TensorOf<'conv' | 'convInput'>, sum: number): boolean {
  const { groups, int8 = false } = t.attributes
  const canBe = e.products === 'int8' && int8 && groups === 1 && sum <= LONGEST_SUM
  return canBe && canBlock(e, t.shape) && canBlock(e, t.inputs[0].shape)
}

/** Of blocked layout, channels last, with a pixel of zeros behind each sample: [N, H · W + 1, C] */
function pixels(e: Emitter, { values, zero, ...rest }: Quantised, shape: Shape): Quantised {
  const [n, c, ...spatial] = sizes(shape, 2)
  const [count, blocks] = [sizeOf(spatial), c / e.block]
  const pieces = e.one('Reshape', [values, e.ints([n, blocks * count, e.block])])
  const nothing = e.one('Expand', [zero, e.ints([n, 1, e.block])])
  const order = range(count).flatMap(place => range(blocks).map(block => block * count + place))
  const behind = range(blocks).map(() => blocks * count)
  const all = e.one('Concat', [pieces, nothing], { axis: 1 })
  const sorted = moved(e, all, [n, blocks * count + 1], [...order, ...behind])
  return { ...rest, zero, values: e.one('Reshape', [sorted, e.ints([n, count + 1, c])]) }
}

const columns = (e: Emitter, { values, ...rest }: Quantised, seen: Shape): Quantised => ({
  ...rest,
  values: e.one('Gather', [values, e.ints(seen)], { axis: 1 }),
})

const reshaped = (e: Emitter, { values, ...rest }: Quantised, shape: Shape): Quantised => ({
  ...rest,
  values: e.one('Reshape', [values, e.ints(shape)]),
})

/** Many rows in parts, as those in float32 are. @param right [sum, columns] */
function rowProduct(e: Emitter, left: Quantised, right: Quantised, [count, sum, width]: Three): string {
  const rows = rowsOfPart(count) ?? count
  return product(e, reshaped(e, left, [count / rows, rows, sum]), reshaped(e, right, [1, 1, sum, width]))
}
