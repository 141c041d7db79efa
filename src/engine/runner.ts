import type { Program } from '../program/compile.js'
import type { DrawKey } from '../program/draws.js'
import type { Values } from '../program/values.js'
import type { EngineOptions } from './options.js'

export type Feeds = Readonly<Record<string, ArrayLike<number> | Values>>

/** Something that runs programs on shared variables: an engine in this thread, or one in a worker. */
export interface Runner {
  readonly options: EngineOptions
  /** Seconds that programs have run so far; the rest of the time the device waits for this process */
  readonly busy: number
  /** Loads a program under a key; its variables are zeros unless another program has brought them already. */
  load(key: string, program: Program): Promise<void>
  /** Variables that no other loaded program has go with it. */
  unload(key: string): Promise<void>
  /**
   * Runs a loaded program once; variables that it updates hold their new values afterwards. After a run that ended with an
   * error some may hold them and others not.
   * @param feeds its inputs, and those of its draws that were made beforehand; the others are drawn by the key
   * @throws LacunaError where there is not enough memory; `load` also where there is no such device
   */
  run(key: string, feeds?: Feeds, drawKey?: DrawKey): Promise<Record<string, Values>>
  /** A copy of the variables named, or of all */
  read(names?: readonly string[]): Promise<Map<string, Values>>
  /** Takes values one after the other, so that they need not be there all at once. */
  write(values: Iterable<readonly [name: string, values: ArrayLike<number>]>): Promise<void>
  close(): Promise<void>
}
