import type { z } from 'zod'
import type { Channels, Kind, Reads, SequenceKind } from '../channels/channel.js'
import type { Gathered } from '../channels/gathered.js'
import { type Definition, thisCopy } from '../definition.js'
import { issuesOf, LacunaError } from '../errors.js'
import type { Encoder, EncoderDefinition, EncoderInputs } from '../nn/encoder.js'
import type { EncoderName } from '../nn/encoders.js'
import type { AnyModule } from '../nn/module.js'
import type { Pool } from '../nn/pools.js'
import type { Follower } from '../nn/teacher.js'
import type { See } from '../nn/vectors.js'
import type { Draw } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/** Windows of what goes on in time, and how much of each is there: what lies after it is padding, all zeros. */
export interface Sequence {
  readonly values: Tensor
  /** int [N], in units of the channel: 1 … length */
  readonly lengths: Tensor
}
/** A batch of one channel. */
export type SampleOf<K extends Kind> = K extends SequenceKind ? Sequence : Tensor

/** A batch as the program receives it. See `Channel` for shapes. */
export type Sample<R extends Reads = Reads> = { readonly [Name in keyof R]: SampleOf<R[Name]['kind']> }

/** Some of the training data, for a method that has to know it before it is built. */
export interface Looked<R extends Reads = Reads> {
  readonly channels: Channels<R>
  readonly count: number
  /** A batch of `count` samples; windows of what goes on in time are drawn, also several of a long record */
  readonly values: Gathered<R>
  /** Of the run, for what is drawn from the data */
  readonly seed: number
  /** As in `build`: says how its frames lie before there is anything to train */
  readonly makeEncoder: BuildContext<R, unknown, unknown>['makeEncoder']
  /**
   * Computes tensors of all samples, batch by batch.
   * @param of traced as outside of training; what it gives has one row a sample
   * @param modules whose variables `of` uses: with their first values, or those of an earlier run's encoder
   * @returns the rows of all samples, one after the other
   */
  readonly compute: <Name extends string>(
    of: (sample: Sample<R>) => Readonly<Record<Name, Tensor>>,
    modules?: Readonly<Record<string, AnyModule | { readonly module: AnyModule; readonly of: Earlier }>>,
  ) => Promise<Readonly<Record<Name, Float32Array>>>
  /**
   * The encoder that an earlier run has trained.
   * @param run its folder
   * @throws LacunaError when there is none
   */
  readonly earlier: (run: string) => Earlier
}

/** The encoder of an earlier run: its architecture by name, and its variables by theirs. */
export interface Earlier {
  readonly encoder: string
  readonly values: ReadonlyMap<string, Float32Array>
}

/** What a method learns from the data before the first step. */
export interface Prepared<Found = unknown> {
  /** Plain JSON; kept in `config.json` and given to `build` */
  readonly prepared: Found
  /** Told to the user at the start */
  readonly notes: readonly string[]
}

/** What a method is built for. */
export interface BuildContext<R extends Reads, Options, Found> {
  readonly options: Options
  /** What `prepare` found; undefined for methods without it */
  readonly prepared: Found
  /** The channels as the data has them */
  readonly channels: Channels<R>
  /**
   * Makes an encoder for a channel, of the architecture that the user chose.
   * @param over where the method shows it something else: fewer colours, patches
   */
  readonly makeEncoder: <Name extends keyof R & string>(
    channel: Name,
    over?: Partial<EncoderInputs[R[Name]['kind']]>,
  ) => Encoder
}

/** What a loss gives: tensors of a single number, and what a network that knows nothing would get. */
export interface Comparison {
  /** The mean over the samples, or over what `weight` counts of them */
  readonly loss: Tensor
  readonly metrics?: Readonly<Record<string, Tensor>>
  /** The loss without any knowledge, in the units of the loss */
  readonly chance: number
  /** What the loss is a mean over, one number, where some samples weigh more than others: parts of a batch count by it */
  readonly weight?: Tensor
  /** Pictures or patches that the encoder sees in the step; as many as the batch has samples unless told */
  readonly views?: number
}

/** What one step gives. */
export interface StepResult extends Comparison {
  readonly adversary?: Adversary
}

