import type { Precision } from '../program/lowering/emitter.js'
import type { Device } from '../program/lowering/types.js'

// apart from the sessions, whose types are ONNX Runtime's: those need the DOM library, and public types lean on these options
export interface EngineOptions {
  readonly device: Device
  readonly precision: Precision
  /** Threads of one operator; 0 lets ONNX Runtime choose one per physical core */
  readonly threads: number
}
