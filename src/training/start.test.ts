import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunConfig } from '../assembly/config.js'
import { memorySet, put, temporaryFolder } from '../data/testing.js'
import { writeSafetensors } from '../formats/index.js'
import type { StoredTensor } from '../formats/stored-tensor.js'
import { mainEncoder } from '../methods/method.js'
import { toOpenClip } from '../nn/clip-names.js'
import { initialValues } from '../nn/initialise.js'
import { variablesOf } from '../nn/module.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { sizeOf } from '../tensor/shape.js'
import { pretrain } from './pretrain.js'
import { startWeights } from './start.js'
import { assembled, configOf, pictured } from './testing.js'

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
  for (const name of ['model.safetensors', 'open_clip_model.safetensors']) {
    const cloned = temporaryFolder()
    copyFileSync(path, join(cloned, name))
    put(cloned, { 'config.json': '{}' })
    expect(from(cloned)).toEqual(from(path)) // as Hugging Face's libraries keep a model
  }
})

test('what is no such file says what would be one', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'folder'))
  put(folder, { empty: '', 'weights.pth': 'PK\x03\x04, a pickle in an archive' })
  writeFileSync(join(folder, 'cat.png'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  const fitting =
    /; what fits is safetensors of torchvision, timm, transformers or open_clip, a folder with model.safetensors, a run, or an export of `lacuna export`$/
  const says = (name: string, what: string) => {
    const path = join(folder, name)
    expect(() => from(path)).toThrow(`--weights ${path}: ${what}`)
    expect(() => from(path)).toThrow(fitting)
  }
  says('cat.png', 'not a safetensors file')
  says('weights.pth', 'not a safetensors file')
  says('empty', 'the file is cut short: expected 8 bytes, found 0')
  says('nowhere', 'no such file')
  says('folder', 'is a folder without weights')
})

test('weights that do not fit leave no folder behind', async () => {
  const folder = put(temporaryFolder(), { wrong: 'no weights' })
  const out = join(folder, 'run')
  const refused = pretrain('rotation', memorySet(20), { out, encoder: 'c4-half', weights: join(folder, 'wrong') })
  await expect(refused).rejects.toThrow('not a safetensors file')
  expect(() => mkdirSync(out)).not.toThrow()
})

describe('a run of two encoders', () => {
  const sizes = { tokens: 8, text: 'text:dim=16,depth=2,heads=2,mlp=2,activation=quick-gelu', projection: 12 }
  const channels = { ...pictured(16), text: { kind: 'text', vocabulary: 60, length: 8 } } as const
  const encoder = 'clip-vit:dim=24,depth=2,heads=3,patch=4,mlp=2,activation=quick-gelu'
  const started = (changes: Partial<RunConfig>, options: Record<string, unknown> = {}) => {
    const own = configOf('clip', { ...sizes, ...options }, { channels, encoder, ...changes })
    const assembly = assembled(own)
    return { values: startWeights(assembly, own), names: [...assembly.names.values()], assembly }
  }
  /** All of a CLIPModel by the names of Hugging Face, each tensor of its own number. */
  const clipModel = (folder: string) => {
    const { assembly } = started({})
    const numbers = new Map<string, number>()
    const tensors = [...assembly.names].map(([{ shape }, name], i) => {
      const there = name
        .replace(/^visual\./, 'vision_model.')
        .replace(/^textual\./, 'text_model.')
        .replace(/^scale\./, '')
      numbers.set(name, i + 1)
      return [there, { dtype: 'float32' as const, shape, data: new Float32Array(sizeOf(shape)).fill(i + 1) }] as const
    })
    const positions = {
      dtype: 'int64' as const,
      shape: [1, 8],
      data: BigInt64Array.from({ length: 8 }, (_, i) => BigInt(i)),
    }
    const path = join(folder, 'model.safetensors')
    writeSafetensors(
      path,
      new Map<string, StoredTensor>([...tensors, ['text_model.embeddings.position_ids', positions]]),
    )
    const openClip = join(folder, 'open_clip_model.safetensors')
    writeSafetensors(openClip, toOpenClip(new Map(tensors)))
    return { path, openClip, numbers }
  }

  test("takes Hugging Face's CLIPModel whole where it has its tokenizer, and the pictures' side alone without", () => {
    const { path, numbers } = clipModel(temporaryFolder())
    const whole = started({ weights: path, tokenizer: 'given' })
    expect([...whole.values.keys()].sort()).toEqual([...whole.names].sort())
    for (const [name, values] of whole.values) expect(values[0]).toBe(numbers.get(name))
    const half = started({ weights: path })
    expect([...half.values.keys()]).toEqual(half.names.filter(name => name.startsWith('visual.')))
    expect(() => started({ weights: path, encoder: 'clip-vit:dim=24,depth=1,heads=3,patch=4' })).toThrow('do not fit')
  })

  test("takes open_clip's CLIP in the same way", () => {
    const { path, openClip } = clipModel(temporaryFolder())
    for (const tokenizer of ['given', undefined])
      expect(started({ weights: openClip, tokenizer }).values).toEqual(started({ weights: path, tokenizer }).values)
    expect(() => started({ weights: openClip, encoder: 'clip-vit:dim=24,depth=1,heads=3,patch=4' })).toThrow(
      'do not fit',
    )
  })

  test('takes the encoder of a run of one, under its own name; frozen it wants something to begin from', async () => {
    const out = join(temporaryFolder(), 'run')
    const options = { out, encoder: 'c4-half', batch: 8, steps: 1, threads: 1, report: false }
    await pretrain('rotation', memorySet(20), options)
    const { size, colours } = memorySet(20).channels.image
    const other = { ...channels, image: { kind: 'image', size, colours } } as const
    const { values } = started({ weights: out, encoder: 'c4-half', channels: other }, { image: 'frozen' })
    const before = loadCheckpoint(out).values
    expect(values.size).toBeGreaterThan(10)
    for (const [name, numbers] of values)
      expect(numbers).toEqual(Float32Array.from(before.get(name.replace('visual.', 'encoder.')) ?? [], Number))
    expect(() => started({}, { image: 'frozen' })).toThrow(
      'the encoder is frozen, and nothing says what it begins as; type --weights runs/first',
    )
  })
})
