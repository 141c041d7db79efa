import { afterEach, describe, expect, test } from 'vitest'
import { LacunaError } from '../errors.js'
import { compile } from '../program/compile.js'
import type { DeviceName } from '../program/devices.js'
import { input } from '../tensor/tensor.js'
import type { Engine } from './engine.js'
import { inOurWords, openingInOurWords } from './failures.js'
import { openEngine } from './node/engine.js'

const engines: Engine[] = []
const newEngine = (device: DeviceName): Engine => {
  const engine = openEngine({ device, precision: 'float32', threads: 1 })
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

/** More memory than there is, then very little. */
async function runsOutOfMemory(engine: Engine): Promise<unknown> {
  const target = { device: engine.options.device, precision: 'float32' } as const
  const side = 2 ** 20 // 4 TiB
  const x = input('x', [1, 1])
  await engine.load('huge', compile({ outputs: { y: x.expand(side, side).exp().sum() } }, target))
  const error = await failed(engine.run('huge', { x: [1] }))
  expect(error).toBeInstanceOf(LacunaError)
  expect(String(error)).not.toMatch(/\.cc|\n/)
  await engine.load('small', compile({ outputs: { y: x.exp().sum() } }, target))
  expect((await engine.run('small', { x: [0] })).y).toEqual(Float32Array.of(1))
  return error
}

test('a program that needs more memory than there is says what to lower, and others run on', async () => {
  expect(String(await runsOutOfMemory(newEngine('cpu')))).toMatch(
    /out of memory on the cpu: .*4194304 MiB; .*--batch.*--size.*--chunk.*--checkpoint-act/,
  )
})

test.each(['webgpu', 'cuda'] as const)('%s computes, or says in one line what it needs', async device => {
  const x = input('x', [2])
  const program = compile({ outputs: { y: x.sum() } }, { device, precision: 'float32' })
  const engine = newEngine(device)
  const error = await failed(engine.load('sum', program))
  if (error === 'no error') {
    expect((await engine.run('sum', { x: [3, 4] })).y).toEqual(Float32Array.of(7))
    expect(String(await runsOutOfMemory(engine))).toContain(`out of memory on the ${device}`)
  } else {
    expect(error).toBeInstanceOf(LacunaError)
    expect(String(error)).toMatch(RegExp(`^LacunaError: ${device} does not work on this machine: .*; it needs `))
    expect(String(error)).not.toMatch(/\.cc|\n/)
  }
})

describe('in our words', () => {
  const status = (place: string) =>
    `Non-zero status code returned while running Conv node. Name:'c' Status Message: /onnxruntime_src/onnxruntime/core/${place}`
  const arena = status('framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) ')
  const call = status('providers/cuda/cuda_call.cc:121 onnxruntime::CudaCall ')
  const where = 'GPU=0 ; hostname=a ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/'
  test.each([
    // onnxruntime issues 16307 and 22702: CUDA's arena takes a failed cudaMalloc for the CPU's
    ['cuda', `${arena}Failed to allocate memory for requested buffer of size 939524096`, 896],
    ['cuda', `${arena}Available memory of 1048576 is smaller than requested bytes of 939524096`, 896], // bfc_arena.cc
    // the format is that of cuda_call.cc; the first as in Deep-Live-Cam issue 645
    [
      'cuda',
      `${call}CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; ${where}cuda_execution_provider.cc ; line=168 ; expr=cublasCreate(&cublas_handle_);`,
    ],
    ['cuda', `${call}CUDA failure 2: out of memory ; ${where}cuda_allocator.cc ; line=47 ; expr=cudaMalloc(&p, size);`],
    [
      'cuda',
      `${call}CUDNN failure 4004: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED ; ${where}nn/conv.cc ; line=1 ; expr=cudnnFind()`,
    ],
    // seen with 1.30 on SwiftShader: a buffer larger than the card takes, or than there is room for
    [
      'webgpu',
      'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[1] against { binding: 1, visibility: ShaderStage::Compute }.\n',
    ],
    ['webgpu', "Non-zero status code returned while running Expand node. Name:'' Status Message: narrowing_error"],
    ['webgpu', 'Failed to create GPU buffer: size=939524096, usage=140.', 896], // webgpu/buffer_manager.cc
    ['webgpu', 'Buffer size (939524096) exceeds the max buffer size limit (268435456).', 896], // onnxruntime issue 25195
    ['webgpu', 'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n    at CheckVkOOMThenSuccessImpl'], // web-llm issue 356
    ['cpu', 'std::bad_alloc'],
    ['cpu', 'Array buffer allocation failed'],
    ['cpu', 'Invalid typed array length: 1099511627776'],
    ['cpu', 'Worker terminated due to reaching memory limit: JS heap out of memory'],
  ] as [DeviceName, string, number?][])('no memory on %s: %s', (device, message, mebibytes) => {
    const error = inOurWords(new Error(message), device)
    expect(error).toBeInstanceOf(LacunaError)
    const wanted = mebibytes === undefined ? '' : `: there is no room for another ${mebibytes} MiB`
    expect(String(error)).toContain(`out of memory on the ${device}${wanted}; choose`)
  })

  test('other failures of a card are not taken for too little memory', () => {
    for (const message of [
      `${call}CUDA failure 700: an illegal memory access was encountered ; ${where}cuda_graph.cc ; line=49`,
      'WebGPU validation failed. [Invalid ComputePipeline] is invalid.',
    ])
      expect(inOurWords(new Error(message), 'cuda')).toMatchObject({ message })
  })

  test('the place in its sources goes', () => {
    const path =
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const C&)::<lambda()> adapter_result.status == Success was false. '
    expect(String(openingInOurWords(new Error(`${path}No supported adapters\n`), 'webgpu', ''))).toBe(
      'LacunaError: webgpu does not work on this machine: No supported adapters; it needs a graphics driver with Vulkan, Metal or Direct3D 12',
    )
  })

  test('what the user cannot put right stays as it is', () => {
    const wrong = new Error('Load model from buffer failed:This is an invalid model. In Node, ("", Nope)')
    const own = new LacunaError('a batch of 1 has nothing to compare', 2)
    const named = new Error('no program out of reach is loaded')
    for (const error of [wrong, own, named]) expect(inOurWords(error, 'cpu')).toBe(error)
    for (const error of [wrong, own]) expect(openingInOurWords(error, 'cuda', '')).toBe(error)
  })
})
