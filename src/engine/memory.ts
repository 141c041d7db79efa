import type { Tensor } from 'onnxruntime-common'
import type { Port } from '../program/compile.js'
import { devices } from '../program/devices.js'
import type { Values } from '../program/values.js'
import { deviceStorage, openCopier } from './device-storage.js'
import type { Runtime } from './host.js'
import type { EngineOptions } from './options.js'
import type { VariableStorage } from './storage.js'
import { zeros } from './tensors.js'

/** Where variables live: in the memory of this process, or of the device. */
export interface VariableMemory {
  /** Whether programs have to leave the next values on the device */
  readonly onDevice: boolean
  /** A new variable, all zeros */
  make(port: Port): Promise<VariableStorage>
  /** To be called once all that was made is disposed of */
  close(): Promise<void>
}

export function memoryOf(runtime: Runtime, options: EngineOptions): VariableMemory {
  return devices[options.device].holdsVariables ? deviceMemory(runtime, options) : hostMemory(runtime)
}

const hostMemory = ({ ort }: Runtime): VariableMemory => ({
  onDevice: false,
  make: async port => hostStorage(() => zeros(ort, port)),
  close: async () => undefined,
})

/** One buffer, and a second one as soon as a program has to write the next value beside the present one. */
function hostStorage(make: () => Tensor): VariableStorage {
  let now = make()
  let [next, spare]: [Tensor, Tensor | undefined] = [now, undefined]
  return {
    get now() {
      return now
    },
    next(inPlace) {
      next = inPlace ? now : (spare ?? make())
      return next
    },
    advance() {
      if (next !== now) [now, spare] = [next, now]
    },
    read: async () => (now.data as Values).slice() as Values,
    write: async data => (now.data as Float32Array).set(data),
    dispose: () => undefined,
  }
}

function deviceMemory(runtime: Runtime, options: EngineOptions): VariableMemory {
  let copier: ReturnType<typeof openCopier> | undefined
  return {
    onDevice: true,
    async make(port) {
      copier ??= openCopier(runtime, options)
      return deviceStorage(runtime, port, await copier)
    },
    async close() {
      await (await copier)?.close()
      copier = undefined
    },
  }
}
