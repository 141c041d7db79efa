import type { ProductRole, TensorOf } from '../../tensor/primitives.js'

/**
 * What one core does in a millisecond, fitted to ONNX Runtime's own profile of products of 1,024 rows with sides of 192 and 768
 * on a processor with VNNI. As with convolutions nothing is timed when a program is compiled, so that a run that goes on after a
 * break computes what it would have computed; whether int8 wins at all on a machine is tried when a run begins.
 */
const RATES = {
  /** Multiply-adds in float32 */
  float: 115e6,
  /** The same where the left operand lies transposed */
  transposed: 88e6,
  /** Multiply-adds in int8 */
  int8: 390e6,
  /** Numbers that an operator reads and writes, in the cache or out of it */
  moved: 10e6,
}
/** Milliseconds of an operator that has nothing to do */
const OPERATOR = 0.003

/** Longer sums of products of 255 and 255 pass the largest number of 32 bits; of 255 and 128, those of twice as many. */
export const LONGEST_SUM = 2 ** 15

/** Of products that may be computed in int8 themselves, not only their gradients */
export type Int8Role = Exclude<ProductRole, 'gradients'>

/** Whether a product with a role takes less time in int8, with all that comes before and after it. */
export function isFasterInInt8(role: Int8Role, t: TensorOf<'matmul'>): boolean {
  const { transposeA } = t.attributes
  const [rows = 1, columns = 1] = t.shape
  const sum = t.inputs[0].shape[transposeA ? 0 : 1] ?? 1
  const float = (rows * columns * sum) / (transposeA ? RATES.transposed : RATES.float)
  const longest = role === 'weight' ? 2 * LONGEST_SUM : LONGEST_SUM
  return sum <= longest && costs[role](rows, columns, sum) < float
}

const int8 = (multiplyAdds: number, moved: number, operators: number): number =>
  multiplyAdds / RATES.int8 + moved / RATES.moved + operators * OPERATOR

/** Estimates in milliseconds, for a result of rows × columns that are sums of so many products. */
const costs = {
  /** x quantised, W quantised and transposed */
  forward: (rows: number, columns: number, sum: number) => int8(rows * columns * sum, sum * (rows + 2 * columns), 8),
  /** Rows of g normalised, which takes twice as long as another pass, and quantised; W quantised; the result scaled back */
  input: (rows: number, columns: number, sum: number) =>
    int8(rows * columns * sum, sum * (3 * rows + columns) + rows * columns, 9),
  /** g in two terms, five passes; x quantised and transposed; two products, added and transposed */
  weight: (rows: number, columns: number, sum: number) =>
    int8(2 * rows * columns * sum, sum * (5 * rows + 2 * columns) + 2 * rows * columns, 14),
}
