import { range } from '../tensor/shape.js'

/** Numbers in a block, 32 MB in float32 */
const MOST = 2 ** 23

/** The numbers of a matrix's rows in blocks: a program holds a large matrix several times over, but a block of it only. */
export function blocksOf(rows: number, columns: number): number[][] {
  const length = Math.max(1, Math.floor(MOST / columns))
  return range(Math.ceil(rows / length)).map(i => range(rows).slice(i * length, (i + 1) * length))
}
