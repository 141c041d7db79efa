import type { EncoderDefinition } from '../nn/encoder.js'
import type { EncoderName } from '../nn/encoders.js'
import type { TrainingSettings } from '../settings/types.js'
import type { LoopProgress } from './task.js'
import type { Watch } from './watch.js'

export interface PretrainOptions extends Omit<TrainingSettings, 'encoder'> {
  /** Folder of the run; holds nothing yet, unless `resume` */
  readonly out: string
  /** Architecture: a name of those built in, or one of your own; the method's own default unless told, c4 for most */
  readonly encoder?: EncoderName | (string & {}) | EncoderDefinition
  /**
   * Goes on from the checkpoint in `out`, with the options of its config.json: others that are given have to be the same, but for
   * device and threads, and for `steps` or `epochs`, which may be more
   */
  readonly resume?: boolean
  /** What is looked for in the vectors of some pictures now and then; what it finds stands in the metrics */
  readonly watch?: Watch
  /** Stops after the step that runs, saves, and returns */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: LoopProgress) => void
  /** What the user should know at the start, such as pictures that cannot serve the method */
  readonly onNote?: (note: string) => void
  /** After every step: the seconds since the training began, and those of them in which the program ran */
  readonly onStep?: (seconds: number, busy: number) => void
}
