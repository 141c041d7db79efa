import { widenBrainFloat, widenHalf } from './half.js'

/** The element types as the file names them. F16 and BF16 are read (widened to float32), never written. */
export type SafetensorsDType = 'I64' | 'F64' | 'F32' | 'I32' | 'BF16' | 'F16' | 'U8' | 'BOOL'

export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array

/** A tensor at rest, row-major. `bool` is one byte an element, 0 or 1. */
export interface StoredTensor {
  readonly dtype: 'float32' | 'float64' | 'int64' | 'int32' | 'uint8' | 'bool'
  readonly shape: readonly number[]
  readonly data: TensorData
}

export interface ElementFormat {
  readonly dtype: StoredTensor['dtype']
  /** Of one element in the file. */
  readonly bytes: number
  /** `buffer` holds the elements and nothing else. */
  readonly read: (buffer: ArrayBuffer) => TensorData
}

/** Every element type of the file, in the order in which the reference implementation lays tensors out. */
export const elementFormats: { readonly [D in SafetensorsDType]: ElementFormat } = {
  I64: { dtype: 'int64', bytes: 8, read: buffer => new BigInt64Array(buffer) },
  F64: { dtype: 'float64', bytes: 8, read: buffer => new Float64Array(buffer) },
  F32: { dtype: 'float32', bytes: 4, read: buffer => new Float32Array(buffer) },
  I32: { dtype: 'int32', bytes: 4, read: buffer => new Int32Array(buffer) },
  BF16: { dtype: 'float32', bytes: 2, read: buffer => widenBrainFloat(new Uint16Array(buffer)) },
  F16: { dtype: 'float32', bytes: 2, read: buffer => widenHalf(new Uint16Array(buffer)) },
  U8: { dtype: 'uint8', bytes: 1, read: buffer => new Uint8Array(buffer) },
  BOOL: { dtype: 'bool', bytes: 1, read: buffer => new Uint8Array(buffer) },
}

export const writtenAs: { readonly [D in StoredTensor['dtype']]: SafetensorsDType } = {
  int64: 'I64',
  float64: 'F64',
  float32: 'F32',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
}

export function isSafetensorsDType(name: string): name is SafetensorsDType {
  return Object.hasOwn(elementFormats, name)
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1)
}
