import { compile, type Program, type Target } from '../program/compile.js'
import { trace } from '../program/trace.js'
import { pullBack } from '../tensor/derivative.js'
import { constant } from '../tensor/tensor.js'
import type { Assembly } from './assemble.js'
import type { RunConfig } from './config.js'
import { moved, sidesOf } from './descent.js'
import { type StepPrograms, sampleOf, stepOf, trainingTrace } from './programs.js'
import { added, emptied, emptySum, namesOf, sumsOf, WEIGHT, zeroAfter } from './sums.js'

/** The parts of a step that keeps activations for one chunk of the batch only. */
export interface AccumulatedPrograms extends StepPrograms {
  /**
   * Samples of a chunk → `loss`, the metrics, and `weight`, by which the chunk counts beside others. Adds to the sums of
   * gradients, and takes running statistics one step on.
   */
  readonly gradient: Program
  /** One step of the optimiser down the means, and the followers behind; the sums are zero afterwards → `gradientNorm` */
  readonly update: Program
}

/**
 * A step in chunks where the loss is a mean over the samples: the gradient of the whole batch is the mean of those of the
 * chunks. What depends on the batch inside the network, as batch norm does, sees one chunk.
 */
export function accumulatedPrograms(assembly: Assembly, config: RunConfig, given: Target): AccumulatedPrograms {
  const target: Target = { ...given, givesBack: true }
  const { learner, names, channels } = assembly
  const { batch, chunk = batch } = config
  const sums = sumsOf(names)
  const count = emptySum([])
  const { result, trace: traced } = trace(trainingTrace(config, target), draw => {
    const { loss, weight = constant(chunk), adversary, ...told } = stepOf(learner, sampleOf(channels, chunk), draw)
    const { main, against } = sidesOf(sums, adversary)
    const updates = [
      ...added(main, [loss], of => pullBack([[loss, weight]], of)),
      ...(adversary ? added(against, [adversary.loss], of => pullBack([[adversary.loss, weight]], of)) : []),
    ]
    return { loss, weight, adversary, updates, ...told }
  })
  const { loss, weight, metrics, chance, views = chunk, adversary } = result
  const mean = sums.map(sum => ({ ...sum, gradient: sum.gradient.div(count) }))
  const { main, against } = sidesOf(mean, adversary)
  const step = moved(learner, config, main, against, adversary?.rate)
  const all = new Map([...names, ...namesOf(sums), [count, WEIGHT] as const, ...step.names])
  return {
    gradient: compile(
      {
        names: all,
        outputs: { loss, ...metrics, weight },
        updates: new Map([...traced.updates, ...result.updates, [count, count.add(weight)]]),
        draws: traced.draws,
      },
      target,
    ),
    update: compile(
      {
        names: all,
        outputs: { gradientNorm: step.length },
        updates: new Map([...step.updates, ...emptied(sums, step), [count, zeroAfter(count, step.length)]]),
      },
      target,
    ),
    names: new Map([...names, ...step.names]),
    chance,
    viewsPerSample: views / chunk,
  }
}
