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

/** The values of x, to the last bit, but not before the others (float) are known. */
export const after = (x: Tensor, ...others: Tensor[]): Tensor => make('after', [x, ...others], {}, x.shape, x.dtype)

/** Which tensors the backward, going from the last to the first, reads in place of those that are not kept. */
export function recomputation() {
  const copies = new Map<Tensor, Tensor>()
  /** Gradients that the next copies wait for; none before the last segment, which is not computed again */
  let waiting: Tensor[] | undefined
  return {
    /** @param g gradient of the segment's result, complete */
    enter(part: TensorOf<'segment'>, g: Tensor): void {
      if (copies.has(part)) return // it is inside another one
      if (waiting !== undefined) copy(part, [g, ...waiting], copies)
      waiting = []
    },
    /** Copies of earlier segments wait for this gradient of a parameter, so that all that it needs is free by then. */
    wait: (gradient: Tensor): void => void waiting?.push(gradient),
    read: (t: Tensor): Tensor => copies.get(t) ?? t,
  }
}

/** Adds copies of everything between the inputs of a segment and its result, to be computed after the gradients. */
function copy(
  { inputs: [result, ...inputs] }: TensorOf<'segment'>,
  gradients: readonly Tensor[],
  copies: Map<Tensor, Tensor>,
): void {
  const late = new Map(inputs.map(x => [x, after(x, ...gradients)]))
  const oldest = Math.min(...inputs.map(x => x.id))
  const copyOf = (t: Tensor): Tensor => {
    const known = late.get(t) ?? copies.get(t)
    if (known !== undefined || t.id < oldest) return known ?? t
    const operands = t.inputs.map(copyOf)
    const depends = operands.some((x, i) => x !== t.inputs[i])
    const made = depends ? make(t.op, operands as never, t.attributes, t.shape, t.dtype) : t
    copies.set(t, made)
    return made
  }
  copyOf(result)
}
