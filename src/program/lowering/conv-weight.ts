import type { TensorOf } from '../../tensor/primitives.js'
import { range, type Shape, sizeOf, sizes } from '../../tensor/shape.js'
import { channelsLast, transposedEach, zerosBelow } from './blocked.js'
import { onnxAttributes, places, placesSeen } from './conv.js'
import type { Emitter } from './emitter.js'

type Two = readonly [string, string]

/**
 * The weight gradient as a convolution of the input by the output, batch and channels exchanged:
 * what the stride was is now the dilation. With groups, one product per place of the kernel.
 */
export function lowerConvWeight(e: Emitter, names: Two, t: TensorOf<'convWeight'>): string {
  if (t.attributes.groups !== 1) return lowerWeightProduct(e, names, t)
  const { stride, padding, dilation } = t.attributes
  const exchange = { perm: [1, 0, ...range(t.rank - 2).map(i => i + 2)] }
  const [x, output] = names.map(name => e.one('Transpose', [name], exchange))
  const swapped = { stride: dilation, dilation: stride, padding, groups: 1 }
  const wide = e.one('Conv', [x ?? '', output ?? ''], onnxAttributes(swapped)) // [C, O, ≥ kernel]
  const axes = range(t.rank - 2).map(i => i + 2)
  const kernel = t.shape.slice(2)
  const cut = e.one('Slice', [wide, e.ints(kernel.map(() => 0)), e.ints(kernel), e.ints(axes)])
  return e.one('Transpose', [cut], exchange)
}

/**
 * The weight gradient as products of the output with the inputs that each place of the kernel sees, sample by sample: one
 * product for all places, whose operand has all that they see in it.
 */
export function lowerWeightProduct(e: Emitter, names: Two, t: TensorOf<'convWeight'>): string {
  const [o, perGroup, ...kernel] = sizes(t.shape, 2)
  const { rows, columns } = unfolded(e, names, t)
  const all = product(e, rows, columns.length === 1 ? (columns[0] ?? '') : e.one('Concat', columns, { axis: 2 }))
  return placesLast(e, all, [o, sizeOf(kernel), perGroup], t.shape) // from [G, O/G, places · C/G]
}

/** A product for each place of the kernel, which spares the memory. */
export function lowerWeightByPlace(e: Emitter, names: Two, t: TensorOf<'convWeight'>): string {
  const [o, perGroup] = sizes(t.shape, 2)
  const { rows, columns } = unfolded(e, names, t)
  const parts = columns.map(column => e.one('Reshape', [product(e, rows, column), e.ints([o, perGroup, 1])]))
  return e.one('Reshape', [e.one('Concat', parts, { axis: 2 }), e.ints(t.shape)])
}

function product(e: Emitter, rows: string, column: string): string {
  const turned = e.one('Transpose', [column], { perm: [0, 1, 3, 2] }) // joined with the product by ONNX Runtime
  return e.one('ReduceSum', [e.one('MatMul', [rows, turned]), e.ints([0])], { keepdims: 0 })
}

/**
 * Channels last, so that a gather copies all channels of a place at once (strided slices copy number by number), then one
 * product over all places of all samples.
 */
export function lowerWeightColumns(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): string | undefined {
  if (t.attributes.groups !== 1) return undefined
  const [n, o, ...spatial] = sizes(t.inputs[1].shape, 2)
  const [, c, ...from] = sizes(t.inputs[0].shape, 2)
  const kernel = t.shape.slice(2)
  const seen = placesSeen(spatial, from, kernel, t.attributes) // beyond the border, the first of the zeros
  const columns = e.one('Gather', [zerosBelow(e, x, [n, c, ...from]), e.ints(seen)], { axis: 1 }) // [N, length · places, C]
  const wide = e.one('Reshape', [columns, e.ints([-1, sizeOf(kernel) * c])])
  const rows = e.one('Reshape', [channelsLast(e, output, t.inputs[1].shape), e.ints([-1, o])])
  const product = e.one('FusedMatMul', [rows, wide], { transA: 1 }, 'com.microsoft')
  return placesLast(e, product, [o, sizeOf(kernel), c], t.shape)
}

/** [O, places · C] → [O, C, ...kernel] */
export const placesLast = (e: Emitter, product: string, apart: Shape, shape: Shape): string =>
  e.one('Reshape', [transposedEach(e, product, apart), e.ints(shape)])

/** The output as rows [N, G, O/G, L], and the inputs that each place of the kernel sees, [N, G, C/G, L]. */
function unfolded(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): { rows: string; columns: string[] } {
  const { stride, padding, dilation, groups } = t.attributes
  const [n, o, ...spatial] = sizes(t.inputs[1].shape, 2)
  const c = t.inputs[0].size(1)
  const axes = range(spatial.length).map(i => i + 2)
  const padded = padding.flat().every(p => p === 0)
    ? x
    : e.one('Pad', [x, e.ints([...padding.map(p => p[0]), ...padding.map(p => p[1])]), '', e.ints(axes)])
  const columns = places(t.shape.slice(2)).map(place => {
    const start = place.map((p, i) => p * (dilation[i] ?? 1))
    const end = start.map((s, i) => s + ((spatial[i] ?? 1) - 1) * (stride[i] ?? 1) + 1)
    const seen = e.one('Slice', [padded, e.ints(start), e.ints(end), e.ints(axes), e.ints(stride)])
    return e.one('Reshape', [seen, e.ints([n, groups, c / groups, -1])])
  })
  return { rows: e.one('Reshape', [output, e.ints([n, groups, o / groups, -1])]), columns }
}
