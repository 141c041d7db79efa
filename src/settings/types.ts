import type { ReadingOptions } from '../channels/reading.js'
import type { DeviceName } from '../program/devices.js'
import type { Products } from '../program/lowering/emitter.js'
import type { Kind, SaveEvery } from './kinds.js'

export type Optimiser = 'adamw' | 'sgd' | 'lars'

/** What a training can be told; each has a row in `trainingSettings`. */
export interface TrainingSettings {
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
  /** A column of labels, such as `speaker`: all samples of a batch have the same in it, so that they are not told apart by it */
  readonly batchAlike?: string
  /** Of all that is random, default 0 */
  readonly seed?: number
  /** Length of a window of sound: the option `seconds` of the method, which has its own default */
  readonly seconds?: number
  /** Frames of a film that a guess is made from: the option `frames` of the method, which has its own default */
  readonly frames?: number
  readonly optimiser?: Optimiser
  /** At its highest, after the warm-up, for a batch of 256; in proportion for others */
  readonly learningRate?: number
  readonly weightDecay?: number
  /** Share of the steps over which the rate rises, default 0.05 */
  readonly warmup?: number
  /** Common length that gradients are clipped to, default 0: not at all */
  readonly clip?: number
  /** Computes the activations inside blocks again in the backward instead of keeping them: less memory, more time */
  readonly checkpointActivations?: boolean
  /**
   * What the matrix products of the layers of transformers, of convolutional encoders and of encoders of waves are in while they
   * train. int8 is faster on processors with instructions for it, and rounds; docs/performance.md compares what is learnt in both.
   * Where the machine multiplies wrongly, the run is trained in fp32, and a note says so. Default auto: int8 where it is right and
   * faster, else fp32. The run keeps which of the two it began in.
   */
  readonly products?: 'auto' | Products
  /** Weights of torchvision, timm, transformers or Lacuna that the encoder starts from (safetensors) */
  readonly weights?: string
  /** A `tokenizer.json`, or a run that has one; learnt from the texts to train on unless told */
  readonly tokenizer?: string
  /** Files of the modules that a method, an encoder or a reader of one's own come from: `config.json` keeps them for messages */
  readonly plugins?: readonly string[]
  /** Options of the method */
  readonly options?: Readonly<Record<string, unknown>>
  readonly device?: DeviceName
  readonly threads?: number
  /** When checkpoints are written: every so many steps, or minutes (`5min`). Unless told after 5 seconds, then ever more seldom, up to every 2 minutes */
  readonly saveEvery?: SaveEvery
}

/**
 * What the opening of data can be told; each has a row in `dataSettings`.
 *
 * `fit` crop (the middle, default), pad or squash: how pictures that are not square become so. `background` a colour,
 * default white: below transparent pictures and around padded ones. `range`: the values that become black and white,
 * default `auto`: bytes as they are, other numbers as found in the pictures.
 */
export interface DataSettings extends ReadingOptions {
  /** Pictures and frames become size × size. Default: IDX as it is, files 32, films 64. */
  readonly size?: number
  /** Default 1 for IDX, 3 for files. */
  readonly channels?: 1 | 3
  /** Frames a second that are taken of films; default as many as they have, at most 10. Of numbered pictures, how many they are. */
  readonly fps?: number
  /** Share of the pictures that may be unreadable, default 0.01. Three may always be, unless this is 0. */
  readonly allowSkipped?: number
  /** Regular expression with one capture group; what it captures in a file's base name is the group. */
  readonly groupPattern?: string
  /** The column of a metadata table that has the labels; default `label`, `category` or `class`. */
  readonly label?: string
  /** The column of a table that has the texts; default `text`, `caption` or the like. */
  readonly caption?: string
  /** Folder of stores; default `LACUNA_CACHE`, else `~/.cache/lacuna`. */
  readonly cache?: string
}

/** Settings that say how pictures are read, and nothing of recordings. */
export type PictureSetting = 'size' | 'channels' | keyof ReadingOptions

/** Settings that say how texts are read. */
export type TextSetting = 'caption'

/** All that is to be known of a setting; what is checked, shown, written down and repeated comes from here. */
export interface Row<T> {
  /** As it is typed: `--lr <rate>` */
  readonly flag: string
  readonly kind: Kind<T>
  readonly help: string
  /** Where that is the same for every method and all data */
  readonly default?: T
  /** What it is unless told, in words, where it is no single value or is said better so */
  readonly unless?: string
  /** In a run's `config.json`: always, where it was told, as what was found for it when the run began, or not at all */
  readonly kept: 'always' | 'told' | 'found' | 'never'
  /** Where it stands in `config.json` and in a file for `--config`; at the top by its own name unless told */
  readonly at?: readonly string[]
  /** A path: in a file for `--config` it is meant from the folder of that file on */
  readonly path?: true
  /** The only kinds of data that it means something for */
  readonly of?: readonly ('image' | 'video' | 'text')[]
  /** A run that goes on may have another */
  readonly free?: true
}

export type Rows<Settings> = { readonly [Name in keyof Settings]-?: Row<NonNullable<Settings[Name]>> }
