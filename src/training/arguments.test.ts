import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { LacunaError } from '../errors.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { readConfig, writeConfig } from '../runs/config.js'
import { readMetrics } from '../runs/metrics.js'
import { openRuns } from '../runs/run.js'
import { checkUsage } from './arguments.js'
import { configOf } from './testing.js'

const out = () => join(temporaryFolder(), 'run')
const check = checkUsage as (method: unknown, options: unknown) => void

test.each([
  [{ epochs: 0 }, '--epochs must be a number above 0, not 0'],
  [{ epochs: -3 }, '--epochs must be a number above 0, not -3'],
  [{ steps: 0 }, '--steps must be a whole number of at least 1, not 0'],
  [{ steps: 2.5 }, '--steps must be a whole number of at least 1, not 2.5'],
  [{ warmup: 2 }, '--warmup must be a share of the steps, from 0 to 1, not 2'],
  [{ warmup: -0.1 }, '--warmup must be a share'],
  [{ learningRate: 0 }, '--lr must be a rate above 0, not 0'],
  [{ learningRate: Number.NaN }, '--lr must be a rate above 0, not NaN'],
  [{ learningRate: '0.1' }, '--lr must be a rate above 0, not "0.1"'],
  [{ clip: -1 }, '--clip must be a length of at least 0, not -1'],
  [{ weightDecay: -1 }, '--weight-decay must be a rate of at least 0, not -1'],
  [{ batch: 1 }, '--batch must be a whole number of at least 2, not 1'],
  [{ chunk: 0 }, '--chunk must be'],
  [{ seed: -1 }, '--seed must be'],
  [{ steps: null }, '--steps must be a whole number of at least 1, not null'],
  [{ steps: 5, epochs: 5 }, '--epochs and --steps say the same thing'],
  [{ encoder: 5 }, '--encoder must be the name of an encoder, not 5'],
  [{ encoder: 'resnet19' }, 'unknown encoder "resnet19": did you mean resnet18?'],
  [{ encoder: 'vit:dim=5' }, 'encoder "vit:dim=5": depth'],
  [{ weights: 5 }, '--weights must be a file, not 5'],
  [{ optimiser: 'adam' }, '--optimiser must be adamw, sgd or lars, not "adam"'],
  [{ device: 'gpu' }, '--device must be cpu, webgpu or cuda, not "gpu"'],
  [{ threads: 0 }, '--threads must be'],
  [{ saveEvery: '5h' }, '--save-every'],
  [{ options: 'temperature=1' }, '--set must be an object'],
  [{ options: { temprature: 1 } }, 'options of simclr: unknown "temprature" (did you mean temperature?);'],
  [{ options: { views: { crap: 1 } } }, 'views: unknown "crap" (did you mean crop?);'],
  [{ learningrate: 1 }, 'options of pretrain: unknown "learningrate" (did you mean learningRate?)'],
  [{ saveEvery: '0min' }, '--save-every'],
  [{ saveEvery: 1.5 }, '--save-every'],
  [{ onNote: 'note' }, 'onNote must be a function'],
])('%o is wrong usage, told in one line before anything is looked at', (options, says) => {
  const folder = out()
  const call = () => check('simclr', { ...options, out: folder })
  expect(call).toThrow(LacunaError)
  expect(call).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/^[^\n]*$/) }))
  expect(call).toThrow(says)
  expect(existsSync(folder)).toBe(false)
})

test('what is right passes, at the ends of its range too', () => {
  for (const options of [
    {},
    { warmup: 0 },
    { warmup: 1 },
    { clip: 0 },
    { weightDecay: 0 },
    { epochs: 0.5 },
    { seed: 0 },
    { saveEvery: 500 },
    { saveEvery: '0.5min' },
  ])
    expect(() => check('simclr', { ...options, out: out() })).not.toThrow()
})

test("another program's config.json is left alone; a run before its first checkpoint is begun anew", () => {
  const model = put(temporaryFolder(), { 'config.json': '{"model_type": "bert"}' })
  expect(() => check('simclr', { out: model })).toThrow('the folder is not empty')
  const begun = temporaryFolder()
  writeConfig(begun, configOf('simclr'))
  put(begun, { 'metrics.jsonl': '' })
  expect(() => check('simclr', { out: begun })).not.toThrow()
  put(begun, { 'notes.txt': 'mine' })
  expect(() => check('simclr', { out: begun })).toThrow('the folder is not empty')
  expect(readFileSync(join(model, 'config.json'), 'utf8')).toContain('bert')
})

test('a run that is a file, is not there, or was given as nothing', () => {
  const file = join(put(temporaryFolder(), { file: 'text' }), 'file')
  expect(() => readConfig(file)).toThrow(`${file}: is a file, not a run folder; name the --out folder`)
  expect(() => readConfig(join(file, 'below'))).toThrow('no such folder')
  expect(() => openRuns(file)).toThrow(`${file}: is a file, not a run folder`)
  expect(() => check('simclr', { out: file })).toThrow('is a file; choose another --out')
  for (const read of [readConfig, readMetrics] as ((path: unknown) => unknown)[])
    for (const nothing of [undefined, 5, '']) {
      expect(() => read(nothing)).toThrow(LacunaError)
      expect(() => read(nothing)).toThrow('the folder of a run')
    }
})

test('a checkpoint that cannot be read is not said to be missing', () => {
  const run = put(temporaryFolder(), { 'checkpoint/other': '' })
  symlinkSync('state.safetensors', join(run, 'checkpoint', 'state.safetensors')) // to itself
  expect(() => loadCheckpoint(run)).toThrow(/state\.safetensors: cannot be read: ELOOP/)
})

test('damaged lines of the metrics are left out', () => {
  const run = put(temporaryFolder(), { 'metrics.jsonl': 'null\n5\n{"loss":1}\n{"step":1,"loss":2}\n{"step":2,"lo' })
  expect(readMetrics(run)).toEqual([{ step: 1, loss: 2 }])
})
