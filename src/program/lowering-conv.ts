import type { ConvolutionAttributes, TensorOf } from '../tensor/primitives.js'
import { range, type Shape, sizeOf } from '../tensor/shape.js'
import { channelsLast } from './blocked.js'
import type { Emitter } from './emitter.js'

type Two = readonly [string, string]

export function lowerConv(e: Emitter, names: Two, t: TensorOf<'conv'>): string {
  return e.one('Conv', names, onnxAttributes(t.attributes))
}

/** The transposed convolution that ONNX has; the output size tells how much the stride left over. */
export function lowerConvInput(e: Emitter, names: Two, t: TensorOf<'convInput'>): string {
  return e.one('ConvTranspose', names, { ...onnxAttributes(t.attributes), output_padding: leftOver(t) })
}

function leftOver(t: TensorOf<'convInput'>): number[] {
  const { stride, padding, dilation } = t.attributes
  const [output, weight] = t.inputs
  return t.shape.slice(2).map((size, i) => {
    const [begin, end] = padding[i] ?? [0, 0]
    const reach = (dilation[i] ?? 1) * ((weight.shape[i + 2] ?? 1) - 1) + 1
    return size - (((output.shape[i + 2] ?? 1) - 1) * (stride[i] ?? 1) + reach - begin - end)
  })
}

/**
 * ONNX Runtime 1.30's WebGPU kernel takes every group with one channel to be depthwise and gives wrong numbers when
 * there are several on the other side: then one transposed convolution a group.
 */
export function lowerInputByGroup(e: Emitter, [output, weight]: Two, t: TensorOf<'convInput'>): string | undefined {
  const { groups } = t.attributes
  const [outputs = 1, perGroup = 1] = t.inputs[1].shape
  if (groups === 1 || perGroup !== 1 || outputs === groups) return undefined
  const split = (name: string, axis: number) =>
    e.node('Split', [name], { axis, num_outputs: groups }, { outputs: groups })
  const weights = split(weight, 0)
  const attributes = { ...onnxAttributes({ ...t.attributes, groups: 1 }), output_padding: leftOver(t) }
  const parts = split(output, 1).map((part, group) => e.one('ConvTranspose', [part, weights[group] ?? ''], attributes))
  return e.one('Concat', parts, { axis: 1 })
}

/** With stride 1 and one group: a convolution with the kernel turned round and its channels exchanged. */
export function lowerStrideOneInput(e: Emitter, [output, weight]: Two, t: TensorOf<'convInput'>): string | undefined {
  const attributes = turnedAttributes(t)
  if (attributes === undefined) return undefined
  const exchanged = e.one('Transpose', [weight], { perm: [1, 0, ...range(t.rank - 2).map(i => i + 2)] })
  return e.one('Conv', [output, turned(e, exchanged, t.inputs[1].shape)], attributes)
}

/** A kernel the other way round along its places, which are the axes from 2 on. */
export function turned(e: Emitter, kernel: string, shape: Shape): string {
  const axes = range(shape.length).slice(2)
  if (shape.slice(2).every(size => size === 1)) return kernel
  const [last, first] = [axes.map(() => -1), axes.map(() => Number.MIN_SAFE_INTEGER)]
  return e.one('Slice', [kernel, e.ints(last), e.ints(first), e.ints(axes), e.ints(last)])
}

/** The attributes of that convolution; undefined where there is none. */
export function turnedAttributes(t: TensorOf<'convInput'>) {
  const { stride, padding, dilation, groups } = t.attributes
  if (groups !== 1 || stride.some(s => s !== 1)) return undefined
  const kernel = t.inputs[1].shape.slice(2)
  const around = padding.map(([begin, end], i) => {
    const reach = (dilation[i] ?? 1) * ((kernel[i] ?? 1) - 1)
    return [reach - begin, reach - end] as const
  })
  if (around.flat().some(p => p < 0)) return undefined
  return onnxAttributes({ stride, padding: around, dilation, groups })
}

/**
 * The weight gradient as a convolution of the input by the output, batch and channels exchanged:
 * what the stride was is now the dilation. With groups, one product per place of the kernel.
 */
