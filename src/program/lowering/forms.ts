import type { TensorOf } from '../../tensor/primitives.js'
import { blockedConv, blockedInput, blockedPhases } from './blocked-conv.js'
import { weightOverPixels, weightOverSamples } from './blocked-weight.js'
import { lowerConv, lowerConvInput, lowerStrideOneInput } from './conv.js'
import { lowerWeightByPlace, lowerWeightColumns, lowerWeightProduct } from './conv-weight.js'
import { type Convolution, costs, geometryOf } from './cost.js'
import type { Emitter } from './emitter.js'
import { tiledConv, tiledInput, tiledWeight } from './winograd.js'

/** One way to compute a convolution or a gradient of it; gives nothing, and writes nothing, where it cannot serve. */
export type Form<P extends Convolution> = (
  e: Emitter,
  names: readonly [string, string],
  t: TensorOf<P>,
) => string | undefined

/** All forms that the CPU has, one for each cost; the last of each serves always. */
export const forms: { readonly [P in Convolution]: Readonly<Record<keyof (typeof costs)[P], Form<P>>> } = {
  conv: { tiles: tiledConv, blocked: blockedConv, plain: lowerConv },
  convInput: {
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
  const all = forms[t.op] as Readonly<Record<string, Form<P>>>
  for (const [name] of ranked(t)) {
    const written = all[name]?.(e, names, t)
    if (written !== undefined) return written
  }
  throw new Error(`${t.op}: no form for [${t.shape}]`)
}
