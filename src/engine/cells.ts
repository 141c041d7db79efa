import type { Tensor } from 'onnxruntime-common'
import type { Port } from '../program/compile.js'
import { devices } from '../program/devices.js'
import type { Values } from '../program/values.js'
import type { Cell } from './cell.js'
import { deviceCell, openCopier } from './device-cells.js'
import type { Runtime } from './host.js'
import type { EngineOptions } from './options.js'
import { zeros } from './tensors.js'

/** Where variables live: in the memory of this process, or of the device. */
export interface Cells {
  /** Whether programs have to leave the next values on the device */
  readonly onDevice: boolean
  /** A new variable, all zeros */
  make(port: Port): Promise<Cell>
  /** To be called once all its cells are disposed of */
  close(): Promise<void>
}

export function cellsOf(runtime: Runtime, options: EngineOptions): Cells {
  return devices[options.device].holdsVariables ? deviceCells(runtime, options) : hostCells(runtime)
}

const hostCells = ({ ort }: Runtime): Cells => ({
  onDevice: false,
  make: async port => hostCell(() => zeros(ort, port)),
  close: async () => undefined,
})

/** One buffer, and a second one as soon as a program has to write the next value beside the present one. */
function hostCell(make: () => Tensor): Cell {
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

function deviceCells(runtime: Runtime, options: EngineOptions): Cells {
  let copier: ReturnType<typeof openCopier> | undefined
  return {
    onDevice: true,
    async make(port) {
      copier ??= openCopier(runtime, options)
      return deviceCell(runtime, port, await copier)
    },
    async close() {
      await (await copier)?.close()
      copier = undefined
    },
  }
}
