import type * as ort from 'onnxruntime-common'
import type { Port } from '../program/compile.js'
import { arrays, type Values, valuesOf } from '../program/values.js'
import { sizeOf } from '../tensor/shape.js'
import { runtime } from './node/runtime.js'

/** A tensor of zeros in the memory of this process. */
export const zeros = (port: Port): ort.Tensor => makeTensor(port, new arrays[port.type](sizeOf(port.shape)))

/**
 * What a program is given for one of its inputs.
 * @throws Error when there are not as many values as the shape holds
 */
export function tensorOf(port: Port, data: ArrayLike<number> | Values | undefined): ort.Tensor {
  const expected = sizeOf(port.shape)
  if (data === undefined || data.length !== expected)
    throw new Error(
      `input ${port.name}: ${expected} values expected for [${port.shape}], got ${data?.length ?? 'none'}`,
    )
  return makeTensor(port, valuesOf(port.type, data))
}

const makeTensor = ({ type, shape }: Port, data: Values): ort.Tensor =>
  new runtime.Tensor(type, data as Float32Array, shape) as unknown as ort.Tensor
