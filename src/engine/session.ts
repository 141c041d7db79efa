import type * as ort from 'onnxruntime-common'
import { devices } from '../program/devices.js'
import { createSession, type SessionOptions, type Where } from './create-session.js'
import type { Runtime } from './host.js'

/**
 * An ONNX Runtime session for a model.
 * @throws LacunaError where the device does not work on this machine, or there is not enough memory
 */
export async function openSession(
  runtime: Runtime,
  model: Uint8Array,
  where: Where,
  options?: SessionOptions,
): Promise<ort.InferenceSession> {
  if (devices[where.device].loud) await runtime.tryDevice(where.device)
  return createSession(runtime, model, where, options)
}
