import type { DeviceName } from '../program/devices.js'
import type { Precision } from '../program/lowering/emitter.js'

// apart from the sessions, whose types are ONNX Runtime's: those need the DOM library, and public types lean on these options
export interface EngineOptions {
  readonly device: DeviceName
  readonly precision: Precision
  /** Threads of one operator; 0 lets ONNX Runtime choose one per physical core */
  readonly threads: number
}
