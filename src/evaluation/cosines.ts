import { ownKey, withProgram } from '../engine/own-key.js'
import type { Runner } from '../engine/runner.js'
import { compile } from '../program/compile.js'
import { filled, variable } from '../program/trace.js'
import type { Values } from '../program/values.js'
import { matmul } from '../tensor/contraction.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { type Features, l2Normalised, wantWidth } from './features.js'

/** Cosines in memory at a time, 64 MB of float32 */
const mostCosines = 2 ** 24
const mostRows = 1024

/**
 * Cosines of every query with every row of a gallery, a chunk of queries at a time. The gallery is sent once and stays
 * with the runner until all is done; the program is compiled once, for chunks of one size, the last filled up with zeros.
 *
 * @param build what the program makes of the cosines [chunk, gallery.count]: tensors with one row a query
 * @param receive results of `rows` queries from number `start` on; rows beyond `rows` are filling
 */
export async function overCosines<Name extends string>(
  runner: Runner,
  queries: Features,
  gallery: Features,
  build: (cosines: Tensor) => Readonly<Record<Name, Tensor>>,
  receive: (results: Readonly<Record<Name, Values>>, start: number, rows: number) => void,
): Promise<void> {
  const { count, width } = gallery
  wantWidth('cosines', queries, width)
  if (queries.count === 0 || count === 0) throw new RangeError('cosines: no queries, or nothing to compare them with')
  const chunk = Math.min(queries.count, mostRows, Math.max(1, Math.floor(mostCosines / count)))
  const resident = variable([count, width], filled(0)([count, width]))
  const name = ownKey('gallery')
  const outputs = build(matmul(input('queries', [chunk, width]), resident, false, true))
  const program = compile({ outputs, names: new Map([[resident, name]]) }, runner.options)
  await withProgram(runner, program, async key => {
    await runner.write(new Map([[name, l2Normalised(gallery).values]]))
    const directions = l2Normalised(queries).values
    for (let start = 0; start < queries.count; start += chunk) {
      const rows = Math.min(chunk, queries.count - start)
      const values = new Float32Array(chunk * width)
      values.set(directions.subarray(start * width, (start + rows) * width))
      receive((await runner.run(key, { queries: values })) as Record<Name, Values>, start, rows)
    }
  })
}

/**
 * Each query's cosines with the whole gallery, in turn.
 * @param receive cosines [gallery.count], valid only during the call
 */
export async function eachCosines(
  runner: Runner,
  queries: Features,
  gallery: Features,
  receive: (cosines: ArrayLike<number>, query: number) => void,
): Promise<void> {
  await overCosines(
    runner,
    queries,
    gallery,
    cosines => ({ cosines }),
    ({ cosines }, start, rows) => {
      const all = cosines as Float32Array
      for (let row = 0; row < rows; row++)
        receive(all.subarray(row * gallery.count, (row + 1) * gallery.count), start + row)
    },
  )
}
