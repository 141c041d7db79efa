import type * as ort from 'onnxruntime-common'
import type { Port } from './compile.js'
import { deviceCell, openCopier } from './device-cells.js'
import type { EngineOptions } from './engine-options.js'
import { zeros } from './session.js'
import type { Values } from './values.js'

/** One variable between the runs: a program reads `now` and leaves the next value. */
export interface Cell {
  readonly now: ort.Tensor
  /**
   * Where a program that runs now is to write the next value; null where ONNX Runtime allocates it.
   * @param inPlace whether it may be where the present one is
   */
  next(inPlace: boolean): ort.Tensor | null
  /** The program has run: `now` is what it gave */
  advance(result: ort.Tensor): void
  /** A copy */
  read(): Promise<Values>
  /** @param data as many values as the variable has */
  write(data: ArrayLike<number>): Promise<void>
  /** Frees the memory; the cell is not used again */
  dispose(): void
}

/** Where variables live: in the memory of this process, or of the device. */
export interface Cells {
  /** Whether programs have to leave the next values on the device */
  readonly onDevice: boolean
  /** A new variable, all zeros */
  make(port: Port): Promise<Cell>
  /** To be called once all its cells are disposed of */
  close(): Promise<void>
}

/**
 * On WebGPU variables stay on the device. On CUDA they cross to the host and back at every step: onnxruntime-node 1.30 knows
 * tensors on a device only as buffers of WebGPU, and takes any other address for one in this process.
 */
export function cellsOf(options: EngineOptions): Cells {
  return options.device === 'webgpu' ? deviceCells(options) : hostCells
}

const hostCells: Cells = {
  onDevice: false,
  make: async port => hostCell(port),
  close: async () => undefined,
}

/** One buffer, and a second one as soon as a program has to write the next value beside the present one. */
function hostCell(port: Port): Cell {
  let now = zeros(port)
  let [next, spare]: [ort.Tensor, ort.Tensor | undefined] = [now, undefined]
  return {
    get now() {
      return now
    },
    next(inPlace) {
      next = inPlace ? now : (spare ?? zeros(port))
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

function deviceCells(options: EngineOptions): Cells {
  let copier: ReturnType<typeof openCopier> | undefined
  return {
    onDevice: true,
    async make(port) {
      copier ??= openCopier(options)
      return deviceCell(port, await copier)
    },
    async close() {
      await (await copier)?.close()
      copier = undefined
    },
  }
}
