import { cosine } from '../../losses/ntxent.js'
import { variable } from '../../program/trace.js'
import type { Tensor } from '../../tensor/tensor.js'
import { normal } from '../initial.js'
import { linear } from '../layers.js'
import { type Module, module } from '../module.js'

export interface CodeHeadOptions {
  /** Numbers in a frame of the encoder */
  readonly inputs: number
  /** Numbers in which frames and codes are compared */
  readonly width: number
  readonly codes: number
  readonly temperature: number
}

/**
 * Guesses the code of each frame by its direction: logits cos(A·o, e_c) / τ with an embedding e_c for each code.
 * [N, T, inputs] → [N, T, codes]
 * @see Hsu et al. 2021, HuBERT, eq. 3
 */
export function codeHead({ inputs, width, codes, temperature }: CodeHeadOptions): Module {
  const projection = linear(inputs, width)
  const embeddings = variable([codes, width], normal(1)([codes, width]), 'token')
  return module({ projection, embeddings }, (x: Tensor) =>
    cosine(projection(x.reshape(-1, inputs)), embeddings)
      .div(temperature)
      .reshape(x.size(0), x.size(1), codes),
  )
}
