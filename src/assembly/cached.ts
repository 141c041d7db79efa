import type { Compared, Embeddings } from '../methods/method.js'
import { compile, type Program, type Target } from '../program/compile.js'
import { trace } from '../program/trace.js'
import { derivative, pullBack } from '../tensor/derivative.js'
import { input } from '../tensor/tensor.js'
import type { Assembly } from './assemble.js'
import type { RunConfig } from './config.js'
import { moved } from './descent.js'
import { type StepPrograms, sampleOf, trainingTrace } from './programs.js'
import { added, emptied, namesOf, sumsOf } from './sums.js'

/** The parts of a step that keeps activations for one chunk of the batch only, and compares the embeddings of all of it. */
export interface CachedPrograms extends StepPrograms {
  /** The names of the embeddings; each has one row a sample */
  readonly embeddings: readonly string[]
  /** Samples of a chunk → its embeddings. Running statistics stay as they are. */
  readonly embed: Program
  /** The embeddings of all → `loss`, the metrics, and the gradient of the loss by each, `gradient.<name>` */
  readonly compare: Program
  /** Samples of a chunk and their rows of the gradients, which are carried on to the variables and added up */
  readonly backward: Program
  /** One step of the optimiser down the sums, and the followers behind; the sums are zero afterwards → `gradientNorm` */
  readonly update: Program
}

/** The name of the gradient of the loss by an embedding. */
export const gradientOf = (embedding: string): string => `gradient.${embedding}`

/**
 * A step as the chain rule allows when the loss sees embeddings alone: its gradient by the embeddings of the whole batch, then,
 * chunk by chunk, on from there to the variables. What depends on the batch inside the encoder, as batch norm does, sees
 * one chunk.
 * @see Gao et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup
 */
export function cachedPrograms(
  { learner, names, channels }: Assembly,
  training: Compared,
  config: RunConfig,
  asked: Target,
): CachedPrograms {
  const target: Target = { ...asked, givesBack: true }
  const { batch, chunk = batch } = config
  const sums = sumsOf(names)

  // one trace for both passes over a chunk: the same draws, and so the same views
  const { result: embeddings, trace: chunked } = trace(trainingTrace(config, target), draw =>
    training.embed(sampleOf(channels, chunk), draw),
  )
  const given = Object.entries(embeddings).map(([name, t]) => [t, input(gradientOf(name), t.shape)] as const)
  const all: Embeddings = Object.fromEntries(
    Object.entries(embeddings).map(([name, { shape }]) => [name, input(name, [batch, ...shape.slice(1)])]),
  )
  const { result: compared, trace: whole } = trace(
    { training: true },
    draw => training.compare(all, draw),
    chunked.draws.length, // as numbered where the whole step is one program
  )
  const { loss, metrics, chance, views = batch } = compared
  const gradients = derivative(loss, Object.values(all))

  const step = moved(learner, config, sums)
  const named = { names: new Map([...names, ...namesOf(sums), ...step.names]) }
  const carried = added(sums, Object.values(embeddings), of => pullBack(given, of))
  return {
    embeddings: Object.keys(all),
    embed: compile({ ...named, outputs: embeddings, draws: chunked.draws }, target),
    compare: compile(
      {
        ...named,
        outputs: {
          loss,
          ...metrics,
          ...Object.fromEntries(Object.keys(all).map((name, i) => [gradientOf(name), gradients[i] ?? loss])),
        },
        updates: new Map([...whole.updates, ...added(sums, [loss], of => derivative(loss, of))]),
        draws: whole.draws,
      },
      target,
    ),
    backward: compile(
      { ...named, outputs: {}, updates: new Map([...chunked.updates, ...carried]), draws: chunked.draws },
      target,
    ),
    update: compile(
      {
        ...named,
        outputs: { gradientNorm: step.length },
        updates: new Map([...step.updates, ...emptied(sums, step)]),
      },
      target,
    ),
    names: new Map([...names, ...step.names]),
    chance,
    viewsPerSample: views / batch,
  }
}
