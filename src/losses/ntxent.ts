import { matmul } from '../tensor/contraction.js'
import { where } from '../tensor/elementwise.js'
import { concat } from '../tensor/movement.js'
import { ShapeError } from '../tensor/scope.js'
import { range, showShape } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { blocksOf } from './blocks.js'

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
  const directions = unit(z)
  const twins = concat([directions.slice(0, views / 2), directions.slice(0, 0, views / 2)])
  const toTwin = directions.mul(twins).sum(-1).div(temperature)
  const columns = constant(range(views), [views], 'int')
  const blocks = blocksOf(views, views).map(rows => {
    const [first, count] = [rows[0] ?? 0, rows.length]
    const similarity = matmul(directions.slice(0, first, first + count), directions, false, true).div(temperature)
    const itself = constant(rows, [count, 1], 'int').equal(columns)
    const logits = where(itself, -1e9, similarity) // [count, 2N], never with itself
    const places = rows.map(i => (i + views / 2) % views)
    const found = logits.argmax(-1).equal(constant(places, [count], 'int'))
    return { total: logits.logSumExp(-1), found: found.cast('float') }
  })
  return {
    loss: concat(blocks.map(({ total }) => total))
      .sub(toTwin)
      .mean(),
    accuracy: concat(blocks.map(({ found }) => found)).mean(),
  }
}

/** Cosine of every row of a with every row of b: [N, D], [M, D] → [N, M] */
export function cosine(a: Tensor, b: Tensor): Tensor {
  return matmul(unit(a), unit(b), false, true)
}

/** Rows of length 1; a row of zeros stays zero. */
export function unit(x: Tensor): Tensor {
  return x.div(x.square().sum(-1, true).maximum(1e-24).sqrt())
}