export function lowerConvWeight(e: Emitter, names: Two, t: TensorOf<'convWeight'>): string {
  if (t.attributes.groups !== 1) return lowerWeightProducts(e, names, t)
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

/** Below this many input channels the products of single places are too thin to be worth a call each. */
const THIN = 16

/**
 * The weight gradient as products of the output with the inputs that each place of the kernel sees, sample by sample: for
 * groups, and on the CPU, where it is 1.5 to 2 times as fast as the exchanged convolution. Without a stride one product for
 * each place of the kernel spares the memory; with one, the inputs seen are few and go into one product.
 */
export function lowerWeightProducts(e: Emitter, names: Two, t: TensorOf<'convWeight'>): string {
  const { stride, groups } = t.attributes
  const [o = 1, perGroup = 1, ...kernel] = t.shape
  const many = perGroup >= THIN
  const few = sizeOf(t.inputs[1].shape.slice(2)) < LENGTH / 2 // products of single places would be short
  if (groups === 1 && many && (few || stride.some(s => s !== 1))) return lowerWeightColumns(e, names, t)
  const { rows, columns } = unfolded(e, names, t)
  const product = (column: string) => {
    const turned = e.one('Transpose', [column], { perm: [0, 1, 3, 2] }) // joined with the product by ONNX Runtime
    return e.one('ReduceSum', [e.one('MatMul', [rows, turned]), e.ints([0])], { keepdims: 0 })
  }
  if (many && stride.every(s => s === 1)) {
    const parts = columns.map(column => e.one('Reshape', [product(column), e.ints([o, perGroup, 1])]))
    return e.one('Reshape', [e.one('Concat', parts, { axis: 2 }), e.ints(t.shape)])
  }
  const all = product(columns.length === 1 ? (columns[0] ?? '') : e.one('Concat', columns, { axis: 2 })) // [G, O/G, places · C/G]
  return placesLast(e, all, [o, sizeOf(kernel), perGroup], t.shape)
}

/** Places summed over in one product; shorter ones spend their time on writing and adding up results. */
const LENGTH = 256

/**
 * With a stride: channels last, so that a gather copies all channels of a place at once (strided slices copy number by
 * number), then one product for as many samples as make it long.
 */
function lowerWeightColumns(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): string {
  const { stride, padding, dilation } = t.attributes
  const [n = 1, o = 1, ...spatial] = t.inputs[1].shape
  const [, c = 1, ...from] = t.inputs[0].shape
  const kernel = t.shape.slice(2)
  const [inside, length] = [sizeOf(from), sizeOf(spatial)]
  const seen = places(spatial).flatMap(at =>
    places(kernel).map(place => {
      const start = at.map(
        (p, i) => p * (stride[i] ?? 1) + (place[i] ?? 0) * (dilation[i] ?? 1) - (padding[i]?.[0] ?? 0),
      )
      if (start.some((s, i) => s < 0 || s >= (from[i] ?? 0))) return inside // the row of zeros
      return start.reduce((index, s, i) => index * (from[i] ?? 1) + s, 0)
    }),
  )
  const last = channelsLast(e, x, [n, c, ...from])
  const framed = e.one('Concat', [last, e.one('Expand', [e.float(0), e.ints([n, 1, c])])], { axis: 1 })
  const columns = e.one('Gather', [framed, e.ints(seen)], { axis: 1 }) // [N, length · places, C]
  const together = range(n + 1).find(g => g > 0 && n % g === 0 && g * length >= LENGTH) ?? n
  const grouped = e.one('Reshape', [output, e.ints([n / together, together, o, length])])
  const turned = together === 1 ? grouped : e.one('Transpose', [grouped], { perm: [0, 2, 1, 3] })
  const rows = e.one('Reshape', [turned, e.ints([n / together, o, together * length])])
  const wide = e.one('Reshape', [columns, e.ints([n / together, together * length, sizeOf(kernel) * c])])
  const all = e.one('ReduceSum', [e.one('MatMul', [rows, wide]), e.ints([0])], { keepdims: 0 })
  return placesLast(e, all, [o, sizeOf(kernel), c], t.shape)
}

/** [O, places · C] → [O, C, ...kernel] */
function placesLast(e: Emitter, product: string, apart: readonly number[], shape: Shape): string {
  const turned = e.one('Transpose', [e.one('Reshape', [product, e.ints(apart)])], { perm: [0, 2, 1] })
  return e.one('Reshape', [turned, e.ints(shape)])
}

/** The output as rows [N, G, O/G, L], and the inputs that each place of the kernel sees, [N, G, C/G, L]. */
function unfolded(e: Emitter, [x, output]: Two, t: TensorOf<'convWeight'>): { rows: string; columns: string[] } {
  const { stride, padding, dilation, groups } = t.attributes
  const [n = 1, o = 1, ...spatial] = t.inputs[1].shape
  const c = t.inputs[0].shape[1] ?? 1
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

/** All positions inside a kernel, the last axis fastest. */
export function places(kernel: Shape): number[][] {
  return kernel.reduce<number[][]>((found, size) => found.flatMap(place => range(size).map(i => [...place, i])), [[]])
}

export function onnxAttributes({ stride, padding, dilation, groups }: ConvolutionAttributes) {
  return {
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: [...padding.map(p => p[0]), ...padding.map(p => p[1])],
  }
}
