import type { TensorOf } from '../../tensor/primitives.js'
import { range, type Shape, sizeOf, sizes } from '../../tensor/shape.js'
import { BLOCKED, canBlock, exchanged, fromBlocked, moved, toBlocked } from './blocked.js'
import { onnxAttributes, turnedAttributes } from './conv.js'
import type { Emitter } from './emitter.js'

type Two = readonly [string, string]

/** A convolution in blocked layout, where the device has one; pictures of a few channels go in as they are. */
export function blockedConv(e: Emitter, [x, weight]: Two, t: TensorOf<'conv'>): string | undefined {
  const [source, { shape }] = t.inputs
  const thin = (source.shape[1] ?? 0) < e.block
  if (t.attributes.groups !== 1 || !canBlock(e, t.shape) || !(thin || canBlock(e, source.shape))) return undefined
  const kernel = thin ? blockOutputs(e, weight, shape) : blockKernel(e, weight, shape)
  const inputs = [thin ? x : toBlocked(e, x), kernel]
  return fromBlocked(e, e.one('Conv', inputs, onnxAttributes(t.attributes), BLOCKED), t.size(1))
}

/** The gradient in the input of a convolution with stride 1 and one group. */
export function blockedInput(e: Emitter, [output, weight]: Two, t: TensorOf<'convInput'>): string | undefined {
  if (t.attributes.groups !== 1 || !canBlock(e, t.shape) || !canBlock(e, t.inputs[0].shape)) return undefined
  const attributes = turnedAttributes(t)
  if (attributes === undefined) return undefined
  const { shape } = t.inputs[1]
  const [, c, ...places] = sizes(shape, 2)
  const taps = range(sizeOf(places)).toReversed()
  const inputs = [toBlocked(e, output), blockExchanged(e, weight, shape, taps, places)]
  return fromBlocked(e, e.one('Conv', inputs, attributes, BLOCKED), c)
}

/**
 * The gradient in the input of a convolution with stride 2: places of each of the four kinds, even and odd rows and columns,
 * see other taps of the kernel, and are a convolution with stride 1 by those; then they are put beside each other.
 */
export function blockedPhases(e: Emitter, [output, weight]: Two, t: TensorOf<'convInput'>): string | undefined {
  const { stride, dilation, groups, padding } = t.attributes
  const [{ shape: from }, { shape: kernel }] = t.inputs
  const [, c = 1] = kernel
  const [n, , height, width = 1] = sizes(t.shape, 3)
  const halves = [...stride, ...dilation].join() === '2,2,1,1' && height % 2 === 0 && width % 2 === 0
  if (!halves || groups !== 1 || !canBlock(e, t.shape) || !canBlock(e, from)) return undefined
  const phases = [0, 1].map(axis => [0, 1].map(place => phase(place, axis)))
  if (phases.flat().some(p => p === undefined)) return undefined
  const [rows = [], columns = []] = phases as Phase[][]
  const parts = rows.flatMap(row =>
    columns.map(column => {
      const seen = [row, column]
      const taps = row.taps.flatMap(i => column.taps.map(j => i * (kernel[3] ?? 1) + j))
      const places = seen.map(({ taps }) => taps.length)
      const inputs = [toBlocked(e, output), blockExchanged(e, weight, kernel, taps, places)]
      const padding = seen.map(({ around }) => around)
      const attributes = onnxAttributes({ stride: [1, 1], dilation: [1, 1], groups: 1, padding })
      return e.one('Conv', inputs, attributes, BLOCKED)
    }),
  )
  const whole = interleaved(e, parts, [(n * c * height) / e.block, width, e.block], [2, 2])
  return fromBlocked(e, e.one('Reshape', [whole, e.ints(t.shape)]), c)

  /** What places 2·j + `place` of an axis see: input[j] = Σ over m of output[j + shift − m] · kernel[first + 2·m]. */
  function phase(place: number, axis: number): Phase | undefined {
    const begin = padding[axis]?.[0] ?? 0
    const first = (place + begin) % 2
    const count = Math.ceil(((kernel[axis + 2] ?? 1) - first) / 2)
    const before = count - 1 - (place + begin - first) / 2
    const after = (t.shape[axis + 2] ?? 1) / 2 - (from[axis + 2] ?? 1) - before + count - 1
    if (count < 1 || before < 0 || after < 0) return undefined
    return { taps: range(count).map(i => first + 2 * (count - 1 - i)), around: [before, after] }
  }
}

/**
 * Pixels that lie alike between the steps of a stride, each in its place: those of a row beside each other, then whole rows.
 * @param parts by row, then by column
 * @param shape lines, pixels of each and numbers of those, of all together
 */
export function interleaved(
  e: Emitter,
  parts: readonly string[],
  [lines, width, numbers]: readonly [number, number, number],
  [down, across]: readonly [number, number],
): string {
  const beside = (some: readonly string[], shape: Shape) => {
    const apart = some.map(part => e.one('Reshape', [part, e.ints(shape)]))
    return apart.length === 1 ? (apart[0] ?? '') : e.one('Concat', apart, { axis: 1 })
  }
  const rows = range(down).map(row =>
    beside(parts.slice(row * across, (row + 1) * across), [(lines * width) / down / across, numbers]),
  )
  return beside(rows, [lines / down, width * numbers])
}

interface Phase {
  /** Every second one, the last first */
  readonly taps: Shape
  /** Zeros at both ends of the output */
  readonly around: readonly [number, number]
}

/** [O, C, kh, kw] → [O / b, C / b, kh, kw, C in a block, O in a block] */
function blockKernel(e: Emitter, weight: string, shape: Shape): string {
  const [o, c, kh, kw] = sizes(shape, 4)
  const blocked = exchanged(e, blockOutputs(e, weight, shape), [(o * c) / e.block / e.block, e.block, kh * kw])
  return e.one('Reshape', [blocked, e.ints(shape)])
}

/** Some taps with channels exchanged: [O, C, kh, kw] → [C / b, O / b, ...places, O in a block · C in a block] */
function blockExchanged(e: Emitter, weight: string, shape: Shape, taps: Shape, places: Shape): string {
  const [o, c, ...kernel] = sizes(shape, 2)
  const [outputs, inputs, count] = [o / e.block, c / e.block, sizeOf(kernel)]
  const blocked = exchanged(e, toBlocked(e, weight), [outputs, e.block, inputs * count])
  const order = range(inputs).flatMap(i => range(outputs).flatMap(j => taps.map(tap => (j * inputs + i) * count + tap)))
  const sorted = moved(e, blocked, [1, outputs * inputs * count], order)
  return e.one('Reshape', [sorted, e.ints([c, o, ...places])])
}

/** [O, C, kh, kw] → [O / b, C, kh, kw, O in a block]; faster than a `Transpose` that moves single numbers */
function blockOutputs(e: Emitter, weight: string, shape: Shape): string {
  const [o, ...rest] = sizes(shape, 1)
  const flat = e.one('Reshape', [weight, e.ints([1, o, sizeOf(rest), 1])])
  return e.one('Reshape', [e.one('ReorderInput', [flat], {}, BLOCKED), e.ints(shape)])
}
