import type { InferenceSession, Tensor } from 'onnxruntime-common'
import type { Port } from '../program/compile.js'
import { writeModel } from '../program/onnx/model.js'
import { sizeOf } from '../tensor/shape.js'
import type { Runtime } from './host.js'
import type { EngineOptions } from './options.js'
import { openSession } from './session.js'
import type { VariableStorage } from './storage.js'

/** Carries float32 values to a device and back. While it is open the device stays, and with it the buffers on it. */
export interface Copier {
  /** @returns [n], on the device */
  toDevice(data: Float32Array): Promise<Tensor>
  /** @param tensor on the device */
  toHost(tensor: Tensor): Promise<Float32Array>
  close(): Promise<void>
}

/** onnxruntime-node has no way to fill a buffer, and its `getData` ends the process: programs that copy do both. */
export async function openCopier(runtime: Runtime, options: EngineOptions): Promise<Copier> {
  const value = (name: string) => ({ name, type: 'float32' as const, shape: ['N'] })
  const { model } = writeModel({
    nodes: [{ operator: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    inputs: [value('x')],
    outputs: [value('y')],
  })
  const up = await openSession(runtime, model, options, { onDevice: ['y'] })
  const down = await openSession(runtime, model, options)
  const copy = async (session: InferenceSession, x: Tensor): Promise<Tensor> => {
    const { y } = await session.run({ x })
    if (y === undefined) throw new Error('a copy between host and device gave nothing')
    return y
  }
  return {
    toDevice: data => copy(up, new runtime.ort.Tensor('float32', data, [data.length])),
    toHost: async tensor => (await copy(down, reshaped(runtime.ort, tensor, [tensor.size]))).data as Float32Array,
    async close() {
      await up.release()
      await down.release()
    },
  }
}

/** A variable whose values stay on the device. Buffers are returned at once, not when garbage is collected. */
export async function deviceStorage(
  { ort }: Pick<Runtime, 'ort'>,
  { name, type, shape }: Port,
  copier: Copier,
): Promise<VariableStorage> {
  if (type !== 'float32') throw new Error(`variable ${name}: only float32 stays on a device, got ${type}`)
  let held = await copier.toDevice(new Float32Array(sizeOf(shape)))
  const hold = (tensor: Tensor) => {
    held.dispose()
    held = tensor
  }
  return {
    get now() {
      return reshaped(ort, held, shape)
    },
    next: () => null,
    advance: hold,
    read: () => copier.toHost(held),
    write: async data => hold(await copier.toDevice(Float32Array.from(data))),
    dispose: () => held.dispose(),
  }
}

/** The same buffer with other sizes. */
const reshaped = (ort: Runtime['ort'], tensor: Tensor, dims: readonly number[]): Tensor =>
  ort.Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType: 'float32', dims }) as unknown as Tensor
