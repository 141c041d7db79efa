import type * as ort from 'onnxruntime-common'
import { sizeOf } from '../tensor/shape.js'
import type { Port } from './compile.js'
import { checkDevice } from './device.js'
import type { Precision } from './emitter.js'
import type { EngineOptions } from './engine-options.js'
import { inOurWords, unavailable } from './failures.js'
import { runtime } from './runtime.js'
import { arrays, type Values, valuesOf } from './values.js'

// whatever it writes of errors to the terminal is thrown as well; set before the first session, or it has no effect
runtime.env.logLevel = 'fatal'

export interface SessionOptions {
  readonly precision?: Precision
  /** Outputs that stay in the memory of the device; each run has to ask for all outputs then */
  readonly onDevice?: readonly string[]
  /** Gives memory back after each run; otherwise a session keeps what it needed once, and runs a little faster */
  readonly givesBack?: boolean
}

type Where = Pick<EngineOptions, 'device' | 'threads'>

/**
 * An ONNX Runtime session for a model.
 * @throws LacunaError where the device does not work on this machine, or there is not enough memory
 */
export async function openSession(model: Uint8Array, where: Where, options?: SessionOptions) {
  if (where.device === 'webgpu') await checkDevice(where.device) // where it does not work, it writes to the terminal
  return createSession(model, where, options)
}

/** The same, and the device is not tried before. */
export async function createSession(
  model: Uint8Array,
  { device, threads }: Where,
  { precision = 'float32', onDevice = [], givesBack = false }: SessionOptions = {},
): Promise<ort.InferenceSession> {
  // ONNX Runtime would leave an unknown device out, and compute on the CPU
  if (!runtime.listSupportedBackends().some(({ name }) => name === device))
    throw unavailable(device, `the runtime for ${process.platform} on ${process.arch} has no such device`)
  try {
    return await runtime.InferenceSession.create(model, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      intraOpNumThreads: threads,
      // threads that wait for work spin; between runs they would take the cores from whoever gathers the next batch
      extra: { session: { force_spinning_stop: '1' } },
      // fused scale factors are float32 attributes, which costs float64 its precision
      graphOptimizationLevel: precision === 'float64' ? 'basic' : 'all',
      // planned in one piece, the buffers of a step take half as much memory again and lie further apart: slower as well
      enableMemPattern: false,
      enableCpuMemArena: !givesBack,
      preferredOutputLocation: Object.fromEntries(onDevice.map(name => [name, 'gpu-buffer' as const])),
      logSeverityLevel: 4, // as above
    })
  } catch (error) {
    throw inOurWords(error, device, true)
  }
}

/** A tensor of zeros in the memory of this process. */
export const zeros = (port: Port): ort.Tensor => makeTensor(port, new arrays[port.type](sizeOf(port.shape)))

/**
 * What a program is given for one of its inputs.
 * @throws Error when there are not as many values as the shape holds
 */
export function tensorOf(port: Port, data: ArrayLike<number> | Values | undefined): ort.Tensor {
  const expected = sizeOf(port.shape)
  if (data === undefined || data.length !== expected)
    throw new Error(
      `input ${port.name}: ${expected} values expected for [${port.shape}], got ${data?.length ?? 'none'}`,
    )
  return makeTensor(port, valuesOf(port.type, data))
}

const makeTensor = ({ type, shape }: Port, data: Values): ort.Tensor =>
  new runtime.Tensor(type, data as Float32Array, shape) as unknown as ort.Tensor
