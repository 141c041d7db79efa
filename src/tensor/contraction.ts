import type { ConvolutionAttributes, ProductRole } from './primitives.js'
import { ShapeError, wantFloat } from './scope.js'
import { broadcast, type Shape, showShape, sizes } from './shape.js'
import { make, type Tensor } from './tensor.js'

/**
 * Matrix product over the last two axes; the axes before broadcast.
 * A matrix on the right of a batch is one product over all rows.
 * @param role `forward` for the x·Wᵀ of a layer that may be computed in fewer bits, with its gradients, `gradients` where only those may; none unless told
 */
export function matmul(a: Tensor, b: Tensor, transposeA = false, transposeB = false, role?: ProductRole): Tensor {
  wantFloat('matmul', a, b)
  if (a.rank < 2 || b.rank < 2) throw mismatch('matrices expected', a, b)
  const [m = 1, ka = 1] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2)
  const [kb = 1, n = 1] = transposeB ? b.shape.slice(-2).reverse() : b.shape.slice(-2)
  if (ka !== kb) throw mismatch('inner sizes differ', a, b)
  if (b.rank === 2 && a.rank > 2 && !transposeA)
    return matmul(a.reshape(-1, ka), b, false, transposeB, role).reshape(...a.shape.slice(0, -1), n)
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  if (batch === undefined) throw mismatch('outer sizes do not broadcast', a, b)
  const attributes = { transposeA, transposeB, ...(role && { role }) }
  return make('matmul', [a, b], attributes, [...batch, m, n], 'float')
}

function mismatch(problem: string, a: Tensor, b: Tensor): ShapeError {
  return new ShapeError('matmul', `${problem}: ${showShape(a.shape)} · ${showShape(b.shape)}`)
}

/** A number serves every spatial axis. */
export interface ConvolutionOptions {
  readonly stride?: number | Shape
  /** Zeros at both ends, or [begin, end] per axis */
  readonly padding?: number | readonly (readonly [number, number])[]
  readonly dilation?: number | Shape
  readonly groups?: number
  /**
   * In a training in int8 its products, and those of its gradient in the input, are in int8, where that is faster;
   * of pictures alone, not unless told
   */
  readonly int8?: boolean
}

export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, 'int8'> {
  /** Added to one side of the output, to choose among sizes that the stride cannot tell apart */
  readonly outputPadding?: number
}

/**
 * Cross-correlation over one or two spatial axes, as torch.nn.functional.conv1d and conv2d.
 * @param x [N, C, ...spatial]
 * @param weight [O, C / groups, ...kernel]
 * @returns [N, O, ...]
 */
export function conv(x: Tensor, weight: Tensor, options: ConvolutionOptions = {}): Tensor {
  const attributes = attributesFor(x, weight, options)
  const [n, c, ...spatial] = sizes(x.shape, 2)
  const [o, perGroup, ...kernel] = sizes(weight.shape, 2)
  if (c !== perGroup * attributes.groups || o % attributes.groups !== 0)
    throw new ShapeError(
      'conv',
      `channels do not fit ${attributes.groups} group(s): ${showShape(x.shape)} · ${showShape(weight.shape)}`,
    )
  const output = spatial.map((size, i) => {
    const [begin, end] = attributes.padding[i] ?? [0, 0]
    const reach = (attributes.dilation[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1
    return Math.floor((size + begin + end - reach) / (attributes.stride[i] ?? 1)) + 1
  })
  if (output.some(size => size < 1))
    throw new ShapeError(
      'conv',
      `the kernel is larger than the input: ${showShape(x.shape)} · ${showShape(weight.shape)}`,
    )
  return make('conv', [x, weight], attributes, [n, o, ...output], 'float')
}

/**
 * Transposed convolution, as torch.nn.functional.conv_transpose1d and 2d.
 * @param x [N, C, ...spatial]
 * @param weight [C, O / groups, ...kernel]
 */
export function convTranspose(x: Tensor, weight: Tensor, options: TransposedConvolutionOptions = {}): Tensor {
  const attributes = attributesFor(x, weight, options)
  const [n, c, ...spatial] = sizes(x.shape, 2)
  const [from, perGroup, ...kernel] = sizes(weight.shape, 2)
  if (c !== from || c % attributes.groups !== 0)
    throw new ShapeError(
      'convTranspose',
      `channels do not fit ${attributes.groups} group(s): ${showShape(x.shape)} · ${showShape(weight.shape)}`,
    )
  const output = spatial.map((size, i) => {
    const [begin, end] = attributes.padding[i] ?? [0, 0]
    const reach = (attributes.dilation[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1
    return (size - 1) * (attributes.stride[i] ?? 1) + reach - begin - end + (options.outputPadding ?? 0)
  })
  return convInput(x, weight, [n, perGroup * attributes.groups, ...output], attributes)
}

/** The gradient of conv in its input, whose shape is given. */
export function convInput(output: Tensor, weight: Tensor, shape: Shape, attributes: ConvolutionAttributes): Tensor {
  return make('convInput', [output, weight], attributes, shape, 'float')
}

/** The gradient of conv in its weight, whose shape is given. */
export function convWeight(x: Tensor, output: Tensor, shape: Shape, attributes: ConvolutionAttributes): Tensor {
  return make('convWeight', [x, output], attributes, shape, 'float')
}

function attributesFor(x: Tensor, weight: Tensor, options: ConvolutionOptions): ConvolutionAttributes {
  wantFloat('conv', x, weight)
  const axes = x.rank - 2
  if (axes < 1 || axes > 2 || weight.rank !== x.rank)
    throw new ShapeError(
      'conv',
      `[N, C, length] or [N, C, height, width] expected, got ${showShape(x.shape)} · ${showShape(weight.shape)}`,
    )
  const each = (value: number | Shape = 1): Shape =>
    typeof value === 'number' ? Array<number>(axes).fill(value) : value
  const { padding = 0 } = options
  return {
    stride: each(options.stride),
    dilation: each(options.dilation),
    groups: options.groups ?? 1,
    ...(options.int8 && { int8: true }),
    padding: typeof padding === 'number' ? each(padding).map(p => [p, p] as const) : padding,
  }
}
