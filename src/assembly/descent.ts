import type { Adversary, Learner } from '../methods/method.js'
import { variablesOf } from '../nn/module.js'
import { followed } from '../nn/teacher.js'
import { adamW, clipFactor, globalNorm, lars, type Optimised, sgd, type Trained } from '../optim/optimisers.js'
import { scheduled, variableOf } from '../program/trace.js'
import { derivative } from '../tensor/derivative.js'
import { after } from '../tensor/recompute.js'
import type { Tensor } from '../tensor/tensor.js'
import type { RunConfig } from './config.js'

/** A variable that the optimiser moves, and its name. */
export type Movable = Pick<Trained, 'name' | 'variable'>

/** The variables that are trained: all but statistics. */
export const trainedOf = (names: ReadonlyMap<Tensor, string>): Movable[] =>
  [...names]
    .map(([variable, name]) => ({ name, variable }))
    .filter(({ variable }) => variableOf(variable).role !== 'statistic')

/** Those that the loss of a step moves, and those that an adversary's does. */
export function sidesOf<M extends Movable>(movables: readonly M[], adversary: Adversary | undefined) {
  const opposed = new Set(adversary?.modules.flatMap(part => [...variablesOf(part).values()]))
  return {
    main: movables.filter(({ variable }) => !opposed.has(variable)),
    against: movables.filter(({ variable }) => opposed.has(variable)),
  }
}

/** The gradient of a loss by each variable. */
export function withGradients(loss: Tensor, movables: readonly Movable[]): Trained[] {
  const gradients = derivative(
    loss,
    movables.map(({ variable }) => variable),
  )
  return movables.map((movable, i) => ({ ...movable, gradient: gradients[i] ?? loss }))
}

/**
 * What variables hold after a step of the run's optimiser, and the common length of all gradients before they are clipped.
 * @param rate multiplies the learning rate: all optimisers move a variable in proportion to it
 */
export function descend(
  trained: readonly Trained[],
  { optimiser, weightDecay, clip }: Pick<RunConfig, 'optimiser' | 'weightDecay' | 'clip'>,
  rate = 1,
): Optimised & { readonly length: Tensor } {
  const length = globalNorm(trained)
  // no weight moves before the backward, which reads it, is over: so its next value can be written over it
  const learningRate = after(scheduled('learningRate'), length)
  const step = { adamw: adamW, sgd, lars }[optimiser]({ weightDecay })
  const factor = clip > 0 ? clipFactor(length, clip) : undefined
  const { updates, names } = step(trained, { rate: learningRate, factor })
  const scaled = ({ variable }: Trained) =>
    [variable, variable.add((updates.get(variable) ?? variable).sub(variable).mul(rate))] as const
  return { updates: rate === 1 ? updates : new Map([...updates, ...trained.map(scaled)]), names, length }
}

/**
 * What all variables hold after a step: those that are trained by their own loss each, and those that follow them.
 * @param against the variables of an adversary, with the gradients of its loss
 */
export function moved(
  learner: Learner,
  config: Pick<RunConfig, 'optimiser' | 'weightDecay' | 'clip'>,
  main: readonly Trained[],
  against: readonly Trained[] = [],
  rate?: number,
): Optimised & { readonly length: Tensor } {
  const own = descend(main, config)
  const other = against.length > 0 ? descend(against, config, rate) : undefined
  const updates = new Map([...own.updates, ...(other?.updates ?? [])])
  const next = (variable: Tensor) => updates.get(variable) ?? variable
  const following = Object.values(learner.teachers ?? {}).flatMap(teacher => [...followed(teacher, next)])
  return {
    updates: new Map([...updates, ...following]),
    names: new Map([...own.names, ...(other?.names ?? [])]),
    length: own.length,
  }
}
