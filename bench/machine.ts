import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import ort from 'onnxruntime-node'
import { sharp } from '#lacuna/data/sharp.js'

/** Where something was measured. */
export interface Machine {
  readonly processor: string
  /** That the command may use */
  readonly cores: number
  readonly gigabytes: number
  readonly system: string
  readonly node: string
  readonly onnxruntime: string
  readonly sharp: string
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    gigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    onnxruntime: ort.env.versions.node ?? 'unknown',
    sharp: `${sharp.versions.sharp} with libvips ${sharp.versions.vips}`,
  }
}
