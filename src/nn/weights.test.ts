import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSafetensors, type StoredTensor, writeSafetensors } from '../formats/index.js'
import { sizeOf } from '../tensor/shape.js'
import { makeEncoder } from './encoders.js'
import { initialValues } from './initialise.js'
import { variablesOf } from './module.js'
import { matchWeights } from './weights.js'

const float32 = (shape: readonly number[], value = 0): StoredTensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(sizeOf(shape)).fill(value),
})
const wanted = new Map(Object.entries({ 'conv1.weight': [4, 3, 1, 1], 'bn1.weight': [4], 'bn1.bias': [4] }))
const fitting = Object.fromEntries([...wanted].map(([name, shape], i) => [name, float32(shape, i + 1)]))
const stored = (more: Record<string, StoredTensor> = {}) => new Map(Object.entries({ ...fitting, ...more }))

test('the classifier and the batch counters are left out', () => {
  const counter: StoredTensor = { dtype: 'int64', shape: [], data: new BigInt64Array(1) }
  const file = stored({ 'fc.weight': float32([10, 4]), 'head.bias': float32([10]), 'bn1.num_batches_tracked': counter })
  const found = matchWeights(wanted, file)
  expect([...found.keys()]).toEqual([...wanted.keys()])
  expect(Array.from(found.get('bn1.bias') ?? [])).toEqual([3, 3, 3, 3])
})

test('float64 is narrowed, a prefix is taken off, what lacks it is left out', () => {
  const prefixed = [...stored()].map(([name, t]): [string, StoredTensor] => [`encoder.${name}`, t])
  const bias: StoredTensor = { dtype: 'float64', shape: [4], data: Float64Array.of(1, 2, 3, 4) }
  const file = new Map([...prefixed, ['encoder.bn1.bias', bias], ['projector.0.weight', float32([2, 2])]])
  expect(matchWeights(wanted, file, { prefix: 'encoder.' }).get('bn1.bias')).toEqual(Float32Array.of(1, 2, 3, 4))
})

test('a model of transformers inside a larger one, with the older names of a normed weight', () => {
  const wanted = new Map(
    Object.entries({
      masked_spec_embed: [4],
      'encoder.conv.parametrizations.weight.original0': [1, 1, 2],
      'encoder.conv.parametrizations.weight.original1': [4, 2, 2],
    }),
  )
  const file = new Map(
    Object.entries({
      'wav2vec2.masked_spec_embed': float32([4], 1),
      'wav2vec2.encoder.conv.weight_g': float32([1, 1, 2], 2),
      'wav2vec2.encoder.conv.weight_v': float32([4, 2, 2], 3),
      'quantizer.codevectors': float32([1, 8, 2]),
      'project_hid.bias': float32([4]),
    }),
  )
  const found = matchWeights(wanted, file)
  expect([...found].map(([name, values]) => [name, values[0]])).toEqual([
    ['masked_spec_embed', 1],
    ['encoder.conv.parametrizations.weight.original0', 2],
    ['encoder.conv.parametrizations.weight.original1', 3],
  ])
})

test('what does not fit is told in one line: three names of each kind and how many', () => {
  const file = stored({
    'bn1.weight': float32([8]),
    'a.b': float32([1]),
    'a.c': float32([1]),
    'a.d': float32([1]),
    'a.e': float32([1]),
  })
  file.delete('conv1.weight')
  expect(() => matchWeights(wanted, file)).toThrow(
    'the weights are of another model: 1 missing: conv1.weight; 1 different: bn1.weight is [8] where [4] is wanted; 4 left over: a.b, a.c, a.d, …',
  )
})

test('integers are no weights', () => {
  const file = stored({ 'bn1.bias': { dtype: 'int32', shape: [4], data: new Int32Array(4) } })
  expect(() => matchWeights(wanted, file)).toThrow('bn1.bias is int32 where float32 is wanted')
})

test('the weights of an encoder survive a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-'))
  try {
    const variables = variablesOf(makeEncoder('vit:dim=8,depth=1,heads=2', { size: 8, channels: 3 }))
    const values = new Map(initialValues(new Map([...variables].map(([name, t]) => [t, name])), 3))
    const shapes = new Map([...variables].map(([name, { shape }]) => [name, shape]))
    const tensors = new Map(
      [...values].map(([name, data]): [string, StoredTensor] => [
        name,
        { dtype: 'float32', shape: shapes.get(name) ?? [], data },
      ]),
    )
    writeSafetensors(join(folder, 'w.safetensors'), tensors, {})
    expect(matchWeights(shapes, readSafetensors(join(folder, 'w.safetensors')).tensors)).toEqual(values)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
