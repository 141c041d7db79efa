import { isCheckpointing } from '../program/trace.js'
import { segment } from '../tensor/recompute.js'
import type { Tensor } from '../tensor/tensor.js'

/** A part of a model whose inner tensors the backward computes again from x, in a run that trades time for memory. */
export const checkpointed = (x: Tensor, forward: (x: Tensor) => Tensor): Tensor =>
  isCheckpointing() ? segment(forward(x), [x]) : forward(x)
