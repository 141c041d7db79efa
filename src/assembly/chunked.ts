import { compile, type Program, type Target } from '../program/compile.js'
import { filled, trace, variable } from '../program/trace.js'
import { derivative, pullBack, topological } from '../tensor/derivative.js'
import { after } from '../tensor/recompute.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import type { RunConfig } from './config.js'
import { descend, trainedOf } from './descent.js'
import { type Assembly, sampleOf } from './programs.js'

/**
 * The parts of a step that keeps activations for one chunk of the batch only. Between them embeddings and their gradients go
 * pictures first, [N, V, D], so that chunks lie one after the other.
 */
export interface ChunkedPrograms {
  /** Pictures of a chunk → `embeddings` [chunk, V, D]. Running statistics stay as they are. */
  readonly embed: Program
  /** `embeddings` of all [batch, V, D] → `loss`, the metrics, and `gradient` of the loss by the embeddings */
  readonly compare: Program
  /** Pictures of a chunk and their rows of `gradient` [chunk, V, D], which is carried on to the variables and added up */
  readonly backward: Program
  /** One step of the optimiser down the sums, which are zero afterwards → `gradientNorm` */
  readonly update: Program
  /** Every variable with its name, those of the optimiser too, without the sums */
  readonly names: ReadonlyMap<Tensor, string>
  readonly chance: number
  readonly viewsPerPicture: number
}

/** The sum over the chunks of a variable's gradient; zero between two steps. */
export const sumOf = (name: string): string => `gradient.${name}`

/**
 * A step as the chain rule allows when the loss sees embeddings alone: its gradient by the embeddings of the whole batch, then,
 * chunk by chunk, on from there to the variables. What depends on the batch inside the encoder, as batch norm does, sees
 * one chunk.
 * @see Gao et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup
 * @throws Error when the learner has no halves
 */
export function chunkedPrograms(
  { method, learner, names }: Assembly,
  config: RunConfig,
  given: Target,
): ChunkedPrograms {
  const target: Target = { ...given, givesBack: true }
  const { halves } = learner
  const { batch, chunk = batch } = config
  if (halves === undefined) throw new Error(`the step of ${method.name} has no halves`)
  const sums = trainedOf(names).map(movable => {
    const { shape } = movable.variable
    return { ...movable, gradient: variable(shape, filled(0)(shape), 'statistic') }
  })
  const known = new Map([...names, ...sums.map(({ name, gradient }) => [gradient, sumOf(name)] as const)])
  /** Adds to the sums of those variables that a result is made of. */
  const added = (result: Tensor, slopes: (of: readonly Tensor[]) => readonly Tensor[]) => {
    const within = new Set(topological([result]))
    const reached = sums.filter(sum => within.has(sum.variable))
    const further = slopes(reached.map(sum => sum.variable))
    return reached.map(({ gradient }, i) => [gradient, gradient.add(further[i] ?? 0)] as const)
  }

  // one trace for both passes over a chunk: the same draws, and so the same views
  const { result: embeddings, trace: chunked } = trace({ training: true, inParts: target.device === 'cpu' }, draw =>
    halves.embed(sampleOf(config, chunk), draw),
  )
  const [views = 1, , width = 1] = embeddings.shape
  const rows = input('gradient', [chunk, views, width])
  const backward = added(embeddings, of => pullBack([[embeddings, exchanged(rows)]], of))

  const all = input('embeddings', [batch, views, width])
  const { result: compared, trace: whole } = trace({ training: true }, () => halves.compare(exchanged(all)))
  const { loss, metrics, chance } = compared
  const own = added(loss, of => derivative(loss, of))
  const [gradient = all] = derivative(loss, [all])

  const { updates, names: optimisers, length } = descend(sums, config)
  const followers = learner.after?.(variable => updates.get(variable) ?? variable) ?? []
  const emptied = sums.map(({ variable, gradient }) => {
    const zeros = constant(0).expand(...gradient.shape)
    return [gradient, after(zeros, updates.get(variable) ?? variable)] as const // the step has read the sum by then
  })
  const named = { names: new Map([...known, ...optimisers]) }
  return {
    embed: compile({ ...named, outputs: { embeddings: exchanged(embeddings) }, draws: chunked.draws }, target),
    compare: compile(
      {
        ...named,
        outputs: { loss, ...metrics, gradient },
        updates: new Map([...whole.updates, ...own]),
        draws: whole.draws,
      },
      target,
    ),
    backward: compile(
      { ...named, outputs: {}, updates: new Map([...chunked.updates, ...backward]), draws: chunked.draws },
      target,
    ),
    update: compile(
      { ...named, outputs: { gradientNorm: length }, updates: new Map([...updates, ...followers, ...emptied]) },
      target,
    ),
    names: new Map([...names, ...optimisers]),
    chance,
    viewsPerPicture: (compared.views ?? batch) / batch,
  }
}

/** Views and pictures change places. */
const exchanged = (embeddings: Tensor): Tensor => embeddings.transpose(1, 0, 2)
