import { matmul } from '../../../tensor/contraction.js'
import { concat } from '../../../tensor/movement.js'
import { range, sizes } from '../../../tensor/shape.js'
import { constant, type Tensor } from '../../../tensor/tensor.js'

/** Real and imaginary parts. */
export interface Complex {
  readonly re: Tensor
  readonly im: Tensor
}

/**
 * Fourier transforms of whole recordings, which are too long for one matrix. Of A · B numbers it is two products and a turn between
 * them: the numbers as B rows of A, transformed along the columns, each turned by e^{−2πi a k / AB}, transformed along the rows.
 * @see Cooley & Tukey 1965
 */

/**
 * @param x [rows, size]
 * @returns frequencies 0 … size / 2, in turns over the whole: [rows, size / 2 + 1] each
 */
export function fourier(x: Tensor): Complex {
  const [rows, size] = sizes(x.shape, 2)
  const [across, down] = factorsOf(size)
  const bins = Math.floor(size / 2) + 1
  const kept = Math.min(across, Math.floor((bins - 1) / down) + 1)
  const columns = matmul(stacked(down, -1, false), x.reshape(rows, down, across)) // [rows, 2 · down, across]
  const { re, im } = alongRows(turned(columns, down, across, -1), across, kept, -1)
  const inOrder = (part: Tensor) =>
    part
      .transpose(0, 2, 1)
      .reshape(rows, kept * down)
      .slice(1, 0, bins)
  return { re: inOrder(re), im: inOrder(im) }
}

/**
 * The size of Σ_k X_k e^{+2πi k t / size} at t = 0 … size − 1.
 * @param x [rows, size] each
 * @returns [rows, size]
 */
export function sizeOfBackwards({ re, im }: Complex): Tensor {
  const [rows, size] = sizes(re.shape, 2)
  const [across, down] = factorsOf(size)
  const both = concat([re.reshape(rows, down, across), im.reshape(rows, down, across)], 1)
  const columns = matmul(stacked(down, 1, true), both)
  const at = alongRows(turned(columns, down, across, 1), across, across, 1)
  // numbers lie by columns: t = row + down · column
  return at.re.square().add(at.im.square()).sqrt().transpose(0, 2, 1).reshape(rows, size)
}

/** Two factors of a number, as near to each other as can be; the larger first. */
export function factorsOf(size: number): readonly [number, number] {
  let small = Math.floor(Math.sqrt(size))
  while (size % small !== 0) small--
  return [size / small, small]
}

type Sign = 1 | -1

/** e^{± 2πi n / size}; of whole turns the fraction is exact */
const angle = (n: number, size: number): number => (2 * Math.PI * (n % size)) / size

/** The matrix that transforms columns, real parts above imaginary ones: [2 n, n], or [2 n, 2 n] for columns that are complex. */
function stacked(n: number, sign: Sign, complex: boolean): Tensor {
  const cos = (k: number, i: number) => Math.cos(angle(k * i, n))
  const sin = (k: number, i: number) => sign * Math.sin(angle(k * i, n))
  const row = (of: (k: number, i: number) => number, k: number) => range(n).map(i => of(k, i))
  const upper = range(n).flatMap(k => [...row(cos, k), ...(complex ? row((k, i) => -sin(k, i), k) : [])])
  const lower = range(n).flatMap(k => [...row(sin, k), ...(complex ? row(cos, k) : [])])
  return constant([...upper, ...lower], [2 * n, complex ? 2 * n : n])
}

/** Each number of the columns turned by where it stands: [rows, 2 · down, across] → both parts side by side [rows, down, 2 · across] */
function turned(columns: Tensor, down: number, across: number, sign: Sign): Tensor {
  const of = (wave: (x: number) => number) =>
    constant(
      range(down * across).map(i => wave(angle(Math.floor(i / across) * (i % across), down * across))),
      [1, down, across],
    )
  const [cos, sin] = [of(Math.cos), of(x => sign * Math.sin(x))]
  const [re, im] = [columns.slice(1, 0, down), columns.slice(1, down)]
  return concat([re.mul(cos).sub(im.mul(sin)), re.mul(sin).add(im.mul(cos))], 2)
}

/** The first `kept` frequencies of each row. */
function alongRows(both: Tensor, across: number, kept: number, sign: Sign): Complex {
  const cos = (i: number, k: number) => Math.cos(angle(i * k, across))
  const sin = (i: number, k: number) => sign * Math.sin(angle(i * k, across))
  const fromRe = range(across).flatMap(i => [...range(kept).map(k => cos(i, k)), ...range(kept).map(k => sin(i, k))])
  const fromIm = range(across).flatMap(i => [...range(kept).map(k => -sin(i, k)), ...range(kept).map(k => cos(i, k))])
  const y = both.matmul(constant([...fromRe, ...fromIm], [2 * across, 2 * kept]))
  return { re: y.slice(2, 0, kept), im: y.slice(2, kept) }
}