/** A step whose loss is a mean over the samples of the batch. */
export interface Step<R extends Reads = Reads> {
  step(sample: Sample<R>, draw: Draw): StepResult
}

/** What is compared: each [N, …], one row a sample. */
export type Embeddings = Readonly<Record<string, Tensor>>

/**
 * A step whose loss sees embeddings and nothing else of the samples. Those of a large batch can then be made chunk by chunk and
 * compared all at once, so that activations are kept for one chunk only.
 * @see Gao et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup
 */
export interface Compared<R extends Reads = Reads, E extends Embeddings = Embeddings> {
  embed(sample: Sample<R>, draw: Draw): E
  /** @param embeddings of the whole batch */
  compare(embeddings: E, draw: Draw): Comparison
}

/** Ties what `embed` gives to what `compare` takes. */
export const compared = <R extends Reads, E extends Embeddings>(halves: Compared<R, E>): Compared<R> =>
  halves as unknown as Compared<R>

/** A part that is trained against the rest, by its own loss and an optimiser of its own, in the same step. */
export interface Adversary {
  /** Moves the variables of `modules` and no others; `loss` of the step moves all the rest, and these not */
  readonly loss: Tensor
  readonly modules: readonly AnyModule[]
  /** Its learning rate as a multiple of the others'; 1 unless told */
  readonly rate?: number
}

/** One figure of the task itself, and what it is worth without any learning. */
export interface Measure {
  /** One number: the mean over the batch; or several, where `figure` makes one of their means over all batches */
  readonly value: Tensor
  /** Of several numbers, such as how often each code occurs; no number where there was nothing to measure, which leaves it out */
  readonly figure?: (means: readonly number[]) => number | undefined
  readonly better: 'higher' | 'lower'
  /**
   * What needs no learning: chance, the mean, the commonest answer; tensors of one number, of several where `figure` is to make one
   * of them as well, or known beforehand
   */
  readonly baselines: Readonly<Record<string, Tensor | number>>
  /**
   * The baseline that white noise cannot be above, by its name: there is nothing in it to find. A network that is above all the same
   * has found a shortcut.
   */
  readonly boundOnNoise?: string
}

/** A column of the sheet to look at. */
export interface Shown {
  readonly title: string
  readonly kind: Kind
  /**
   * One row a sample. image: float [N, C, H, W] in [0, 1]; audio: float [N, length] in [−1, 1]; video: float [N, T, C, H, W] in
   * [0, 1]; text: int [N, length]; vector: float [N, width]
   */
  readonly values: Tensor
  /** The network has guessed it: before training it means nothing */
  readonly guessed?: boolean
  /** What to know before believing one's eyes, in a sentence: what was given to the guess */
  readonly note?: string
}

/** A method put together for one kind of data and one encoder. */
export interface Learner<R extends Reads = Reads> {
  /** What is kept for other tasks, by names that its variables have in a run; the first is the one that gives vectors */
  readonly kept: Readonly<Record<string, Encoder>>
  /** What is thrown away after training */
  readonly heads?: Readonly<Record<string, AnyModule>>
  readonly training: Step<R> | Compared<R>
  /** Modules that are not trained but follow what is: see `teacherOf`. They are variables of the run under the names here. */
  readonly teachers?: Readonly<Record<string, Follower>>
  /** Heads that begin as the encoder of an earlier run, by the folder of that run; a checkpoint holds them from then on */
  readonly earlier?: Readonly<Record<string, string>>
  /** The task on samples that training has not seen. Without it, the loss beside its chance. */
  examine?(sample: Sample<R>, draw: Draw): Readonly<Record<string, Measure>>
  /**
   * What is kept of a sample: [N, width]. Without it, the encoder on the first channel of the kind that it reads.
   * @param see the encoder, [M, C, H, W] → [M, width], or one of its layers where an evaluation asks for that
   */
  represent?(sample: Sample<R>, see: See): Tensor
  /**
   * Where samples of several channels lie in one space: the embedding of each, by the name of its channel, [N, D] with one D for
   * all, compared by cosine. Each is given its own channel alone. What compares channels stands on this: retrieval, classes told
   * by their names, search.
   */
  readonly shared?: { readonly [Name in keyof R]?: (sample: Pick<Sample<R>, Name>) => Tensor }
  /** How `see` makes one vector of what the encoder sees; as the encoder does by itself unless told */
  readonly pool?: Pool
  /** What is shown and hidden, and what was guessed, for looking at */
  show(sample: Sample<R>, draw: Draw): readonly Shown[]
}

