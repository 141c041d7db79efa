import { writeFileAtomic } from '../files.js'
import { writeNpy } from './npy.js'
import { writeEmbeddingsParquet } from './parquet.js'

/** What a row of vectors was made from. */
export interface Row {
  readonly name: string
  readonly label?: string | undefined
  readonly split?: string | undefined
  /** Equal for what belongs together */
  readonly group?: string | undefined
}

/**
 * Writes vectors and what each was made from: a `.parquet` holds both, a `.npy` gets its names beside it, one JSON object a line.
 *
 * @param path ends in .parquet or .npy
 * @param values [rows.length, width], row-major
 * @returns the file, and that of the names where there is one
 * @throws LacunaError when they do not fit together, or a file cannot be written
 */
export function writeEmbeddings(path: string, rows: readonly Row[], values: Float32Array): [string, string?] {
  const grouped = new Set(rows.map(({ group }) => group)).size < rows.length // else every row is by itself
  const column = (of: (row: Row) => string | undefined) => {
    const cells = rows.map(row => of(row) ?? null)
    return cells.some(cell => cell !== null) ? cells : undefined
  }
  const [labels, splits] = [column(({ label }) => label), column(({ split }) => split)]
  const groups = grouped ? column(({ group }) => group) : undefined
  if (!path.endsWith('.npy')) {
    writeEmbeddingsParquet(path, { names: rows.map(({ name }) => name), labels, splits, groups, embeddings: values })
    return [path]
  }
  const names = path.replace(/\.npy$/, '.names.jsonl')
  writeNpy(path, values, [rows.length, values.length / Math.max(rows.length, 1)])
  const line = ({ name }: Row, i: number) =>
    JSON.stringify({ name, label: labels?.[i], split: splits?.[i], group: groups?.[i] })
  writeFileAtomic(names, rows.map((row, i) => `${line(row, i)}\n`).join(''))
  return [path, names]
}
