import type { RunConfig } from '../assembly/config.js'
import type { DeviceName } from '../program/devices.js'
import type { LoopProgress } from './loop.js'
import type { SaveEvery } from './saving.js'
import type { Watch } from './watch.js'

export interface PretrainOptions {
  /** Folder of the run; holds nothing yet, unless `resume` */
  readonly out: string
  /** Architecture; the method's own default unless told, c4 for most */
  readonly encoder?: string
  /** Passes over the pictures, default 20; or `steps` */
  readonly epochs?: number
  readonly steps?: number
  readonly batch?: number
  /**
   * Pictures that go through the network at a time; a part of the batch, whose memory the step then needs. Each draws what it
   * would draw in the whole batch, and the gradient is the same but for batch norm, which sees one chunk at a time. Where the
   * loss compares embeddings it compares those of the whole batch, for a third more time.
   */
  readonly chunk?: number
  readonly seed?: number
  readonly optimiser?: RunConfig['optimiser']
  /** For a batch of 256; in proportion for others */
  readonly learningRate?: number
  readonly weightDecay?: number
  /** Share of the steps over which the rate rises, default 0.05 */
  readonly warmup?: number
  /** Common length that gradients are clipped to, default 0: not at all */
  readonly clip?: number
  /** Computes the activations inside blocks again in the backward instead of keeping them: less memory, more time */
  readonly checkpointActivations?: boolean
  readonly device?: DeviceName
  readonly threads?: number
  /** Options of the method */
  readonly options?: Readonly<Record<string, unknown>>
  /** Weights of torchvision, timm or Lacuna that the encoder starts from (safetensors) */
  readonly weights?: string
  /**
   * Goes on from the checkpoint in `out`, with the options of its config.json: others that are given have to be the same, but for
   * device and threads, and for `steps` or `epochs`, which may be more
   */
  readonly resume?: boolean
  /** When checkpoints are written: every so many steps, or minutes (`5min`). Unless told after 5 seconds, then ever more seldom, up to every 2 minutes */
  readonly saveEvery?: SaveEvery
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
