import { afterEach, describe, expect, test } from 'vitest'
import { LacunaError } from '../errors.js'
import { input } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { Engine } from './engine.js'
import { inOurWords, received, sent } from './failures.js'
import type { Device } from './lowering.js'

const engines: Engine[] = []
const newEngine = (device: Device): Engine => {
  const engine = new Engine({ device, precision: 'float32', threads: 1 })
  engines.push(engine)
  return engine
}
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})

const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  )

test('a program that needs more memory than there is says what to lower, and others run on', async () => {
  const engine = newEngine('cpu')
  const target = { device: 'cpu', precision: 'float32' } as const
  const side = 2 ** 20 // 4 TiB
  const x = input('x', [1, 1])
  await engine.load('huge', compile({ outputs: { y: x.expand(side, side).exp().sum() } }, target))
  const error = await failed(engine.run('huge', { x: [1] }))
  expect(error).toBeInstanceOf(LacunaError)
  expect(String(error)).toMatch(/out of memory on the cpu: .*4194304 MiB; .*--batch.*--size.*--chunk.*--checkpoint-act/)
  expect(String(error)).not.toMatch(/\.cc|\n/)
  await engine.load('small', compile({ outputs: { y: x.exp().sum() } }, target))
  expect((await engine.run('small', { x: [0] })).y).toEqual(Float32Array.of(1))
})

test.each(['webgpu', 'cuda'] as const)('%s computes, or says in one line what it needs', async device => {
  const x = input('x', [2])
  const program = compile({ outputs: { y: x.sum() } }, { device, precision: 'float32' })
  const engine = newEngine(device)
  const error = await failed(engine.load('sum', program))
  if (error === 'no error') expect((await engine.run('sum', { x: [3, 4] })).y).toEqual(Float32Array.of(7))
  else {
    expect(error).toBeInstanceOf(LacunaError)
    expect(String(error)).toMatch(RegExp(`^LacunaError: ${device} does not work on this machine: .*; it needs `))
    expect(String(error)).not.toMatch(/\.cc|\n/)
  }
})

describe('in our words', () => {
  test.each([
    'std::bad_alloc',
    'Array buffer allocation failed',
    'Invalid typed array length: 1099511627776',
    'Worker terminated due to reaching memory limit: JS heap out of memory',
    'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0',
    'CUDA failure 2: out of memory ; GPU=0 ; hostname=a',
  ])('no memory: %s', message => {
    const error = inOurWords(new Error(message), 'cuda')
    expect(error).toBeInstanceOf(LacunaError)
    expect(String(error)).toMatch(/out of memory on the cuda; choose/)
  })

  test('the place in its sources goes', () => {
    const path =
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const C&)::<lambda()> adapter_result.status == Success was false. '
    expect(String(inOurWords(new Error(`${path}No supported adapters\n`), 'webgpu', true))).toBe(
      'LacunaError: webgpu does not work on this machine: No supported adapters; it needs a graphics driver with Vulkan, Metal or Direct3D 12',
    )
  })

  test('what the user cannot put right stays as it is', () => {
    const wrong = new Error('Load model from buffer failed:This is an invalid model. In Node, ("", Nope)')
    const own = new LacunaError('a batch of 1 has nothing to compare', 2)
    const named = new Error('no program out of reach is loaded')
    for (const error of [wrong, own, named]) expect(inOurWords(error, 'cpu')).toBe(error)
    for (const error of [wrong, own]) expect(inOurWords(error, 'cuda', true)).toBe(error)
  })
})

test('an error keeps its class and exit code on the way to another thread', () => {
  for (const exitCode of [1, 2] as const) {
    const error = received(structuredClone(sent(new LacunaError('no such thing', exitCode))))
    expect(error).toBeInstanceOf(LacunaError)
    expect(error).toMatchObject({ message: 'no such thing', exitCode })
  }
  const plain = received(structuredClone(sent(new TypeError('x is undefined'))))
  expect(plain).not.toBeInstanceOf(LacunaError)
  expect(plain.message).toBe('x is undefined')
})
