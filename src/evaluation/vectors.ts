/** ⟨a, b⟩ over the length of a */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a))

/** a ← a + factor·b */
export function addScaled(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) + factor * (b[i] as number)
}

/** [rows, columns] → [columns, rows] */
export function transposed(matrix: Float64Array, columns: number): Float64Array {
  const rows = matrix.length / columns
  const result = new Float64Array(matrix.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j] as number
  return result
}

/** Views of the rows of a matrix [rows, width] */
export function rowsOf(matrix: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: matrix.length / width }, (_, row) => matrix.subarray(row * width, (row + 1) * width))
}
