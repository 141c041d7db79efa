import type { Tensor } from 'onnxruntime-common'
import type { Port } from '../program/compile.js'
import { arrays, type Values, valuesOf } from '../program/values.js'
import { sizeOf } from '../tensor/shape.js'
import type { Runtime } from './host.js'

/** ONNX Runtime knows only tensors of its own class. */
type Ort = Runtime['ort']

/** A tensor of zeros in the memory of this process. */
export const zeros = (ort: Ort, port: Port): Tensor => makeTensor(ort, port, new arrays[port.type](sizeOf(port.shape)))

/**
 * What a program is given for one of its inputs.
 * @throws Error when there are not as many values as the shape holds
 */
export function tensorOf(ort: Ort, port: Port, data: ArrayLike<number> | Values | undefined): Tensor {
  const expected = sizeOf(port.shape)
  if (data === undefined || data.length !== expected)
    throw new Error(
      `input ${port.name}: ${expected} values expected for [${port.shape}], got ${data?.length ?? 'none'}`,
    )
  return makeTensor(ort, port, valuesOf(port.type, data))
}

const makeTensor = (ort: Ort, { type, shape }: Port, data: Values): Tensor =>
  new ort.Tensor(type, data as Float32Array, shape)
