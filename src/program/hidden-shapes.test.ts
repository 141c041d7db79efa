import { fromBinary } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { optimisedGraph } from '../engine/testing.js'
import { constant, input } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { hideShapes } from './hidden-shapes.js'
import { ModelProtoSchema } from './onnx/generated/onnx_pb.js'
import { writeModel } from './onnx/model.js'

const node = (operator: string, inputs: string[], output: string) => ({
  operator,
  domain: '',
  inputs,
  outputs: [output],
  attributes: {},
})
const bytes = new Uint8Array(BigInt64Array.of(2n, 12n).buffer)
const shape = { name: 's', type: 'int64' as const, shape: [2], bytes }

test('ONNX Runtime does not know the shape of what was reshaped, nor of what is made of it', async () => {
  const nodes = [node('Reshape', ['x', 's'], 'y'), node('Exp', ['y'], 'z'), node('Shape', ['z'], 'known')]
  const operators = async (graph: ReturnType<typeof hideShapes>) => {
    const inputs = [{ name: 'x', type: 'float32' as const, shape: [4, 6] }, ...graph.inputs]
    const outputs = [
      { name: 'known', type: 'int64' as const, shape: [2] },
      { name: 'z', type: 'float32' as const, shape: ['rows', 'columns'] },
    ]
    return (await optimisedGraph(writeModel({ ...graph, inputs, outputs }))).node.map(({ opType }) => opType)
  }
  // a shape that is known is a constant
  expect(await operators({ nodes, initializers: [shape], inputs: [] })).not.toContain('Shape')
  expect(await operators(hideShapes(nodes, [shape]))).toContain('Shape')
})

test('convolving programs for the CPU hide all shapes that they reshape to', () => {
  const x = input('x', [4, 6])
  const outputs = {
    y: x
      .reshape(2, 3, 4, 1)
      .conv(constant(1).expand(1, 3, 1, 1))
      .reshape(8),
  }
  const inputs = (device: 'cpu' | 'webgpu') =>
    fromBinary(ModelProtoSchema, compile({ outputs }, { device, precision: 'float32' }).model).graph?.input.length
  expect(inputs('cpu')).toBe(3)
  expect(inputs('webgpu')).toBe(1)
})

test('a shape that others read too stays a constant for them', () => {
  const expand = node('Expand', ['one', 's'], 'ones')
  const { nodes, initializers, inputs } = hideShapes(
    [expand, node('Reshape', ['x', 's'], 'y'), node('Reshape', ['x', 'computed'], 'z')],
    [shape],
  )
  expect(nodes[0]).toEqual(expand)
  expect(nodes.slice(1).map(({ inputs }) => inputs[1])).toEqual(['s as a shape', 'computed'])
  expect(initializers).toEqual([shape, { ...shape, name: 's as a shape' }])
  expect(inputs).toEqual([{ name: 's as a shape', type: 'int64', shape: [2] }])
})
