import type * as ort from 'onnxruntime-common'
import { createSession, type SessionOptions, type Where } from './create-session.js'
import { checkDevice } from './node/device.js'

/**
 * An ONNX Runtime session for a model.
 * @throws LacunaError where the device does not work on this machine, or there is not enough memory
 */
export async function openSession(
  model: Uint8Array,
  where: Where,
  options?: SessionOptions,
): Promise<ort.InferenceSession> {
  if (where.device === 'webgpu') await checkDevice(where.device) // where it does not work, it writes to the terminal
  return createSession(model, where, options)
}
