import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import { beforeAll, expect, test } from 'vitest'
import { openPictures, readConfig, readMetrics, readSafetensors } from '../src/index.js'
import { emoji, lacuna, start, temporary } from './lacuna.js'

const folder = temporary()
const pictures = join(folder, 'pictures')
const full = join(folder, 'full')
const options = ['--encoder', 'c4-half', '--batch', '16', '--steps', '8', '--seed', '3']

const stateOf = (run: string) => readSafetensors(join(run, 'checkpoint', 'state.safetensors'))
const valuesOf = (run: string) =>
  Object.fromEntries([...stateOf(run).tensors].map(([name, { data }]) => [name, Array.from(data as Float32Array)]))

beforeAll(async () => {
  mkdirSync(pictures)
  for (const name of readdirSync(emoji).slice(0, 64)) copyFileSync(join(emoji, name), join(pictures, name))
  const ended = await lacuna('pretrain', 'simclr', pictures, '--out', full, ...options, '--json')
  expect(ended.code, ended.err).toBe(0)
  expect(JSON.parse(ended.out)).toMatchObject({ step: 8, steps: 8, interrupted: false })
})

test('the same seed gives the same weights to the last bit', async () => {
  const again = join(folder, 'again')
  await lacuna('pretrain', 'simclr', pictures, '--out', again, ...options)
  expect(valuesOf(again)).toEqual(valuesOf(full))
})

test('computing activations again gives the same weights, and is written down', async () => {
  const again = join(folder, 'recomputed')
  const ended = await lacuna('pretrain', 'simclr', pictures, '--out', again, ...options, '--checkpoint-activations')
  expect(ended.code, ended.err).toBe(0)
  expect(readConfig(again).checkpointActivations).toBe(true)
  expect(valuesOf(again)).toEqual(valuesOf(full))
})

test('another seed gives others', async () => {
  const other = join(folder, 'other')
  await lacuna('pretrain', 'simclr', pictures, '--out', other, ...options.slice(0, -1), '4')
  expect(valuesOf(other)['encoder.body.0.weight']).not.toEqual(valuesOf(full)['encoder.body.0.weight'])
})

test('interrupted by Ctrl-C it saves, and goes on to the same weights to the last bit', async () => {
  const cut = join(folder, 'cut')
  const { child, ended } = start(
    'pretrain',
    'simclr',
    pictures,
    '--out',
    cut,
    ...options.slice(0, 4),
    '--steps',
    '400',
    '--seed',
    '3',
    '--json',
  )
  while (readMetrics(cut).length < 2) await new Promise(wait => setTimeout(wait, 50))
  child.kill('SIGINT')
  const first = await ended
  expect(first.code, first.err).toBe(130)
  const stopped = JSON.parse(first.out) as { step: number; interrupted: boolean }
  expect(stopped.interrupted).toBe(true)
  expect(stopped.step).toBeLessThan(400)
  const resumed = await lacuna('pretrain', 'simclr', pictures, '--out', cut, '--resume', '--json')
  expect(resumed.code, resumed.err).toBe(0)
  const whole = join(folder, 'whole')
  await lacuna('pretrain', 'simclr', pictures, '--out', whole, ...options.slice(0, 4), '--steps', '400', '--seed', '3')
  expect(valuesOf(cut)).toEqual(valuesOf(whole))
  const steps = readMetrics(cut).map(({ step }) => step)
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))
  expect(steps.at(-1)).toBe(400)
  const losses = readMetrics(whole).map(({ loss }) => loss)
  expect(losses.slice(-20).reduce((a, b) => a + b) / 20).toBeLessThan(0.9 * (readMetrics(whole)[0]?.chance ?? 0))
})

test('encoder.onnx run by plain onnxruntime gives the vectors of `lacuna embed`', async () => {
  const [out, vectors] = [join(folder, 'export'), join(folder, 'vectors.npy')]
  const exported = await lacuna('export', full, '--out', out, '--json')
  expect(exported.code, exported.err).toBe(0)
  await lacuna('embed', full, pictures, '--out', vectors)
  const bytes = readFileSync(vectors)
  const header = 10 + bytes.readUInt16LE(8)
  const embedded = new Float32Array(bytes.buffer.slice(bytes.byteOffset + header, bytes.byteOffset + bytes.length))
  const set = await openPictures(pictures, { size: 32 })
  const session = await ort.InferenceSession.create(join(out, 'encoder.onnx'))
  const image = new ort.Tensor('uint8', set.gather(set.items.map((_, i) => i)), [set.items.length, 32, 32, 3])
  const { features } = await session.run({ image })
  expect(features?.dims).toEqual([64, 128])
  const difference = embedded.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(features?.data[i]))), 0)
  expect(difference).toBeLessThan(1e-5)
  expect(embedded.some(value => value !== 0)).toBe(true)
  expect([...readSafetensors(join(out, 'encoder.safetensors')).tensors.keys()]).toContain('body.0.weight')
  expect(existsSync(join(out, 'README.md'))).toBe(true)
})

test('a parquet file has names and vectors', async () => {
  const file = join(folder, 'vectors.parquet')
  const ended = await lacuna('embed', full, pictures, '--out', file, '--json')
  expect(JSON.parse(ended.out)).toEqual({
    file,
    pictures: 64,
    width: 128,
    layer: 'conv4',
    pool: 'mean',
    notes: [],
    skipped: [],
  })
  expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1')
})

test('a weights file of the run can start another run', async () => {
  const warm = join(folder, 'warm')
  const weights = join(folder, 'export', 'encoder.safetensors')
  const ended = await lacuna(
    'pretrain',
    'simclr',
    pictures,
    '--out',
    warm,
    ...options,
    '--steps',
    '1',
    '--lr',
    '1e-12',
    '--weights',
    weights,
  )
  expect(ended.code, ended.err).toBe(0)
  const [started, trained] = [valuesOf(warm), valuesOf(full)]
  const name = 'encoder.body.0.weight'
  expect(started[name]?.[0]).toBeCloseTo(trained[name]?.[0] ?? Number.NaN, 5)
})

test('methods and doctor speak JSON', async () => {
  const methods = JSON.parse((await lacuna('methods', '--json')).out) as { name: string }[]
  expect(methods.map(({ name }) => name)).toContain('simclr')
  const findings = JSON.parse((await lacuna('doctor', '--json')).out) as { name: string; works: boolean }[]
  expect(findings.find(({ name }) => name === 'cpu')?.works).toBe(true)
})
