import type { TensorOf } from './primitives.js'
import { make, type Tensor } from './tensor.js'

/**
 * Marks a part of a model whose inner tensors the backward computes again from its inputs, so that they need not be kept
 * (all but the last such part, whose tensors are still there when the backward starts).
 *
 * @param inputs what the result is computed from, float; these are kept. Segments inside a segment count as part of it.
 * @returns the same values as `result`
 * @see Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost
 */
export function segment(result: Tensor, inputs: readonly Tensor[]): Tensor {
  return make('segment', [result, ...inputs], {}, result.shape, result.dtype)
}

/** The values of x, to the last bit, but not before g is known. */
export const after = (x: Tensor, g: Tensor): Tensor => make('after', [x, g], {}, x.shape, x.dtype)

/**
 * Copies of everything between the inputs of a segment and its result.
 * @param g gradient of the result; the copies are computed after it
 */
export function recompute({ inputs: [result, ...inputs] }: TensorOf<'segment'>, g: Tensor): Map<Tensor, Tensor> {
  const late = new Map(inputs.map(x => [x, after(x, g)]))
  const oldest = Math.min(...inputs.map(x => x.id))
  const copies = new Map<Tensor, Tensor>()
  const copyOf = (t: Tensor): Tensor => {
    const known = late.get(t) ?? copies.get(t)
    if (known !== undefined || t.id < oldest) return known ?? t
    const operands = t.inputs.map(copyOf)
    const depends = operands.some((x, i) => x !== t.inputs[i])
    const copy = depends ? make(t.op, operands as never, t.attributes, t.shape, t.dtype) : t
    copies.set(t, copy)
    return copy
  }
  copyOf(result)
  return copies
}
