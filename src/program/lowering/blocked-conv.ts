import type { TensorOf } from '../../tensor/primitives.js'
import { type Shape, sizeOf, sizes } from '../../tensor/shape.js'
import { BLOCKED, canBlock, fromBlocked, toBlocked } from './blocked.js'
import { onnxAttributes, turned, turnedAttributes } from './conv.js'
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
  const [o, c, ...places] = sizes(t.inputs[1].shape, 2)
  const kernel = turned(e, blockExchanged(e, weight, t.inputs[1].shape), t.inputs[1].shape)
  const inputs = [toBlocked(e, output), e.one('Reshape', [kernel, e.ints([c, o, ...places])])]
  return fromBlocked(e, e.one('Conv', inputs, attributes, BLOCKED), c)
}

/**
 * The gradient in the input of a convolution with stride 2: places of each of the four kinds, even and odd rows and columns,
 * see other taps of the kernel, and are a convolution with stride 1 by those; then they are put beside each other.
 */
export function blockedPhases(e: Emitter, [output, weight]: Two, t: TensorOf<'convInput'>): string | undefined {
  const { stride, dilation, groups, padding } = t.attributes
  const [{ shape: from }, { shape: kernel }] = t.inputs
  const [o = 1, c = 1] = kernel
  const [n, , height, width = 1] = sizes(t.shape, 3)
  const halves = [...stride, ...dilation].join() === '2,2,1,1' && height % 2 === 0 && width % 2 === 0
  if (!halves || groups !== 1 || !canBlock(e, t.shape) || !canBlock(e, from)) return undefined
  const phases = [0, 1].map(axis => [0, 1].map(place => phase(place, axis)))
  if (phases.flat().some(p => p === undefined)) return undefined
  const [rows = [], columns = []] = phases as Phase[][]
  const exchanged = blockExchanged(e, weight, kernel)
  const lines = (n * c * height) / e.block / 2
  const parts = rows.flatMap(row =>
    columns.map(column => {
      const seen = [row, column]
      const cut = e.one('Slice', [
        exchanged,
        e.ints(seen.map(({ last }) => last)),
        e.ints(seen.map(() => Number.MIN_SAFE_INTEGER)),
        e.ints([2, 3]),
        e.ints([-2, -2]),
      ])
      const inputs = [toBlocked(e, output), e.one('Reshape', [cut, e.ints([c, o, row.count, column.count])])]
      const padding = seen.map(({ around }) => around)
      const attributes = onnxAttributes({ stride: [1, 1], dilation: [1, 1], groups: 1, padding })
      return e.one('Reshape', [e.one('Conv', inputs, attributes, BLOCKED), e.ints([lines, width / 2, e.block])])
    }),
  )
  // even and odd pixels of a row beside each other, then even and odd rows
  const row = (both: readonly string[]) =>
    e.one('Reshape', [e.one('Concat', both, { axis: 2 }), e.ints([lines, width, e.block])])
  const beside = e.one('Concat', [row(parts.slice(0, 2)), row(parts.slice(2))], { axis: 1 })
  return fromBlocked(e, e.one('Reshape', [beside, e.ints(t.shape)]), c)

  /** What places 2·j + `place` of an axis see: input[j] = Σ over m of output[j + shift − m] · kernel[first + 2·m]. */
  function phase(place: number, axis: number): Phase | undefined {
    const begin = padding[axis]?.[0] ?? 0
    const first = (place + begin) % 2
    const count = Math.ceil(((kernel[axis + 2] ?? 1) - first) / 2)
    const before = count - 1 - (place + begin - first) / 2
    const after = (t.shape[axis + 2] ?? 1) / 2 - (from[axis + 2] ?? 1) - before + count - 1
    if (count < 1 || before < 0 || after < 0) return undefined
    return { last: first + 2 * (count - 1), count, around: [before, after] }
  }
}

interface Phase {
  /** The last tap seen, and how many: every second one */
  readonly last: number
  readonly count: number
  /** Zeros at both ends of the output */
  readonly around: readonly [number, number]
}

/** [O, C, kh, kw] → [O / b, C / b, kh, kw, C in a block, O in a block] */
function blockKernel(e: Emitter, weight: string, shape: Shape): string {
  const [o, c, kh, kw] = sizes(shape, 4)
  const apart = [o / e.block, c / e.block, e.block, kh * kw, e.block]
  const blocked = e.one('Reshape', [blockOutputs(e, weight, shape), e.ints(apart)])
  return e.one('Reshape', [e.one('Transpose', [blocked], { perm: [0, 1, 3, 2, 4] }), e.ints(shape)])
}

/** With its channels exchanged: [O, C, kh, kw] → [C / b, O / b, kh, kw, O in a block · C in a block] */
function blockExchanged(e: Emitter, weight: string, [o = 1, c = 1, kh = 1, kw = 1]: Shape): string {
  const apart = [o / e.block, e.block, c / e.block, kh * kw, e.block]
  const blocked = e.one('Reshape', [toBlocked(e, weight), e.ints(apart)])
  const turned = e.one('Transpose', [blocked], { perm: [2, 0, 3, 1, 4] })
  return e.one('Reshape', [turned, e.ints([c / e.block, o / e.block, kh, kw, e.block * e.block])])
}

/** [O, C, kh, kw] → [O / b, C, kh, kw, O in a block]; faster than a `Transpose` that moves single numbers */
function blockOutputs(e: Emitter, weight: string, shape: Shape): string {
  const [o, ...rest] = sizes(shape, 1)
  const flat = e.one('Reshape', [weight, e.ints([1, o, sizeOf(rest), 1])])
  return e.one('Reshape', [e.one('ReorderInput', [flat], {}, BLOCKED), e.ints(shape)])
}
