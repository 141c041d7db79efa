import type * as ort from 'onnxruntime-common'
import { devices } from '../program/devices.js'
import type { Precision } from '../program/lowering/emitter.js'
import { inOurWords, unavailable } from './failures.js'
import { runtime } from './node/runtime.js'
import type { EngineOptions } from './options.js'

// whatever it writes of errors to the terminal is thrown as well; set before the first session, or it has no effect
runtime.env.logLevel = 'fatal'

export interface SessionOptions {
  readonly precision?: Precision
  /** Outputs that stay in the memory of the device; each run has to ask for all outputs then */
  readonly onDevice?: readonly string[]
  /** Gives memory back after each run; otherwise a session keeps what it needed once, and runs a little faster */
  readonly givesBack?: boolean
}

/** Where a session runs */
export type Where = Pick<EngineOptions, 'device' | 'threads'>

/**
 * An ONNX Runtime session for a model, on a device that has been tried.
 * @throws LacunaError where there is no such device, or not enough memory
 */
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
      executionProviders: [...devices[device].providers],
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
