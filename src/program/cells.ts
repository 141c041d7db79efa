import type ort from 'onnxruntime-node'
import type { Port } from './compile.js'
import { deviceCell, openCopier } from './device-cells.js'
import { type EngineOptions, zeros } from './session.js'
import type { Values } from './values.js'

/** One variable between the runs: a program reads `now` and leaves the next value. */
export interface Cell {
  readonly now: ort.Tensor
  /** Where the next value is to be written; null where ONNX Runtime allocates it */
  readonly next: ort.Tensor | null
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

/** Two buffers: a step reads one and writes the other, so nothing is allocated and nothing overwritten early. */
function hostCell(port: Port): Cell {
  let [now, next] = [zeros(port), zeros(port)]
  return {
    get now() {
      return now
    },
    get next() {
      return next
    },
    advance() {
      ;[now, next] = [next, now]
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
