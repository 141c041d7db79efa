import { messageOf } from '../errors.js'
import { compile } from '../program/compile.js'
import type { Products } from '../program/lowering/emitter.js'
import { runSession } from '../program/outputs.js'
import { matmul } from '../tensor/contraction.js'
import { input } from '../tensor/tensor.js'
import type { ProbedInt8, Runtime } from './host.js'
import { openSession } from './session.js'

const [ROWS, COLUMNS, SUM] = [1024, 256, 256]
const ROUNDS = 10
/** What ONNX Runtime says of an operator that it does not know, or has no code for */
const MISSING = /NOT_IMPLEMENTED|not a registered function|No Op registered|could not find an implementation/i

/**
 * Tries a product in int8, on one thread. Its operands are whole numbers that its integers hold exactly, the largest of them side
 * by side, and its sums are below 2²⁴: float32 gives the very same.
 * @returns undefined where this ONNX Runtime has no such operators
 */
export async function probedInt8(runtime: Runtime): Promise<ProbedInt8 | undefined> {
  const [x, weight] = [input('x', [ROWS, SUM]), input('weight', [COLUMNS, SUM])]
  const y = matmul(x, weight, false, true, 'forward')
  const { ort } = runtime
  const feeds = {
    // rows of 255, rows of all numbers from 0 on
    x: new ort.Tensor(
      'float32',
      filled(x.shape, (row, i) => (row % 2 === 0 ? 255 : (row + i) % 256)),
      x.shape,
    ),
    // columns of 127, of −128, of both by turns
    weight: new ort.Tensor(
      'float32',
      filled(weight.shape, (row, i) => [127, -128, i % 2 ? 127 : -128][row % 3]),
      [...weight.shape],
    ),
  }
  const modelIn = (products: Products) =>
    compile({ outputs: { y } }, { device: 'cpu', precision: 'float32', products }).model
  const opened = async (model: Uint8Array) => {
    const session = await openSession(runtime, model, { device: 'cpu', threads: 1 })
    const results = { y: new ort.Tensor('float32', new Float32Array(ROWS * COLUMNS), [ROWS, COLUMNS]) }
    return { session, results, least: Number.POSITIVE_INFINITY }
  }
  const int8 = await opened(modelIn('int8')).catch((error: unknown) => {
    if (!MISSING.test(messageOf(error))) throw error
  })
  if (int8 === undefined) return undefined
  const float = await opened(modelIn('fp32'))
  for (let round = 0; round < ROUNDS; round++)
    for (const side of [float, int8]) {
      const start = performance.now()
      await runSession(side.session, feeds, side.results)
      side.least = Math.min(side.least, performance.now() - start) // others may use the processor meanwhile
    }
  for (const { session } of [float, int8]) await session.release()
  const [expected, found] = [float, int8].map(({ results }) => results.y.data as Float32Array)
  const exact = found?.every((value, i) => value === expected?.[i]) ?? false
  return { exact, gain: float.least / int8.least }
}

const filled = ([rows = 1, width = 1]: readonly number[], value: (row: number, i: number) => number | undefined) =>
  Float32Array.from({ length: rows * width }, (_, at) => value(Math.floor(at / width), at % width) ?? 0)
