import type { Standalone } from '../program/standalone.js'

/** What is written as `encoder.onnx`, for one kind of sample. */
export interface ExportedModel extends Pick<Standalone, 'input' | 'free' | 'outputs' | 'before'> {
  /** Random numbers that its outputs depend on */
  readonly draws: number
}
