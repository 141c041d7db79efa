import { matmul } from '../../tensor/contraction.js'
import { concat, roll } from '../../tensor/movement.js'
import { ShapeError } from '../../tensor/scope.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { type LinearOptions, roleOf, weightAndBias } from '../layers.js'
import { type Module, module } from '../module.js'

export interface FrameConvOptions extends LinearOptions {
  readonly stride?: number
  /** Zeros before the first frame and after the last */
  readonly padding?: readonly [begin: number, end: number]
  /**
   * Frames, of which there are a multiple of the stride and none around, are a ring: the last steps of the kernel see the first
   * frames. Where they are not wanted anyway, this takes fewer passes.
   */
  readonly ring?: boolean
}

/** 1-d convolution of frames [N, L, in] → [N, T, out]; weight [out, in, kernel] as torch.nn.Conv1d. */
export function frameConv(inputs: number, outputs: number, kernel: number, options: FrameConvOptions = {}): Module {
  const { weight, bias } = weightAndBias([outputs, inputs, kernel], options)
  return module({ weight, bias }, (x: Tensor) => {
    const y = convolveFrames(x, weight, options)
    return bias === undefined ? y : y.add(bias)
  })
}

/**
 * Frames lie in memory one after the other, channels together. So `stride` frames are a row of a matrix as they lie there, and
 * the convolution is a product for each part of the kernel that sees one row, each a row further on: no patches are copied
 * out, and neither are there any for its gradients.
 */
function convolveFrames(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding, ring, int8 }: Pick<FrameConvOptions, 'stride' | 'padding' | 'ring' | 'int8'>,
) {
  const [outputs, channels, kernel] = sizes(weight.shape, 3)
  const matrixOf = (from: number, taps: number) =>
    weight
      .slice(2, from, from + taps)
      .transpose(0, 2, 1)
      .reshape(outputs, taps * channels)
  const steps = { kernel, stride, padding, ring }
  const product = (rows: Tensor, matrix: Tensor) => matmul(rows, matrix, false, true, roleOf({ int8 }))
  // rows of few numbers are sooner put together than their products added up
  if (channels * kernel <= NARROW) return product(patchesOf(x, steps), matrixOf(0, kernel))
  return rowsSeen(x, steps)
    .map(({ rows, from, taps, own }) => {
      const matrix = matrixOf(from, taps)
      // where it costs the same, products of one gradient with all parts are better: that is rounded to int8 once
      return ring ? product(own(rows), matrix) : own(product(rows, matrix))
    })
    .reduce((sum, y) => sum.add(y))
}
const NARROW = 64

/** All that each step of a kernel sees, tap by tap: [N, L, C] → [N, T, kernel · C] */
export const patchesOf = (x: Tensor, steps: Ringed): Tensor =>
  concat(
    rowsSeen(x, steps).map(({ rows, own }) => own(rows)),
    2,
  )

/** The rows of `stride` frames, cut to the taps that see them, for each part of the kernel; its own are those of all steps. */
function rowsSeen(x: Tensor, { kernel, stride, padding = [0, 0], ring = false }: Ringed) {
  const [n, length, channels] = sizes(x.shape, 3)
  if (ring && (length % stride !== 0 || padding.some(zeros => zeros > 0)))
    throw new ShapeError('frameConv', `a ring of ${length} frames takes no steps of ${stride}, or no zeros around it`)
  const steps = ring ? length / stride : stepsOf(length, { kernel, stride, padding })
  if (steps < 1) throw new ShapeError('frameConv', `${length} frames are too few for a kernel of ${kernel}`)
  const seen = Math.ceil(kernel / stride)
  const count = ring ? steps : wholeRows(steps + seen - 1)
  const frames = between(x, -padding[0], count * stride - padding[0])
  const all = frames.reshape(n, count, stride * channels)
  return range(seen).map(part => {
    const from = part * stride
    const taps = Math.min(stride, kernel - from)
    const own = (y: Tensor) => (ring ? roll(y, 1, part) : y.slice(1, part, part + steps))
    // whole frames rather than parts of rows: all threads take those
    const rows = taps === 1 ? frames.slice(1, 0, undefined, stride) : all.slice(2, 0, taps * channels)
    return { rows, from, taps, own }
  })
}

/** A few more rows than are seen, so that a product of all can be cut into equal parts, where there are many. */
const wholeRows = (count: number): number => (count < MANY ? count : Math.ceil(count / 16) * 16)
const MANY = 256

/** The frames from one on and before another, with zeros where there are none. */
function between(x: Tensor, from: number, to: number): Tensor {
  const length = x.size(1)
  const there = x.slice(1, Math.max(0, from), Math.min(length, to))
  return there.pad(1, Math.max(0, -from), Math.max(0, to - length))
}

export type Ringed = Steps & Pick<FrameConvOptions, 'ring'>

/**
 * A chain of layers from waves float [N, length] to frames, each told how many of its frames are there.
 * @param layers one for each of the steps
 */
export function chain(
  layers: readonly ((x: Tensor, frames?: Tensor) => Tensor)[],
  steps: readonly Steps[],
): (waves: Tensor, lengths?: Tensor) => Tensor {
  return (waves, lengths) => {
    let frames = lengths
    return layers.reduce(
      (x, layer, i) => {
        frames = frames && stepsOfEach(frames, steps[i] as Steps)
        return layer(x, frames)
      },
      waves.reshape(...waves.shape, 1),
    )
  }
}

/**
 * The same by layers that take their frames for a ring: there are a few more of them, which are not wanted, up to a multiple of
 * all strides, so that each row of a layer's is a row of the next one's as it lies there.
 */
export function ringChain(
  layers: readonly ((x: Tensor, frames?: Tensor) => Tensor)[],
  steps: readonly Steps[],
): (waves: Tensor, lengths?: Tensor) => Tensor {
  const { hop } = chained(steps)
  const run = chain(layers, steps)
  return (waves, lengths) => {
    const [n, length] = sizes(waves.shape, 2)
    const frames = steps.reduce(stepsOf, length)
    if (frames < 1) throw new ShapeError('frameConv', `${length} numbers are too few for a frame`)
    const whole = waves.pad(1, 0, Math.ceil(length / hop) * hop - length)
    return run(whole, lengths ?? constant(length).cast('int').expand(n)).slice(1, 0, frames)
  }
}

export interface Steps {
  readonly kernel: number
  readonly stride: number
  readonly padding?: readonly [begin: number, end: number]
}

/** How many frames a convolution gives of so many; 0 where they are too few for one. */
export const stepsOf = (length: number, { kernel, stride, padding: [begin, end] = [0, 0] }: Steps): number =>
  Math.max(0, Math.floor((length + begin + end - kernel + stride) / stride))

/** The same for int [N]. */
export const stepsOfEach = (lengths: Tensor, { kernel, stride, padding: [begin, end] = [0, 0] }: Steps): Tensor =>
  lengths
    .add(begin + end - kernel + stride)
    .maximum(0)
    .div(stride)

/** What a chain of convolutions is as one: numbers of the wave between frames, that a frame sees, and before the first one. */
export function chained(layers: readonly Steps[]): { hop: number; receptiveField: number; before: number } {
  let [hop, receptiveField, before] = [1, 1, 0]
  for (const { kernel, stride, padding: [begin] = [0, 0] } of layers) {
    receptiveField += (kernel - 1) * hop
    before += begin * hop
    hop *= stride
  }
  return { hop, receptiveField, before }
}
