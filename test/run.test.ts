import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import { beforeAll, expect, test } from 'vitest'
import { readSafetensors } from '../src/formats/index.js'
import { openPictures } from '../src/index.js'
import { readConfig } from '../src/runs/config.js'
import { readMetrics } from '../src/runs/metrics.js'
import { emoji, lacuna, start, temporary } from './lacuna.js'

const folder = temporary()
const pictures = join(folder, 'pictures')
const full = join(folder, 'full')
const options = ['--encoder', 'c4-half', '--batch', '16', '--steps', '8', '--seed', '3']
/** Far longer than any test waits for it */
const long = [...options.slice(0, 4), '--steps', '100000', '--no-report']

/** Waits until a run has taken so many steps. */
async function taken(run: string, steps: number): Promise<void> {
  while ((readMetrics(run).at(-1)?.step ?? 0) < steps) await new Promise(wait => setTimeout(wait, 20))
}

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

test('its config.json repeats it, beside it; what is said beside it has the last word', async () => {
  const config = join(full, 'config.json')
  const again = await lacuna('pretrain', '--config', config, '--no-report', '--json')
  expect(again.code, again.err).toBe(0)
  const place = `${full}-2`
  expect(JSON.parse(again.out)).toMatchObject({ directory: place, step: 8, notes: [] })
  expect(again.err).not.toContain('another run')
  expect(readConfig(place)).toEqual(readConfig(full))
  expect(valuesOf(place)).toEqual(valuesOf(full))

  const other = join(folder, 'other-method')
  const few = join(folder, 'few')
  mkdirSync(few)
  for (const name of readdirSync(pictures).slice(0, 40)) copyFileSync(join(pictures, name), join(few, name))
  const told = ['--config', config, '--epochs', '1', '--seed', '5', '--no-report', '--out', other]
  const ended = await lacuna('pretrain', 'rotation', few, ...told)
  expect(ended.code, ended.err).toBe(0)
  expect(readConfig(other)).toMatchObject({ method: 'rotation', encoder: 'c4-half', batch: 16, steps: 2, seed: 5 })
  expect(ended.err).toContain('are those of simclr: left away for rotation')
  expect(ended.err).toMatch(/few: not the data that .*config\.json was trained on/)
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

test('interrupted by Ctrl-C it says so to machines', async () => {
  const cut = join(folder, 'cut')
  const { child, ended } = start('pretrain', 'simclr', pictures, '--out', cut, ...long, '--json')
  await taken(cut, 2)
  child.kill('SIGINT')
  const { code, out, err } = await ended
  expect(code, err).toBe(130)
  const { step, interrupted } = JSON.parse(out) as { step: number; interrupted: boolean }
  expect([interrupted, step]).toEqual([true, readMetrics(cut).at(-1)?.step])
})

test('a second training into the same folder is refused while the first lives', async () => {
  const out = join(folder, 'both')
  const first = start('pretrain', 'simclr', pictures, '--out', out, ...long)
  await taken(out, 5)
  const second = await lacuna('pretrain', 'simclr', pictures, '--out', out, ...long)
  expect(second).toMatchObject({ code: 2, out: '' })
  const third = await lacuna('pretrain', 'simclr', pictures, '--out', out, '--resume')
  expect(third.code).toBe(2)
  expect(third.err).toContain(`is being trained by process ${first.child.pid} since `)
  first.child.kill('SIGINT')
  const { code, err } = await first.ended
  expect(code, err).toBe(130)
  const steps = readMetrics(out).map(({ step }) => step)
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b)) // no line twice
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
  const image = new ort.Tensor('uint8', set.gather(set.items.map((_, i) => i)).image, [set.items.length, 32, 32, 3])
  const { features } = await session.run({ image })
  expect(features?.dims).toEqual([64, 128])
  const difference = embedded.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(features?.data[i]))), 0)
  expect(difference).toBeLessThan(1e-5)
  expect(embedded.some(value => value !== 0)).toBe(true)
  const { tensors, metadata } = readSafetensors(join(out, 'encoder.safetensors'))
  expect([...tensors.keys()]).toContain('body.0.weight')
  expect(metadata).toMatchObject({ 'lacuna.sha256': expect.stringMatching(/^[0-9a-f]{64}$/) })
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
  expect(findings.map(({ name }) => name)).toContain('int8')
})
