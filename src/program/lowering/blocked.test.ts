import ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { host } from '#host'
import { randomArray } from '../../engine/testing.js'
import type { Shape } from '../../tensor/shape.js'
import { writeModel } from '../onnx/model.js'
import { transposedEach } from './blocked.js'
import { Emitter } from './emitter.js'

const block = await host.block('cpu')

/** What it makes of numbers in float32, and by which operators */
async function made([n = 1, p = 1, c = 1]: Shape, values: Float32Array, size: number) {
  const e = new Emitter('float32', undefined, size)
  const result = transposedEach(e, 'x', [n, p, c])
  const port = (name: string, shape: Shape) => ({ name, type: 'float32' as const, shape })
  const nodes = e.finished([result])
  const { model } = writeModel({
    nodes,
    initializers: e.initializers,
    inputs: [port('x', [n, p, c])],
    outputs: [port(result, [n, c, p])],
  })
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 2, logSeverityLevel: 3 })
  const results = await session.run({ x: new ort.Tensor('float32', values, [n, p, c]) })
  await session.release()
  return { values: results[result]?.data, operators: new Set(nodes.map(({ operator }) => operator)) }
}

describe('rows and columns of each sample are exchanged to the bit', () => {
  test.each([
    ['channels in blocks', [4, 9, 32], 'ReorderOutput'],
    ['few rows', [3, 5, 21], 'FusedMatMul'],
    ['few columns', [3, 40, 3], 'FusedMatMul'],
    ['neither', [2, 33, 21], 'Transpose'],
    ['one sample', [1, 9, 32], 'Transpose'],
  ] as const)('%s', async (_, shape, operator) => {
    const [n, p, c] = shape
    const values = Float32Array.from(randomArray(shape, { seed: 1 }).values)
    const expected = new Float32Array(values.length)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < p; j++)
        for (let k = 0; k < c; k++) expected[(i * c + k) * p + j] = values[(i * p + j) * c + k] ?? 0
    for (const size of new Set([0, block])) {
      const found = await made(shape, values, size)
      expect(found.values).toEqual(expected)
      expect(found.operators).toContain(size === 0 ? 'Transpose' : operator)
    }
  })
})
