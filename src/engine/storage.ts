import type * as ort from 'onnxruntime-common'
import type { Values } from '../program/values.js'

/** One variable between the runs: a program reads `now` and leaves the next value. */
export interface VariableStorage {
  readonly now: ort.Tensor
  /**
   * Where a program that runs now is to write the next value; null where ONNX Runtime allocates it.
   * @param inPlace whether it may be where the present one is
   */
  next(inPlace: boolean): ort.Tensor | null
  /** The program has run: `now` is what it gave */
  advance(result: ort.Tensor): void
  /** A copy */
  read(): Promise<Values>
  /** @param data as many values as the variable has */
  write(data: ArrayLike<number>): Promise<void>
  /** Frees the memory; the storage is not used again */
  dispose(): void
}
