import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memorySet, put, temporaryFolder } from '../data/testing.js'
import { writeSafetensors } from '../formats/index.js'
import { mainEncoder } from '../methods/method.js'
import { initialValues } from '../nn/initialise.js'
import { variablesOf } from '../nn/module.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { pretrain } from './pretrain.js'
import { startWeights } from './start.js'
import { assembled, configOf } from './testing.js'

const config = configOf('rotation')
const assembly = assembled(config)
const from = (weights: string, encoder = config.encoder) => {
  const other = { ...config, encoder, weights }
  return startWeights(assembled(other), other)
}

test('another run, or its checkpoint, gives its encoder, and nothing else', async () => {
  const out = join(temporaryFolder(), 'run')
  await pretrain('rotation', memorySet(20), { out, encoder: 'c4-half', batch: 8, steps: 2, threads: 1 })
  const state = join(out, 'checkpoint', 'state.safetensors')
  const { values } = loadCheckpoint(out)
  const given = from(state)
  expect([...given.keys()]).toEqual([...variablesOf(mainEncoder(assembly.learner)[1]).keys()].map(n => `encoder.${n}`))
  for (const [name, numbers] of given) expect(numbers).toEqual(Float32Array.from(values.get(name) ?? []))
  expect(() => from(state, 'resnet18')).toThrow(
    /^--weights [^\n]*state.safetensors: do not fit --encoder resnet18: the weights are of another model: [^\n]*; choose the --encoder and the --size that they are of$/,
  )
  expect(from(out)).toEqual(given)
})

test('a run whose last checkpoint was being renamed gives the one before', async () => {
  const out = join(temporaryFolder(), 'run')
  await pretrain('rotation', memorySet(20), { out, encoder: 'c4-half', batch: 10, steps: 1 })
  const expected = from(out)
  const checkpoint = (name: string) => join(out, 'checkpoint', `${name}.safetensors`)
  renameSync(checkpoint('state'), checkpoint('previous'))
  expect(from(out)).toEqual(expected)
})

test('a file without prefix, as of torchvision or `lacuna export`', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'encoder.safetensors')
  const [, encoder] = mainEncoder(assembly.learner)
  const variables = variablesOf(encoder)
  const values = new Map(initialValues(new Map([...variables].map(([name, t]) => [t, name])), 7))
  writeSafetensors(
    path,
    new Map(
      [...values].map(([name, data]) => [
        name,
        { dtype: 'float32' as const, shape: variables.get(name)?.shape ?? [], data },
      ]),
    ),
  )
  expect(new Map([...from(path)].map(([name, data]) => [name.slice('encoder.'.length), data]))).toEqual(values)
  expect(from(folder)).toEqual(from(path)) // the folder of an export
})

test('what is no such file says what would be one', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'folder'))
  put(folder, { empty: '', 'weights.pth': 'PK\x03\x04, a pickle in an archive' })
  writeFileSync(join(folder, 'cat.png'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  const fitting =
    /; what fits is safetensors of torchvision, timm or transformers, a run, or an export of `lacuna export`$/
  const says = (name: string, what: string) => {
    const path = join(folder, name)
    expect(() => from(path)).toThrow(`--weights ${path}: ${what}`)
    expect(() => from(path)).toThrow(fitting)
  }
  says('cat.png', 'not a safetensors file')
  says('weights.pth', 'not a safetensors file')
  says('empty', 'the file is cut short: expected 8 bytes, found 0')
  says('nowhere', 'no such file')
  says('folder', 'is a folder')
})

test('weights that do not fit leave no folder behind', async () => {
  const folder = put(temporaryFolder(), { wrong: 'no weights' })
  const out = join(folder, 'run')
  const refused = pretrain('rotation', memorySet(20), { out, encoder: 'c4-half', weights: join(folder, 'wrong') })
  await expect(refused).rejects.toThrow('not a safetensors file')
  expect(() => mkdirSync(out)).not.toThrow()
})
