import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import ort from 'onnxruntime-node'
import { afterAll, describe, expect, test } from 'vitest'
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataLocation } from './generated/onnx_pb.js'
import { Float, type Graph, type Node, writeModel } from './model.js'

const directory = mkdtempSync(join(tmpdir(), 'lacuna-model-'))
afterAll(() => rmSync(directory, { recursive: true }))

const node = (operator: string, inputs: string[], outputs: string[], attributes: Node['attributes'] = {}): Node => ({
  operator,
  domain: '',
  inputs,
  outputs,
  attributes,
})
const floats = (name: string, shape: number[], values: Float32Array) => ({
  name,
  type: 'float32' as const,
  shape,
  bytes: new Uint8Array(values.buffer),
})
const ramp = (n: number, scale: number) => Float32Array.from({ length: n }, (_, i) => (i - n / 2) * scale)

/** y = x·A·B + c, with two large initializers and a small one; the number of rows is free. */
const graph: Graph = {
  nodes: [node('MatMul', ['x', 'A'], ['xA']), node('MatMul', ['xA', 'B'], ['xAB']), node('Add', ['xAB', 'c'], ['y'])],
  inputs: [{ name: 'x', type: 'float32', shape: ['rows', 20] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['rows', 16] }],
  initializers: [
    floats('A', [20, 30], ramp(600, 1e-3)),
    floats('c', [16], ramp(16, 1)),
    floats('B', [30, 16], ramp(480, 2e-3)),
  ],
}

async function run(model: Uint8Array | string): Promise<Float32Array> {
  const session = await (typeof model === 'string'
    ? ort.InferenceSession.create(model)
    : ort.InferenceSession.create(model))
  const x = new ort.Tensor('float32', ramp(60, 0.1), [3, 20])
  const { y } = await session.run({ x })
  await session.release()
  expect(y?.dims).toEqual([3, 16])
  return y?.data as Float32Array
}

describe('external data', () => {
  const { model, external } = writeModel(graph, { externalFile: 'weights.data', externalAbove: 1000 })
  const proto = fromBinary(ModelProtoSchema, model)

  test('holds the large initializers one after the other; the small one stays inside', () => {
    const places = proto.graph?.initializer.map(({ name, dataLocation, externalData, rawData }) => [
      name,
      dataLocation === TensorProto_DataLocation.EXTERNAL,
      rawData.length,
      Object.fromEntries(externalData.map(({ key, value }) => [key, value])),
    ])
    expect(places).toEqual([
      ['A', true, 0, { location: 'weights.data', offset: '0', length: '2400' }],
      ['c', false, 64, {}],
      ['B', true, 0, { location: 'weights.data', offset: '2400', length: '1920' }],
    ])
    expect(external?.file).toBe('weights.data')
    expect(external?.parts.map(part => part.length)).toEqual([2400, 1920])
  })

  test('loads from disk and gives the same numbers', async () => {
    writeFileSync(join(directory, 'model.onnx'), model)
    writeFileSync(join(directory, external?.file ?? ''), Buffer.concat(external?.parts ?? []))
    expect(await run(join(directory, 'model.onnx'))).toEqual(await run(writeModel(graph).model))
  })

  test('is not written below the threshold', () => {
    expect(writeModel(graph).external).toBeUndefined()
    expect(writeModel(graph, { externalAbove: 2400 + 64 + 1920 }).external).toBeUndefined()
    expect(writeModel(graph, { externalAbove: 2400 + 64 + 1920 - 1 }).external?.parts).toHaveLength(2)
  })
})

test('attributes come back as they were', () => {
  const attributes = { axis: -1, epsilon: new Float(1e-5), mode: 'edge – ümlaut', pads: [0, 1, 2 ** 40], none: [] }
  const { model } = writeModel({ ...graph, nodes: [node('Anything', ['x'], ['y'], attributes)] })
  const [written] = fromBinary(ModelProtoSchema, model).graph?.node ?? []
  const { INT, INTS, FLOAT, STRING } = AttributeProto_AttributeType
  const found = written?.attribute.map(({ name, type, i, f, s, ints }) => {
    const value = { [INT]: Number(i), [FLOAT]: f, [STRING]: new TextDecoder().decode(s), [INTS]: ints.map(Number) }
    return [name, value[type as keyof typeof value]]
  })
  expect(Object.fromEntries(found ?? [])).toEqual({ ...attributes, epsilon: Math.fround(1e-5) })
})

test('inputs and outputs keep their types and free dimensions', () => {
  const { model } = writeModel({ ...graph, inputs: [{ name: 'pixels', type: 'uint8', shape: ['batch', 3, 32] }] })
  const [value] = fromBinary(ModelProtoSchema, model).graph?.input ?? []
  const type = value?.type?.value
  if (type?.case !== 'tensorType') throw new Error('a tensor expected')
  expect([value?.name, type.value.elemType]).toEqual(['pixels', 2])
  expect(type.value.shape?.dim.map(({ value: dim }) => dim.value)).toEqual(['batch', 3n, 32n])
})

test('the opsets in use are declared and no others, and a model is reproducible byte by byte', () => {
  const { model } = writeModel(graph)
  const opsets = (bytes: Uint8Array) =>
    fromBinary(ModelProtoSchema, bytes).opsetImport.map(({ domain, version }) => [domain, version])
  expect(opsets(model)).toEqual([['', 21n]])
  const fused = { ...node('FusedMatMul', ['x', 'A'], ['y'], {}), domain: 'com.microsoft' }
  expect(opsets(writeModel({ ...graph, nodes: [...graph.nodes, fused] }).model)).toEqual([
    ['', 21n],
    ['com.microsoft', 1n],
  ])
  expect(writeModel(graph).model).toEqual(model)
})

test('what a model says of itself is kept in its order', () => {
  const { model } = writeModel(graph, { metadata: { version: '1', 'input.layout': 'NHWC – ü' } })
  expect(fromBinary(ModelProtoSchema, model).metadataProps.map(({ key, value }) => [key, value])).toEqual([
    ['version', '1'],
    ['input.layout', 'NHWC – ü'],
  ])
})
