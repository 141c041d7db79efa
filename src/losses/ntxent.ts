import { matmul } from '../tensor/contraction.js'
import { where } from '../tensor/elementwise.js'
import { ShapeError } from '../tensor/scope.js'
import { range, showShape } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { crossEntropy } from './cross-entropy.js'

export interface ContrastiveResult {
  /** float [], nats */
  readonly loss: Tensor
  /** float []: the share of rows whose best match is the right one */
  readonly accuracy: Tensor
}

/**
 * Normalised temperature-scaled cross entropy: each view must find its twin among all others.
 *
 * @param z embeddings [2N, D], rows i and i + N are twins; need not be normalised
 * @param temperature τ > 0; smaller sharpens
 * @returns loss in nats, mean over the 2N rows; ln(2N − 1) when the embeddings say nothing
 * @throws ShapeError for an odd number of rows, or none
 * @see Chen et al. 2020, A Simple Framework for Contrastive Learning of Visual Representations, eq. 1
 */
export function ntXent(z: Tensor, temperature: number): ContrastiveResult {
  const views = z.shape[0] ?? 0
  if (z.rank !== 2 || views < 2 || views % 2 !== 0)
    throw new ShapeError(
      'ntXent',
      `an even number of rows expected, two views of each picture, got ${showShape(z.shape)}`,
    )
  const similarity = cosine(z, z).div(temperature)
  const itself = constant(range(views), [views, 1], 'int').equal(constant(range(views), [views], 'int'))
  const logits = where(itself, -1e9, similarity) // [2N, 2N], never with itself
  const twins = constant(
    range(views).map(i => (i + views / 2) % views),
    [views],
    'int',
  )
  return crossEntropy(logits, twins)
}

/** Cosine of every row of a with every row of b: [N, D], [M, D] → [N, M] */
export function cosine(a: Tensor, b: Tensor): Tensor {
  return matmul(unit(a), unit(b), false, true)
}

/** Rows of length 1; a row of zeros stays zero. */
export function unit(x: Tensor): Tensor {
  return x.div(x.square().sum(-1, true).maximum(1e-24).sqrt())
}
