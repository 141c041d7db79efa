import type { z } from 'zod'
import type { Encoder } from '../nn/encoder.js'
import type { AnyModule } from '../nn/module.js'
import type { Draw } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/** A batch as the program receives it. */
export interface Sample {
  /** uint8 [N, H, W, C] */
  readonly image: Tensor
}

/** What a method is built for. */
export interface BuildContext<Options> {
  readonly options: Options
  /** The pictures as stored: their height and width, and their channels */
  readonly picture: { readonly size: number; readonly channels: number }
  /**
   * Makes an encoder of the architecture that the user chose. The method keeps one of them as `encoder`; a teacher is a
   * second call, a method that hides colour or works on patches overrides the channels or the size.
   */
  readonly makeEncoder: (input?: { readonly size?: number; readonly channels?: number }) => Encoder
}

/** What one step gives: tensors of a single number, and what a network that knows nothing would get. */
export interface StepResult {
  readonly loss: Tensor
  readonly metrics?: Readonly<Record<string, Tensor>>
  /** The loss without any knowledge, in the units of the loss */
  readonly chance: number
}

/** A column of the picture sheet: float [N, C, H, W] in [0, 1] */
export interface Shown {
  readonly title: string
  readonly pictures: Tensor
}

/** A method put together for one kind of data and one encoder. */
export interface Learner {
  /** Everything with variables; `encoder` is kept, the rest is thrown away after training */
  readonly modules: { readonly encoder: Encoder } & Readonly<Record<string, AnyModule>>
  step(sample: Sample, draw: Draw): StepResult
  /** What is kept for other tasks: [N, width]. Without it, the encoder on the whole picture. */
  represent?(sample: Sample): Tensor
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

export interface Method {
  readonly name: string
  readonly reads: 'image'
  /** x: what the network is shown */
  readonly shown: string
  /** z: what is hidden, and the network has to tell */
  readonly hidden: string
  readonly paper: string
  readonly training: TrainingDefaults
  readonly options: z.ZodType
  build(context: BuildContext<unknown>): Learner
}

interface MethodDefinition<Options extends z.ZodType> extends Omit<Method, 'options' | 'build'> {
  readonly options: Options
  build(context: BuildContext<z.output<Options>>): Learner
}

/** Ties the options of a method to the function that uses them. */
export function defineMethod<Options extends z.ZodType>(definition: MethodDefinition<Options>): Method {
  return {
    ...definition,
    build: context => definition.build({ ...context, options: definition.options.parse(context.options) }),
  }
}
