import { matmul } from '../tensor/contraction.js'
import { concat } from '../tensor/movement.js'
import { ShapeError } from '../tensor/scope.js'
import { range, showShape } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { blocksOf } from './blocks.js'
import { unit } from './ntxent.js'

/** Which of N pairs belong together. */
export interface Pairs {
  /** u [N, D], of any length */
  readonly first: Tensor
  /** v [N, D]: row i belongs to row i of the first */
  readonly second: Tensor
  /** float or int [N, L]: rows that are equal in every number belong to each other too, as those of equal captions do */
  readonly alike?: Tensor
}

export interface PairsResult {
  /** float [], nats */
  readonly loss: Tensor
  /** float []: the share of first rows whose best match is a right one */
  readonly secondFound: Tensor
  /** float []: the same of the second rows */
  readonly firstFound: Tensor
  /** float []: the share of right matches among all, which is how often a guess is right */
  readonly chance: Tensor
}

/** Rows of the matrix of all pairs. */
interface Rows {
  /** cos uᵢ vⱼ, [count, N] */
  readonly cosines: Tensor
  /** 1 where i and j belong together, else 0, [count, N] */
  readonly right: Tensor
}

/** Computes something of all rows of the matrix of pairs, a block after the other: tensors [count], which are joined to [N]. */
export function overRows<Name extends string>(
  { first, second, alike }: Pairs,
  of: (rows: Rows) => Readonly<Record<Name, Tensor>>,
): Readonly<Record<Name, Tensor>> {
  const n = first.size(0)
  const [u, v] = [unit(first), unit(second)]
  const blocks = blocksOf(n, n * (alike?.size(1) ?? 1)).map(rows => {
    const [from, count] = [rows[0] ?? 0, rows.length]
    const cosines = matmul(u.slice(0, from, from + count), v, false, true)
    return of({ cosines, right: belonging(n, from, count, alike) })
  })
  const names = Object.keys(blocks[0] ?? {}) as Name[]
  return Object.fromEntries(names.map(name => [name, concat(blocks.map(block => block[name]))])) as Record<Name, Tensor>
}

/** @throws ShapeError unless both have one row a pair, and as many numbers in it */
export function checkPairs(op: string, { first, second, alike }: Pairs): void {
  const [n] = first.shape
  const fits = first.rank === 2 && second.rank === 2 && second.shape[0] === n && second.shape[1] === first.shape[1]
  if (!fits || (alike !== undefined && (alike.rank !== 2 || alike.shape[0] !== n)))
    throw new ShapeError(
      op,
      [first, second, ...(alike ? [alike] : [])].map(({ shape }) => showShape(shape)).join(' · '),
    )
}

function belonging(n: number, from: number, count: number, alike: Tensor | undefined): Tensor {
  if (alike === undefined) {
    const rows = constant(
      range(count).map(i => from + i),
      [count, 1],
      'int',
    )
    return rows.equal(constant(range(n), [n], 'int')).cast('float')
  }
  const width = alike.size(1)
  const own = alike.slice(0, from, from + count).reshape(count, 1, width)
  return own
    .equal(alike.reshape(1, n, width))
    .cast('float')
    .min(-1)
}

/** 1 where the best match of a row is a right one, else 0: [count]. Of equal ones the first is taken. */
export const foundIn = ({ cosines, right }: Rows): Tensor =>
  right.takeAlong(cosines.argmax(-1).reshape(-1, 1), 1).reshape(-1)
