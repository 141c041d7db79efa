/** ⟨a, b⟩ over the length of a */
export function dot(a: Float64Array, b: Float64Array): number {
  const at = (i: number) => (a[i] as number) * (b[i] as number)
  const whole = a.length - (a.length % 4)
  let [s, t, u, v] = [0, 0, 0, 0] // four sums: one alone waits for each addition to end
  for (let i = 0; i < whole; i += 4) {
    s += at(i)
    t += at(i + 1)
    u += at(i + 2)
    v += at(i + 3)
  }
  for (let i = whole; i < a.length; i++) s += at(i)
  return s + t + (u + v)
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
