import type { ConvolutionAttributes, TensorOf } from '../../tensor/primitives.js'
import { range, type Shape, sizeOf, sizes } from '../../tensor/shape.js'
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
  const [outputs, perGroup] = sizes(t.inputs[1].shape, 2)
  if (groups === 1 || perGroup !== 1 || outputs === groups) return undefined
  const split = (name: string, axis: number) =>
    e.node('Split', [name], { axis, num_outputs: groups }, { outputs: groups })
  const weights = split(weight, 0)
  const attributes = { ...onnxAttributes({ ...t.attributes, groups: 1 }), output_padding: leftOver(t) }
  const parts = split(output, 1).map((part, group) => e.one('ConvTranspose', [part, weights[group] ?? ''], attributes))
  return e.one('Concat', parts, { axis: 1 })
}

/** With stride 1: a convolution with the kernel turned round and its channels exchanged, those of each group for themselves. */
export function lowerStrideOneInput(e: Emitter, [output, weight]: Two, t: TensorOf<'convInput'>): string | undefined {
  const attributes = turnedAttributes(t)
  if (attributes === undefined) return undefined
  const { groups } = t.attributes
  const [o, perGroup, ...kernel] = sizes(t.inputs[1].shape, 2)
  const to = [groups * perGroup, o / groups, ...kernel]
  if (groups === 1) {
    const exchanged = e.one('Transpose', [weight], { perm: [1, 0, ...range(t.rank - 2).map(i => i + 2)] })
    return e.one('Conv', [output, turned(e, exchanged, to)], attributes)
  }
  const apart = e.one('Reshape', [weight, e.ints([groups, o / groups, perGroup, ...kernel])])
  const swapped = e.one('Transpose', [apart], { perm: [0, 2, 1, ...range(t.rank - 2).map(i => i + 3)] })
  return e.one('Conv', [output, turned(e, e.one('Reshape', [swapped, e.ints(to)]), to)], attributes)
}

/** A kernel the other way round along its places, which are the axes from 2 on. */
function turned(e: Emitter, kernel: string, shape: Shape): string {
  const axes = range(shape.length).slice(2)
  if (shape.slice(2).every(size => size === 1)) return kernel
  const [last, first] = [axes.map(() => -1), axes.map(() => Number.MIN_SAFE_INTEGER)]
  return e.one('Slice', [kernel, e.ints(last), e.ints(first), e.ints(axes), e.ints(last)])
}

/** The attributes of that convolution; undefined where there is none. */
export function turnedAttributes(t: TensorOf<'convInput'>) {
  const { stride, padding, dilation, groups } = t.attributes
  if (stride.some(s => s !== 1)) return undefined
  const kernel = t.inputs[1].shape.slice(2)
  const around = padding.map(([begin, end], i) => {
    const reach = (dilation[i] ?? 1) * ((kernel[i] ?? 1) - 1)
    return [reach - begin, reach - end] as const
  })
  if (around.flat().some(p => p < 0)) return undefined
  return onnxAttributes({ stride, padding: around, dilation, groups })
}

/** All positions inside a kernel, the last axis fastest. */
export function places(kernel: Shape): number[][] {
  return kernel.reduce<number[][]>((found, size) => found.flatMap(place => range(size).map(i => [...place, i])), [[]])
}

/** The number of a place of a picture; of one beyond its border, the first that is none. */
export function indexIn(size: Shape, place: Shape): number {
  if (place.some((p, i) => p < 0 || p >= (size[i] ?? 0))) return sizeOf(size)
  return place.reduce((index, p, i) => index * (size[i] ?? 1) + p, 0)
}

/** For every place of an output, by {@link indexIn}, what it sees of the input by each tap of the kernel. */
export function placesSeen(
  to: Shape,
  from: Shape,
  kernel: Shape,
  { stride, padding, dilation }: ConvolutionAttributes,
): number[] {
  const taps = places(kernel)
  return places(to).flatMap(at =>
    taps.map(tap =>
      indexIn(
        from,
        at.map((p, i) => p * (stride[i] ?? 1) + (tap[i] ?? 0) * (dilation[i] ?? 1) - (padding[i]?.[0] ?? 0)),
      ),
    ),
  )
}

export function onnxAttributes({ stride, padding, dilation, groups }: Omit<ConvolutionAttributes, 'int8'>) {
  return {
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: [...padding.map(p => p[0]), ...padding.map(p => p[1])],
  }
}
