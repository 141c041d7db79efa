import type * as ort from 'onnxruntime-common'
import type { Target } from '../program/compile.js'
import type { DeviceName } from '../program/devices.js'
import type { EngineOptions } from './options.js'
import type { Runner } from './runner.js'

/** What an engine stands on. */
export interface Runtime {
  /** ONNX Runtime; what it writes to the terminal is switched off */
  readonly ort: Pick<typeof ort, 'InferenceSession' | 'Tensor'>
  /** The devices that it was built for, as it calls them */
  readonly devices: readonly string[]
  /** Where this is, for messages: `linux on x64` */
  readonly place: string
  /** Commands that fetch ONNX Runtime's own part of what a device needs */
  readonly fetching: string
  /**
   * Tries a device out of sight, once: before any other work is begun, and without a word of its driver on the terminal.
   * @throws LacunaError where it does not work
   */
  tryDevice(device: DeviceName): Promise<void>
}

/**
 * Where programs run: a process of Node, a page. `import { host } from '#host'` gives that of this place, which the package's
 * `imports` choose by condition; where there is none, as in a browser today, the import itself fails.
 */
export interface Host extends Runtime {
  /**
   * Something that runs programs beside this thread; on the device that works everywhere, in float32, and with a thread per core
   * unless told.
   * @throws LacunaError (wrong usage) for more threads than there are cores
   */
  start(options?: Partial<EngineOptions>): Runner
  /**
   * Runs work whose programs end when a signal says so: the next call of any runner that was started in it rejects with the
   * signal's reason.
   * @param signal undefined shields the work from a signal around it
   */
  interruptible<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>
  /** How many channels lie together in a device's own convolutions; 0 where it has none, or they give wrong numbers */
  block(device: DeviceName): Promise<number>
  /** What products in int8 are like on a device, tried once; undefined where it has none */
  int8(device: DeviceName): Promise<ProbedInt8 | undefined>
}

/** What a product in int8 is like on a machine. */
export interface ProbedInt8 {
  /** Whether it gives the numbers that it should: where pairs of products are added up in 16 bits, large ones saturate */
  readonly exact: boolean
  /** How many times as fast as in float32 it is, with what it takes to make integers of its operands */
  readonly gain: number
}

/** What programs for a device of a host are compiled for. */
export async function targetFor(
  host: Pick<Host, 'block'>,
  { device, precision }: Pick<EngineOptions, 'device' | 'precision'>,
): Promise<Target> {
  return { device, precision, block: await host.block(device) }
}
