import type { ElementType } from './onnx/model.js'

export type Values = Float32Array | Float64Array | Uint8Array | BigInt64Array

/** The array that holds the values of a tensor. */
export const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  uint8: Uint8Array,
}

/** Numbers as a tensor of the type holds them; the same array where it is one already. */
export function valuesOf(type: ElementType, numbers: ArrayLike<number> | Values): Values {
  if (numbers instanceof arrays[type]) return numbers
  const list = numbers as ArrayLike<number>
  return type === 'int64' ? BigInt64Array.from(list, x => BigInt(x)) : new arrays[type](list) // copies arrays of numbers at once, where `from` goes through them
}