/** The encoder that gives the vectors of a sample, and its name. */
export function mainEncoder({ kept }: Pick<Learner, 'kept'>): readonly [name: string, encoder: Encoder] {
  const [first] = Object.entries(kept)
  if (first === undefined) throw new Error('a method has to keep an encoder')
  return first
}

/** How a method is best trained; the command line overrides each. */
export interface TrainingDefaults {
  readonly optimiser: 'adamw' | 'sgd' | 'lars'
  /** For a batch of 256; in proportion for others */
  readonly learningRate: number
  readonly weightDecay: number
  readonly batch: number
}

/** The architecture of methods that name none */
const defaultEncoder = 'c4'

/** The architecture of a method when the user chooses none, by its name or as it is. */
export const encoderFor = ({ encoder = defaultEncoder }: Pick<Method, 'encoder'>): string | EncoderDefinition => encoder

interface About {
  readonly name: string
  /** x: what the network is shown */
  readonly shown: string
  /** z: what is hidden, and the network has to tell */
  readonly hidden: string
  readonly paper: string
  readonly training: TrainingDefaults
  /** The architecture when the user chooses none: a name of those built in, or one of your own; `defaultEncoder` unless told */
  readonly encoder?: EncoderName | (string & {}) | EncoderDefinition
  /** When to take it, or not, in a sentence */
  readonly advice?: string
  /** Seconds of sound that a batch has to hold at least for the training to be stable */
  readonly secondsInBatch?: number
}

/** A method as the rest of Lacuna sees it: its types are its own business. */
export interface Method extends About, Definition {
  readonly defines: 'method'
  readonly options: z.ZodType
  /** @param options parsed */
  readonly reads: (options: unknown) => Reads
  /** @throws LacunaError when the pictures cannot serve the method */
  prepare?(looked: Looked, options: unknown): Prepared | Promise<Prepared>
  build(context: BuildContext<Reads, unknown, unknown>): Learner
}

/** A method as it is written: what it reads, its options and what it prepares have their types inside. */
export interface MethodDefinition<R extends Reads, O extends z.ZodType, P extends z.ZodType> extends About {
  readonly reads: R | ((options: z.output<O>) => R)
  readonly options: O
  /** What `prepare` finds */
  readonly prepared?: P
  prepare?(looked: Looked<R>, options: z.output<O>): Prepared<z.input<P>> | Promise<Prepared<z.input<P>>>
  build(context: BuildContext<R, z.output<O>, z.output<P>>): Learner<R>
}

/** Ties the options of a method, what it reads and what it prepares to the functions that use them. */
export function defineMethod<
  const Name extends string,
  R extends Reads,
  O extends z.ZodType,
  P extends z.ZodType = z.ZodUndefined,
>(definition: MethodDefinition<R, O, P> & { readonly name: Name }): Method & { readonly name: Name } {
  const { prepare, prepared, reads, build, ...rest } = definition
  const parse = (options: unknown) => definition.options.parse(options)
  const found = (value: unknown): z.output<P> => {
    const parsed = prepared?.safeParse(value)
    if (parsed === undefined || parsed.success) return parsed?.data as z.output<P>
    throw new LacunaError(
      `what ${rest.name} found in the pictures before the training is damaged (${issuesOf(parsed.error)}); train again`,
    )
  }
  return {
    ...rest,
    defines: 'method',
    madeBy: thisCopy,
    reads: options => (typeof reads === 'function' ? reads(parse(options)) : reads),
    ...(prepare && { prepare: (looked, options) => prepare(looked as unknown as Looked<R>, parse(options)) }),
    build: ({ channels, ...context }) => {
      const learner = build({
        ...context,
        channels: channels as Channels<R>,
        options: parse(context.options),
        prepared: found(context.prepared),
      })
      return learner as unknown as Learner
    },
  }
}
