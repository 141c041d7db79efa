import { fromBinary } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { host } from '#host'
import { optimisedGraph } from '../engine/testing.js'
import { constant, input } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { hideShapes } from './hidden-shapes.js'
import { BLOCKED, singleChannels } from './lowering/blocked.js'
import { Emitter } from './lowering/emitter.js'
import { ModelProtoSchema } from './onnx/generated/onnx_pb.js'
import { type Node, writeModel } from './onnx/model.js'

const block = await host.block('cpu')

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

test('what a convolution adds to keeps its shape, so that it can be written over, unless an activation follows', () => {
  const reshaped = ['x', 'w', 'z'].map(name => node('Reshape', [name, 's'], `${name} as such`))
  const inputs = ['x as such', 'w as such', 'b', 'z as such']
  const sum = (attributes: Node['attributes']) => ({ ...node('Conv', inputs, 'y'), attributes })
  const shapesOf = (conv: Node) =>
    hideShapes([...reshaped, conv], [shape]).nodes.flatMap(({ operator, inputs: [, shape] }) =>
      operator === 'Reshape' ? [shape] : [],
    )
  expect(shapesOf(sum({}))).toEqual(['s', 's', 's'])
  expect(shapesOf(sum({ activation: 'Relu' }))).toEqual(Array(3).fill('s as a shape'))
  expect(shapesOf({ ...sum({}), inputs: inputs.slice(0, 3) })).toEqual(Array(3).fill('s as a shape'))
})

test.skipIf(block === 0)('ONNX Runtime knows that such a sum is as large as what it adds to', async () => {
  const e = new Emitter('float32', undefined, block)
  const picture = e.ints([2, block, 3, 3])
  const [x, z] = ['x', 'z'].map(name => e.one('Reshape', [name, picture])) as [string, string]
  const weight = e.one('Reshape', ['w', e.ints([block, 1, 1, 1])])
  const sum = e.one('Conv', [x, weight, 'w', z], singleChannels(block), BLOCKED)
  e.one('Shape', [sum])
  const { nodes, initializers, inputs } = hideShapes(e.nodes, e.initializers)
  const given = (name: string, size: number) => ({ name, type: 'float32' as const, shape: [size] })
  const pixels = 2 * block * 9
  const model = writeModel({
    ...{ nodes, initializers },
    inputs: [given('x', pixels), given('z', pixels), given('w', block), ...inputs],
    outputs: [
      { name: sum, type: 'float32', shape: ['n', 'c', 'h', 'w'] },
      { name: nodes.at(-1)?.outputs[0] ?? '', type: 'int64', shape: [4] },
    ],
  })
  const operators = (await optimisedGraph(model)).node.map(({ opType }) => opType)
  expect(operators).toContain('Conv')
  expect(operators).not.toContain('Shape')
})
