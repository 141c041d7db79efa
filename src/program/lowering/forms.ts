import type { ConvolutionAttributes, InputsOf, TensorOf } from '../../tensor/primitives.js'
import type { Shape } from '../../tensor/shape.js'
import { make, type Tensor } from '../../tensor/tensor.js'
import { blockedConv, blockedInput, blockedPhases } from './blocked-conv.js'
import { weightOverPixels, weightOverSamples } from './blocked-weight.js'
import { lowerConv, lowerConvInput, lowerStrideOneInput } from './conv.js'
import { lowerWeightByPlace, lowerWeightColumns, lowerWeightProduct } from './conv-weight.js'
import { type Convolution, costs, geometryOf } from './cost.js'
import type { Emitter } from './emitter.js'
import { int8Conv, int8Input } from './int8-conv.js'
import { tiledConv, tiledInput, tiledWeight } from './winograd.js'

/** One way to compute a convolution or a gradient of it; gives nothing, and writes nothing, where it cannot serve. */
export type Form<P extends Convolution> = (
  e: Emitter,
  names: readonly [string, string],
  t: TensorOf<P>,
) => string | undefined

/** All forms that the CPU has, one for each cost; the last of each serves always. */
export const forms: { readonly [P in Convolution]: Readonly<Record<keyof (typeof costs)[P], Form<P>>> } = {
  conv: { int8: int8Conv, tiles: tiledConv, blocked: blockedConv, plain: lowerConv },
  convInput: {
    int8: int8Input,
    tiles: tiledInput,
    blocked: blockedInput,
    phases: blockedPhases,
    plain: lowerStrideOneInput,
    transposed: lowerConvInput,
  },
  convWeight: {
    tiles: tiledWeight,
    samples: weightOverSamples,
    pixels: weightOverPixels,
    columns: lowerWeightColumns,
    places: lowerWeightByPlace,
    product: lowerWeightProduct,
  },
}

/** The names of all forms of a convolution with what each may cost, the cheapest first. */
export function ranked(t: TensorOf<Convolution>): readonly (readonly [name: string, milliseconds: number])[] {
  const geometry = geometryOf(t)
  const key = JSON.stringify([t.op, geometry])
  const known = rankings.get(key)
  if (known !== undefined) return known
  const found = Object.entries(costs[t.op])
    .map(([name, cost]) => [name, cost(geometry)] as const)
    .sort(([, a], [, b]) => a - b)
  rankings.set(key, found)
  return found
}
const rankings = new Map<string, readonly (readonly [string, number])[]>()

/** A convolution, or a gradient of it, in the cheapest form that can serve. */
export function lowerCheapest<P extends Convolution>(
  e: Emitter,
  names: readonly [string, string],
  t: TensorOf<P>,
): string {
  if (t.rank === 3) return lowerAsRow(e, names, t)
  const all = forms[t.op] as Readonly<Record<string, Form<P>>>
  for (const [name] of ranked(t)) {
    const written = all[name]?.(e, names, t)
    if (written !== undefined) return written
  }
  throw new Error(`${t.op}: no form for [${t.shape}]`)
}

/** What is 1-d as pictures one pixel high, for which all forms serve. */
function lowerAsRow<P extends Convolution>(e: Emitter, names: readonly [string, string], t: TensorOf<P>): string {
  const { stride, dilation, padding, groups }: ConvolutionAttributes = t.attributes
  const row = ([n = 1, c = 1, ...places]: Shape) => [n, c, 1, ...places]
  const [a, b] = t.inputs.map((x: Tensor) => x.reshape(...row(x.shape))) as [Tensor, Tensor]
  const attributes = {
    stride: [1, ...stride],
    dilation: [1, ...dilation],
    padding: [[0, 0], ...padding] as const,
    groups,
  }
  const wide = make(t.op, [a, b] as InputsOf<P>, attributes as never, row(t.shape), t.dtype) as TensorOf<P>
  const rows = names.map((name, i) => renamed(e, name, wide.inputs[i]?.shape ?? []))
  return renamed(e, lowerCheapest(e, rows as [string, string], wide), t.shape)
}

/** A value in another shape; its twin in blocked layout calls itself a picture in any case. */
function renamed(e: Emitter, name: string, shape: Shape): string {
  const reshaped = e.one('Reshape', [name, e.shape(shape)])
  const twin = e.twins.get(name)
  if (twin !== undefined) e.twins.set(reshaped, twin)
  return reshaped
}
