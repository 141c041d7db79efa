import type { TensorOf } from '../tensor/primitives.js'
import { sizeOf } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * Floating-point operations of the convolutions, matrix products and recurrent units among `tensors`, two for each multiply-add; zeros
 * of the padding count as numbers, and everything element by element as nothing.
 */
export function flops(tensors: readonly Tensor[]): number {
  return 2 * tensors.reduce((sum, t) => sum + multiplyAdds(t), 0)
}

function multiplyAdds(t: Tensor): number {
  const [a = t, b = t] = t.inputs
  switch (t.op) {
    case 'matmul': {
      const { transposeA } = (t as TensorOf<'matmul'>).attributes
      return sizeOf(t.shape) * (a.shape.at(transposeA ? -2 : -1) ?? 1)
    }
    case 'gru':
      return sizeOf(t.shape.slice(0, 2)) * (sizeOf(b.shape) + sizeOf(t.inputs[2]?.shape ?? []))
    // each number on the side of the convolution's output meets one filter
    case 'conv':
      return sizeOf(t.shape) * filter(b)
    case 'convInput':
      return sizeOf(a.shape) * filter(b)
    case 'convWeight':
      return sizeOf(b.shape) * filter(t)
    default:
      return 0
  }
}

/** Numbers in one filter of a weight [O, C / groups, ...kernel] */
const filter = (weight: Tensor): number => sizeOf(weight.shape.slice(1))
