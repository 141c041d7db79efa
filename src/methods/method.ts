import type { z } from 'zod'
import type { Encoder, EncoderInput } from '../nn/encoder.js'
import type { AnyModule } from '../nn/module.js'
import type { Pool } from '../nn/vectors.js'
import type { Draw } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/** A batch as the program receives it. */
export interface Sample {
  /** uint8 [N, H, W, C] */
  readonly image: Tensor
}

/** Some of the training pictures, for a method that has to know them before it is built. */
export interface PictureSample {
  /** uint8 [count, size, size, channels] */
  readonly pictures: Uint8Array
  readonly count: number
  readonly size: number
  readonly channels: number
}

/** What a method learns from the pictures before the first step. */
export interface Prepared {
  /** Plain JSON; kept in `config.json` and given to `build` */
  readonly prepared: unknown
  /** Told to the user at the start */
  readonly notes: readonly string[]
}

/** What a method is built for. */
export interface BuildContext<Options> {
  readonly options: Options
  /** What `prepare` found; undefined for methods without it */
  readonly prepared: unknown
  /** The pictures as stored: their height and width, and their channels */
  readonly picture: { readonly size: number; readonly channels: number }
  /**
   * Makes an encoder of the architecture that the user chose. The method keeps one of them as `encoder`; a teacher is a
   * second call, a method that hides colour or works on patches overrides the channels or the size.
   */
  readonly makeEncoder: (input?: Partial<EncoderInput>) => Encoder
}

/** What a loss gives: tensors of a single number, and what a network that knows nothing would get. */
export interface Comparison {
  readonly loss: Tensor
  readonly metrics?: Readonly<Record<string, Tensor>>
  /** The loss without any knowledge, in the units of the loss */
  readonly chance: number
  /** Pictures or patches that the encoder sees in the step; as many as the batch has pictures unless told */
  readonly views?: number
}

/** What one step gives. */
export interface StepResult extends Comparison {
  readonly adversary?: Adversary
}

/**
 * A step whose loss sees embeddings and nothing else of the pictures. The embeddings of a large batch can then be made chunk by
 * chunk and compared all at once, so that activations are kept for one chunk only.
 * @see Gao et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup
 */
export interface Halves {
  /** [V, N, D]: one row for each of V views of N pictures; those of more pictures are joined along the second axis */
  embed(sample: Sample, draw: Draw): Tensor
  /** @param embeddings [V, N, D] of the whole batch */
  compare(embeddings: Tensor): Comparison
}

/** The step that the two halves make when nothing comes between them. */
export const inHalves = (halves: Halves): Pick<Learner, 'step' | 'halves'> => ({
  halves,
  step: (sample, draw) => halves.compare(halves.embed(sample, draw)),
})

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
  /** One number: the mean over the batch */
  readonly value: Tensor
  readonly better: 'higher' | 'lower'
  /** What needs no learning: chance, the mean, the commonest answer; tensors of one number, or known beforehand */
  readonly baselines: Readonly<Record<string, Tensor | number>>
}

/** A column of the picture sheet: float [N, C, H, W] in [0, 1], as large as the stored pictures and with their channels */
export interface Shown {
  readonly title: string
  readonly pictures: Tensor
  /** The network has guessed it: before training it means nothing */
  readonly guessed?: boolean
  /** What to know before believing one's eyes, in a sentence: what was given to the guess */
  readonly note?: string
}

/** A method put together for one kind of data and one encoder. */
export interface Learner {
  /** Everything with variables; `encoder` is kept, the rest is thrown away after training */
  readonly modules: { readonly encoder: Encoder } & Readonly<Record<string, AnyModule>>
  step(sample: Sample, draw: Draw): StepResult
  /** The step in its two parts, where it has them: see `inHalves` */
  readonly halves?: Halves
  /** The task on pictures that training has not seen. Without it, the loss beside its chance. */
  examine?(sample: Sample, draw: Draw): Readonly<Record<string, Measure>>
  /**
   * What is kept for other tasks: [N, width]. Without it, the encoder on the whole picture.
   * @param see the encoder, [M, C, H, W] → [M, width], or one of its layers where an evaluation asks for that
   */
  represent?(sample: Sample, see: (x: Tensor) => Tensor): Tensor
  /** How `see` makes one vector of what the encoder sees; as the encoder does by itself unless told */
  readonly pool?: Pool
  /** Variables that follow the trained ones (teachers, queues): their next values from the next values of the others */
  after?(next: (variable: Tensor) => Tensor): ReadonlyMap<Tensor, Tensor>
  /** What is shown and hidden, and what was guessed, for looking at */
  show(sample: Sample, draw: Draw): readonly Shown[]
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
export const defaultEncoder = 'c4'

export interface Method {
  readonly name: string
  readonly reads: 'image'
  /** x: what the network is shown */
  readonly shown: string
  /** z: what is hidden, and the network has to tell */
  readonly hidden: string
  readonly paper: string
  readonly training: TrainingDefaults
  /** The architecture when the user chooses none; `defaultEncoder` unless told */
  readonly encoder?: string
  readonly options: z.ZodType
  /** White noise has no structure to find: a network that beats chance on it has found a shortcut */
  readonly chanceOnNoise?: boolean
  /** The loss sees embeddings alone: the learner has `halves`, and a large batch can be trained on in chunks */
  readonly comparesEmbeddings?: boolean
  /** @throws LacunaError when the pictures cannot serve the method */
  prepare?(sample: PictureSample, options: unknown): Prepared
  build(context: BuildContext<unknown>): Learner
}

interface MethodDefinition<Options extends z.ZodType> extends Omit<Method, 'options' | 'prepare' | 'build'> {
  readonly options: Options
  prepare?(sample: PictureSample, options: z.output<Options>): Prepared
  build(context: BuildContext<z.output<Options>>): Learner
}

/** Ties the options of a method to the function that uses them. */
export function defineMethod<Options extends z.ZodType>(definition: MethodDefinition<Options>): Method {
  const { prepare, ...rest } = definition
  return {
    ...rest,
    ...(prepare && { prepare: (sample, options) => prepare(sample, definition.options.parse(options)) }),
    build: context => definition.build({ ...context, options: definition.options.parse(context.options) }),
  }
}
