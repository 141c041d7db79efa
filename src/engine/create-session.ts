import type { InferenceSession } from 'onnxruntime-common'
import { devices } from '../program/devices.js'
import type { Precision } from '../program/lowering/emitter.js'
import { openingInOurWords, unavailable } from './failures.js'
import type { Runtime } from './host.js'
import type { EngineOptions } from './options.js'

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
  { ort, devices: built, place, fetching }: Runtime,
  model: Uint8Array,
  { device, threads }: Where,
  { precision = 'float32', onDevice = [], givesBack = false }: SessionOptions = {},
): Promise<InferenceSession> {
  // ONNX Runtime would leave an unknown device out, and compute on the CPU
  if (!built.includes(device)) throw unavailable(device, `the runtime for ${place} has no such device`, fetching)
  try {
    return await ort.InferenceSession.create(model, {
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
      logSeverityLevel: 4, // errors are thrown
    })
  } catch (error) {
    throw openingInOurWords(error, device, fetching)
  }
}
