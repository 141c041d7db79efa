import type { ConvolutionAttributes, TensorOf } from '../tensor/primitives.js'
import { range, type Shape } from '../tensor/shape.js'
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
  const { stride, padding, dilation, groups } = t.attributes
  if (groups !== 1 || stride.some(s => s !== 1)) return undefined
  const kernel = t.inputs[1].shape.slice(2)
  const around = padding.map(([begin, end], i) => {
    const reach = (dilation[i] ?? 1) * ((kernel[i] ?? 1) - 1)
    return [reach - begin, reach - end] as const
  })
  if (around.flat().some(p => p < 0)) return undefined
  const exchanged = e.one('Transpose', [weight], { perm: [1, 0, ...range(kernel.length).map(i => i + 2)] })
  const axes = range(kernel.length).map(i => i + 2)
  const turned = kernel.every(size => size === 1)
    ? exchanged
    : e.one('Slice', [
        exchanged,
        e.ints(axes.map(() => -1)),
        e.ints(axes.map(() => Number.MIN_SAFE_INTEGER)),
        e.ints(axes),
        e.ints(axes.map(() => -1)),
      ])
  return e.one('Conv', [output, turned], onnxAttributes({ stride, padding: around, dilation, groups }))
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
 * The weight gradient as products of the output with the shifted inputs, sample by sample: for groups, and on the CPU, where it
 * is 1.5 to 2 times as fast as the exchanged convolution. With a stride the shifted inputs are small and go into one product;
 * without, one for each place of the kernel spares the memory.
 */
export function lowerWeightProducts(e: Emitter, names: Two, t: TensorOf<'convWeight'>): string {
  const { stride } = t.attributes
  const { rows, columns } = unfolded(e, names, t)
  const [o = 1, perGroup = 1, ...kernel] = t.shape
  const product = (column: string) => {
    const turned = e.one('Transpose', [column], { perm: [0, 1, 3, 2] }) // joined with the product by ONNX Runtime
    return e.one('ReduceSum', [e.one('MatMul', [rows, turned]), e.ints([0])], { keepdims: 0 })
  }
  if (stride.every(s => s === 1) && perGroup >= THIN) {
    const parts = columns.map(column => e.one('Reshape', [product(column), e.ints([o, perGroup, 1])]))
    return e.one('Reshape', [e.one('Concat', parts, { axis: 2 }), e.ints(t.shape)])
  }
  const all = product(columns.length === 1 ? (columns[0] ?? '') : e.one('Concat', columns, { axis: 2 })) // [G, O/G, places · C/G]
  const count = kernel.reduce((n, size) => n * size, 1)
  const apart = e.one('Reshape', [all, e.ints([o, count, perGroup])])
  return e.one('Reshape', [e.one('Transpose', [apart], { perm: [0, 2, 1] }), e.ints(t.shape)])
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

function onnxAttributes({ stride, padding, dilation, groups }: ConvolutionAttributes) {
  return {
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: [...padding.map(p => p[0]), ...padding.map(p => p[1])],
  }
}
